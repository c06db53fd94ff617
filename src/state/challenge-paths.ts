import type { KubeObject } from '../api/objects.ts';
import { mergeableAnnotation } from './project.ts';

interface Path {
  readonly path?: string;
}

interface Rule {
  readonly host?: string;
  readonly http?: { readonly paths?: readonly Path[] };
}

/** Tokens are base64url (RFC 8555, section 8.3); anything else is no challenge and is not carried over. */
const challengePath = /^\/\.well-known\/acme-challenge\/[A-Za-z0-9_-]+$/;

/**
 * cert-manager may put the path of an HTTP-01 challenge into an Ingress that serves the host, and takes it out again
 * (`edit-in-place`, pkg/issuer/acme/http/ingress.go `addChallengePathToIngress`). `spec.rules` is one atomic list, so such paths
 * are carried over into what is desired; else the two controllers would fight and the certificate would never come. A master or a minion
 * of F5 NGINX has one host, and a master no paths: anything more and the controller gives up the Ingress (observed on 5.5.4).
 */
export function keepChallengePaths(desired: KubeObject, observed: unknown): KubeObject {
  const wantedRules = rulesOf(desired);
  const foundRules = rulesOf(observed);
  if (!foundRules.some(hasChallenge)) return desired;
  const kept = wantedRules.map((rule) =>
    mergeRule(
      rule,
      foundRules.find(({ host }) => host === rule.host),
    ),
  );
  const isMergeable = desired.metadata.annotations?.[mergeableAnnotation] !== undefined;
  const others = foundRules.filter((rule) => hasChallenge(rule) && !wantedRules.some(({ host }) => host === rule.host));
  const added = isMergeable ? [] : others;
  const spec = desired.spec as Readonly<Record<string, unknown>>;
  return { ...desired, spec: { ...spec, rules: [...kept, ...added.map(keepOnlyChallenges)] } };
}

/** The challenge keeps its place before or after the route's own paths, so that nothing differs. */
function mergeRule(wanted: Rule, found: Rule | undefined): Rule {
  const paths = found?.http?.paths ?? [];
  if (wanted.http === undefined || !paths.some(isChallenge)) return wanted;
  const firstOwn = paths.findIndex((path) => !isChallenge(path));
  const before = paths.filter((path, index) => isChallenge(path) && (firstOwn === -1 || index < firstOwn));
  const after = paths.filter((path, index) => isChallenge(path) && firstOwn !== -1 && index > firstOwn);
  return { ...wanted, http: { paths: [...before, ...(wanted.http.paths ?? []), ...after] } };
}

function keepOnlyChallenges(rule: Rule): Rule {
  return { ...rule, http: { paths: (rule.http?.paths ?? []).filter(isChallenge) } };
}

function hasChallenge(rule: Rule): boolean {
  return rule.http?.paths?.some(isChallenge) === true;
}

function isChallenge({ path }: Path): boolean {
  return path !== undefined && challengePath.test(path);
}

function rulesOf(object: unknown): readonly Rule[] {
  const { spec } = object as { readonly spec?: { readonly rules?: readonly Rule[] } };
  return spec?.rules ?? [];
}
