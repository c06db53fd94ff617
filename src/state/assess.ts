import type { Reason } from '../api/conditions.ts';
import { ingressKind } from '../api/kinds.ts';
import type { WssRouteService } from '../api/wssroute.generated.ts';
import { describeClaim } from '../route/claims.ts';
import type { RoutePlan } from '../route/plan.ts';
import type { Facts, Verdict } from './facts.ts';
import { judgeCertificate } from './judge-certificate.ts';
import { judgeProof } from './judge-proof.ts';
import type { Observed, ObservedChild, ObservedIngress } from './observed.ts';

type Check = (facts: Facts) => Verdict;

/** One small check for each condition that a handshake needs. */
const checks: readonly Check[] = [judgeAcceptance, judgeReferences, judgeCertificate, judgeProgramming];

/** Judges a route by the facts of one pass. `Ready` is the sum. */
export function assess(facts: Facts): readonly Verdict[] {
  const verdicts = checks.map((check) => check(facts));
  const missing = verdicts.find(({ status }) => status !== 'True');
  return [...verdicts, ...judgeProof(facts.observed, missing?.type), judgeFields(facts)];
}

function judgeAcceptance({ desired, changes }: Facts): Verdict {
  const type = 'Accepted';
  if (!desired.isDecided) return { type, status: 'False', reason: desired.reason, message: desired.message };
  const blocked = changes.find((change) => change.action === 'blocked');
  if (blocked !== undefined) {
    const message = `${blocked.child.kind} "${blocked.child.name}" is needed, but exists and does not belong to the route`;
    return { type, status: 'False', reason: 'NameTaken', message };
  }
  if (desired.lost.size > 0) {
    const lost = [...desired.lost].map(
      ([claim, { kind, namespace, name }]) => `${describeClaim(claim)} by ${kind} ${namespace}/${name}`,
    );
    const rest = desired.plan.hosts.length > 0 ? '; the other hosts and paths are served' : '';
    return { type, status: 'False', reason: 'HostClaimed', message: `already served: ${listSome(lost)}${rest}` };
  }
  return { type, status: 'True', reason: 'Accepted', message: `valid; served by class "${desired.plan.className}"` };
}

function judgeReferences({ observed }: Facts): Verdict {
  const type = 'ResolvedRefs';
  if (!observed.knowsServices) return { type, status: 'Unknown', reason: 'Pending', message: 'Services are not known' };
  for (const { service } of observed.route.spec.paths) {
    const problem = judgeService(service, observed);
    if (problem !== undefined) return { type, status: 'False', ...problem };
  }
  return { type, status: 'True', reason: 'ResolvedRefs', message: 'every Service and port exists' };
}

function judgeService(
  { name, port }: WssRouteService,
  { services }: Observed,
): { reason: Reason; message: string } | undefined {
  const service = services.get(name);
  if (service === undefined) return { reason: 'ServiceNotFound', message: `Service "${name}" is not in the namespace` };
  if (service.isExternal || service.ports.some((each) => each.port === port || each.name === port)) return undefined;
  const present = service.ports
    .map((each) => (each.name === '' ? `${each.port}` : `${each.port} (${each.name})`))
    .join(', ');
  return {
    reason: 'ServicePortNotFound',
    message: `Service "${name}" has no port ${JSON.stringify(port)}; it has ${present || 'none'}`,
  };
}

function judgeProgramming({ observed, desired, changes, refusals }: Facts): Verdict {
  const type = 'Programmed';
  if (refusals.length > 0) {
    const message = listSome(refusals.map(({ kind, name, message: words }) => `${kind} "${name}": ${words}`));
    return { type, status: 'False', reason: 'ApplyFailed', message };
  }
  const isBlocked = changes.some((change) => change.action === 'blocked' && change.child.kind === ingressKind.kind);
  if (!desired.isDecided || desired.plan.hosts.length === 0 || isBlocked) {
    return {
      type,
      status: 'False',
      reason: 'NotEmitted',
      message: 'nothing new is written for the route; see Accepted',
    };
  }
  const addresses = listAddresses(observed);
  if (addresses.length > 0) {
    return {
      type,
      status: 'True',
      reason: 'Programmed',
      message: `served at ${listSome(addresses)}${warnNameless(desired.plan)}`,
    };
  }
  const message = `the controller of class "${desired.plan.className}" has not published an address yet`;
  return { type, status: 'False', reason: 'AwaitingAddress', message };
}

function judgeFields({ desired }: Facts): Verdict {
  const type = 'FieldsSupported';
  if (!desired.isDecided) return { type, status: 'Unknown', reason: 'NotEmitted', message: 'no dialect; see Accepted' };
  const { losses, dialect } = desired;
  if (losses.length === 0) {
    return { type, status: 'True', reason: 'AllFieldsSupported', message: `${dialect.name} expresses every field` };
  }
  const message = losses
    .map(({ field, level, because, cure }) => `${field} is ${level}: ${because}; ${cure}`)
    .join('. ');
  return { type, status: 'False', reason: 'UnsupportedFields', message };
}

/**
 * ingress-nginx keeps its default certificate for whoever asks for no host that it knows, whatever an Ingress says; and a client
 * that opens an address asks for none (RFC 6066, section 3). See internal/ingress/controller/controller.go `createServers`.
 */
function warnNameless({ route, hosts, secretName }: RoutePlan): string {
  if (hosts.every(({ host }) => host !== '')) return '';
  const secret = `${route.metadata.namespace ?? 'NAMESPACE'}/${secretName}`;
  return (
    '. The route has no host: its clients are shown the default certificate of the controller; ' +
    `start the controller with --default-ssl-certificate=${secret} to show the one of the route`
  );
}

/** Addresses that the controller has published on what was emitted for the route. */
export function listAddresses(observed: Observed): readonly string[] {
  const ingresses = observed.children.filter(
    (child): child is ObservedIngress => isIngress(child) && child.owner?.uid === observed.route.metadata.uid,
  );
  return [...new Set(ingresses.flatMap(({ addresses }) => addresses))].sort();
}

function isIngress(child: ObservedChild): child is ObservedIngress {
  return child.kind === 'Ingress';
}

function listSome(texts: readonly string[]): string {
  const shown = texts.slice(0, 8).join(', ');
  return texts.length > 8 ? `${shown} and ${texts.length - 8} more` : shown;
}
