import { type ConditionType, conditionTypes, isStalling, prerequisites, type Reason } from '../api/conditions.ts';
import { formatProblem, type Problem } from '../api/problem.ts';
import { toOneLine } from '../api/text.ts';
import type {
  Condition,
  WssRouteAttachment,
  WssRouteCertificateStatus,
  WssRouteStatus,
} from '../api/wssroute.generated.ts';
import { findCondition, findConditionAt, type WssRoute } from '../api/wssroute.ts';
import { hostsOf } from '../route/claims.ts';
import type { HostPlan } from '../route/plan.ts';
import { type AttachmentAssessment, assess } from './assess.ts';
import type { Facts, Verdict } from './facts.ts';
import type { Placement } from './place.ts';

const maximumUrls = 64;
const maximumAddresses = 32;
const maximumMessage = 4096;

/** Conditions that keep a route from being Ready; the others only report. */
const needed: ReadonlySet<ConditionType> = new Set([...prerequisites, 'Reachable']);

/** Every condition that the operator gives to a route. */
const ownTypes: ReadonlySet<string> = new Set<ConditionType>([...conditionTypes, 'Ready', 'Reconciling', 'Stalled']);

/** No handshake is to be waited for. */
const waivers: ReadonlySet<Reason> = new Set<Reason>(['VerificationDisabled', 'NoHostToVerify']);

/**
 * The status of a route: one function decides all of it, so it never says two things. `now` (RFC 3339) is used for conditions
 * whose status has changed and for nothing else: a status without news is equal to the one before.
 */
export function composeStatus(facts: Facts, now: string): WssRouteStatus {
  const { route } = facts.observed;
  const { generation } = route.metadata;
  const { verdicts, attachments } = assess(facts);
  const ready = sumUp(verdicts, route);
  const all = [...verdicts, ready, ...describeProgress(ready)];
  const addresses = [...new Set(attachments.flatMap((each) => each.addresses))];
  const dialect = attachments.find((each) => each.dialect !== undefined)?.dialect;
  const certificate = describeCertificate(facts);
  return {
    ...(generation !== undefined && { observedGeneration: generation }),
    urls: listUrls(facts, addresses),
    ...(dialect !== undefined && { dialect }),
    ...(attachments.length > 1 && { attachments: attachments.map((each) => describeAttachment(each, route, now)) }),
    ...(addresses.length > 0 && { addresses: addresses.slice(0, maximumAddresses) }),
    ...(certificate !== undefined && { certificate }),
    conditions: all.map((verdict) => toCondition(verdict, route, findCondition(route.status, verdict.type), now)),
  };
}

function describeAttachment(
  { ref, dialect, addresses, verdicts }: AttachmentAssessment,
  route: WssRoute,
  now: string,
): WssRouteAttachment {
  const { status } = route;
  const describe = (verdict: Verdict) => toCondition(verdict, route, findConditionAt(status, ref, verdict.type), now);
  return {
    ref,
    ...(dialect !== undefined && { dialect }),
    ...(addresses.length > 0 && { addresses: addresses.slice(0, maximumAddresses) }),
    conditions: verdicts.map(describe),
  };
}

/** The status of a route that breaks the schema: nothing else of it can be judged. */
export function composeRejection(route: WssRoute, problems: readonly Problem[], now: string): WssRouteStatus {
  const { generation } = route.metadata;
  const message = problems.map(formatProblem).join('; ');
  const accepted: Verdict = { type: 'Accepted', status: 'False', reason: 'Invalid', message };
  const ready = sumUp([accepted], route);
  return {
    ...(generation !== undefined && { observedGeneration: generation }),
    conditions: [accepted, ready, ...describeProgress(ready)].map((verdict) =>
      toCondition(verdict, route, findCondition(route.status, verdict.type), now),
    ),
  };
}

/** Ready takes its reason from the first condition that is not true. */
function sumUp(verdicts: readonly Verdict[], route: WssRoute): Verdict {
  const failing = verdicts.find(
    ({ type, status, reason }) => needed.has(type) && status !== 'True' && !waivers.has(reason),
  );
  // A route that was ready without a handshake stays so until one says otherwise: an upgrade is no outage.
  const isTolerated = failing?.reason === 'AwaitingHandshake' && wasReady(route);
  if (failing !== undefined && !isTolerated) {
    return { ...failing, type: 'Ready', message: `${failing.type}: ${failing.message}` };
  }
  const proof = verdicts.find(({ type }) => type === 'Reachable');
  const message = proof?.status === 'True' ? proof.message : 'the route is served; no handshake has proved it';
  return { type: 'Ready', status: 'True', reason: 'Ready', message };
}

function wasReady({ metadata, status }: WssRoute): boolean {
  const ready = findCondition(status, 'Ready');
  return ready?.status === 'True' && ready.observedGeneration === metadata.generation;
}

/** kstatus's two abnormal conditions: at work, or stuck until somebody acts (https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus). */
function describeProgress(ready: Verdict): readonly Verdict[] {
  if (ready.status === 'True') return [];
  return [{ ...ready, type: isStalling(ready.reason) ? 'Stalled' : 'Reconciling', status: 'True' }];
}

/** What is served, where that is known; a host or path that is another's is not the route's address. */
function listUrls({ observed, desired }: Facts, addresses: readonly string[]): readonly string[] {
  const { spec } = observed.route;
  const all = hostsOf(observed.route).map((host) => ({ host, paths: spec.paths, port: 443 }));
  const nameless = (spec.tls.ipAddresses ?? addresses).map((address) =>
    address.includes(':') ? `[${address}]` : address,
  );
  const decided = desired.placements.filter((placement) => placement.isDecided);
  return (decided.length > 0 ? listServed(decided) : all)
    .flatMap(({ host, paths, port }) =>
      (host === '' ? nameless : [host]).flatMap((name) =>
        paths.map(({ path }) => `wss://${name}${port === 443 ? '' : `:${port}`}${path}`),
      ),
    )
    .slice(0, maximumUrls);
}

type Served = HostPlan & { readonly port: number };

/** A host that several places serve is told once, at the usual port where one of them has it there. */
function listServed(decided: readonly Extract<Placement, { isDecided: true }>[]): readonly Served[] {
  const served = new Map<string, Served>();
  for (const { dialect, plan, target } of decided) {
    const ports = dialect.findPorts?.(plan, target);
    for (const host of plan.hosts) {
      const port = ports?.get(host.host) ?? 443;
      const before = served.get(host.host)?.port ?? port;
      served.set(host.host, { ...host, port: port === 443 ? port : before });
    }
  }
  return [...served.values()];
}

function describeCertificate({ observed, desired }: Facts): WssRouteCertificateStatus | undefined {
  const { certificate, route } = observed;
  const isDecided = desired.placements.some((placement) => placement.isDecided);
  const planned = isDecided ? desired.secretName : route.spec.tls.secretName;
  const secretName = planned ?? certificate?.secretName ?? '';
  if (secretName === '') return undefined;
  return {
    secretName,
    ...(certificate !== undefined && { name: certificate.name }),
    ...(certificate?.notAfter !== undefined && { notAfter: certificate.notAfter }),
    ...(certificate?.renewalTime !== undefined && { renewalTime: certificate.renewalTime }),
  };
}

function toCondition(
  { type, status, reason, message }: Verdict,
  { metadata }: WssRoute,
  earlier: Condition | undefined,
  now: string,
): Condition {
  return {
    type,
    status,
    reason,
    message: keepWording(sanitize(message), reason, earlier),
    lastTransitionTime: earlier?.status === status ? earlier.lastTransitionTime : now,
    ...(metadata.generation !== undefined && { observedGeneration: metadata.generation }),
  };
}

/**
 * A refusal may name a time, a process or a temporary file, as `nginx -t` in ingress-nginx's webhook does: other digits are no
 * news, and a status that changed with each attempt would wake the route for the next one.
 */
function keepWording(message: string, reason: Reason, earlier: Condition | undefined): string {
  if (reason !== 'ApplyFailed' || earlier?.reason !== reason) return message;
  return maskDigits(earlier.message) === maskDigits(message) ? earlier.message : message;
}

function maskDigits(text: string): string {
  return text.replace(/\d+/g, '0');
}

/** Messages may carry other programs' words: control characters go, and the length is bounded. */
function sanitize(message: string): string {
  const clean = toOneLine(message);
  return clean.length <= maximumMessage ? clean : `${clean.slice(0, maximumMessage - 1)}…`;
}

/** Whether a status says anything that the one before did not. What others have put beside it is theirs, and stays. */
export function isNews(before: WssRouteStatus | undefined, after: WssRouteStatus): boolean {
  return canonical(before) !== canonical(after);
}

/** JSON with sorted keys, and with the operator's own conditions, sorted by type: their order is the API server's. */
function canonical(status: WssRouteStatus | undefined): string {
  return JSON.stringify({ ...status, conditions: status?.conditions ?? [] }, (key, value: unknown) => {
    if (key === 'conditions') return canonicalConditions(value as readonly Condition[]);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
      : value;
  });
}

function canonicalConditions(conditions: readonly Condition[]): readonly Condition[] {
  const own = conditions.filter(({ type }) => ownTypes.has(type));
  return own.sort((left, right) => (left.type < right.type ? -1 : 1));
}
