import type { Reason } from '../api/conditions.ts';
import { type Problem, quoteValue } from '../api/problem.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { parseSeconds } from './duration.ts';
import type { Version } from './version.ts';

/** What the administrator of the operator allows, and decides where a route leaves something out. */
export interface Policy {
  /** The classes that are served, by name. Empty: every class whose controller has a dialect. */
  readonly classes: ReadonlyMap<string, ClassPolicy>;
  /** Whether routes may be attached to Gateways and ListenerSets. */
  readonly servesGateways: boolean;
  /** Signs the certificate of a route that names none. */
  readonly defaultIssuer?: Issuer;
  /** A name may be `*`. Empty: every issuer. */
  readonly allowedIssuers: readonly Issuer[];
  /** Greatest `timeouts.idle`. */
  readonly idleTimeout?: Limit;
  /** Greatest `timeouts.connect`. */
  readonly connectTimeout?: Limit;
}

export interface ClassPolicy {
  /** Whose dialect is spoken, whatever the IngressClass says; it need not exist. */
  readonly controller?: string;
  readonly version?: Version;
}

/** A cert-manager issuer of any kind. */
export interface Issuer {
  readonly name: string;
  readonly kind: string;
  readonly group: string;
}

export interface Limit {
  readonly seconds: number;
  /** As the administrator has written it. */
  readonly text: string;
}

/** The policy of an operator that nobody has configured. */
export const openPolicy: Policy = { classes: new Map(), servesGateways: true, allowedIssuers: [] };

/** A wish of a route that the policy does not grant. */
export interface Breach extends Problem {
  readonly reason: Reason;
}

/**
 * Whether a route is this operator's; others are left alone, because another operator may serve them. The class decides; of a route
 * without one, whether Gateways are served.
 */
export function isServed(policy: Policy, spec: Partial<WssRoute['spec']> | undefined): boolean {
  const className = spec?.ingressClassName;
  if (className === undefined && spec?.parentRefs !== undefined) return policy.servesGateways;
  return policy.classes.size === 0 || policy.classes.has(className ?? '');
}

/** Whether IngressClasses need not be known: the policy says of each class whose it is. */
export function knowsEveryController({ classes }: Policy): boolean {
  return classes.size > 0 && [...classes.values()].every(({ controller }) => controller !== undefined);
}

/** The issuer of a route's certificate; undefined for a certificate that is brought along or shared, and where there is none. */
export function findIssuer({ spec }: WssRoute, { defaultIssuer }: Policy): Issuer | undefined {
  return isIssued(spec.tls) ? (spec.tls.issuerRef ?? defaultIssuer) : undefined;
}

/** Whether the certificate is one to issue, and neither brought along nor shared. */
function isIssued({ secretName, certificateRef }: WssRoute['spec']['tls']): boolean {
  return secretName === undefined && certificateRef === undefined;
}

/** Everything that the policy does not grant a route. */
export function findBreaches(route: WssRoute, policy: Policy): readonly Breach[] {
  const { tls, timeouts } = route.spec;
  return [
    judgeIssuer(tls, policy),
    judgeTimeout('spec.timeouts.idle', timeouts.idle, policy.idleTimeout),
    judgeTimeout('spec.timeouts.connect', timeouts.connect, policy.connectTimeout),
  ].filter((breach) => breach !== undefined);
}

function judgeIssuer(tls: WssRoute['spec']['tls'], { defaultIssuer, allowedIssuers }: Policy): Breach | undefined {
  if (!isIssued(tls)) return undefined;
  const { issuerRef } = tls;
  const path = 'spec.tls.issuerRef';
  if (issuerRef === undefined) {
    if (defaultIssuer !== undefined) return undefined;
    const expected =
      'is missing and the operator has no default issuer: name an issuer, or set spec.tls.secretName or spec.tls.certificateRef';
    return { reason: 'IssuerMissing', path, found: '', expected };
  }
  if (allowedIssuers.length === 0 || allowedIssuers.some((allowed) => matches(allowed, issuerRef))) return undefined;
  const expected = `must be an issuer that the operator's configuration allows: ${allowedIssuers.map(describeIssuer).join(', ')}`;
  return { reason: 'IssuerNotAllowed', path, found: quoteValue(describeIssuer(issuerRef)), expected };
}

function judgeTimeout(path: string, asked: string, limit: Limit | undefined): Breach | undefined {
  if (limit === undefined || parseSeconds(asked) <= limit.seconds) return undefined;
  const expected = `must be at most ${limit.text}, which the operator's configuration allows`;
  return { reason: 'LimitExceeded', path, found: quoteValue(asked), expected };
}

/** Whether one entry of a list of issuers stands for an issuer. */
export function matches(allowed: Issuer, { name, kind, group }: Issuer): boolean {
  return (allowed.name === '*' || allowed.name === name) && allowed.kind === kind && allowed.group === group;
}

/** `ClusterIssuer letsencrypt`; external issuers with their group: `StepIssuer.certmanager.step.sm edge`. */
export function describeIssuer({ name, kind, group }: Issuer): string {
  return `${group === 'cert-manager.io' ? kind : `${kind}.${group}`} ${name}`;
}
