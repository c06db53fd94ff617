import {
  backendTlsPolicyKind,
  backendTrafficPolicyKind,
  httpRouteKind,
  listenerSetKind,
  proxySettingsPolicyKind,
} from '../api/kinds.ts';
import { nameBase, nameRedirect } from '../dialects/gateway-api-listeners.ts';
import { describeAttachment } from '../route/attachment.ts';
import type { RoutePlan } from '../route/plan.ts';
import type { Verdict } from './facts.ts';
import { listSome } from './list-some.ts';
import type { Observed, ObservedChild } from './observed.ts';
import type { ObservedHttpRoute, ObservedListenerSet, ObservedPolicy } from './observed-gateway.ts';
import type { Placement } from './place.ts';
import { describeRefusal } from './project-verdicts.ts';
import { findTrouble } from './resolve-parents.ts';

/**
 * Whether the implementation of a Gateway has taken the route over: the ListenerSet, each HTTPRoute at each of its listeners and the
 * policies, as they are now, and the Gateway itself, which has to publish an address.
 */
export function judgeParent(placement: Extract<Placement, { isDecided: true }>, observed: Observed): Verdict {
  const type = 'Programmed';
  const { attachment, target, plan } = placement;
  const { parent } = target;
  const controllerName = parent?.controllerName ?? '';
  const what = describeAttachment(attachment);
  const base = nameBase(plan);
  const sets = listOwn<ObservedListenerSet>(observed, listenerSetKind.kind, base);
  const routes = listOwn<ObservedHttpRoute>(observed, httpRouteKind.kind, base, nameRedirect(plan));
  const refused = [
    ...sets.flatMap(({ name, verdicts }) => findTrouble(`ListenerSet ${name}`, verdicts) ?? []),
    ...routes.flatMap((route) => listRefusals(route, route.parents, controllerName)),
    ...listPolicies(observed, base).flatMap((policy) => listRefusals(policy, policy.ancestors, controllerName)),
  ];
  if (refused.length > 0) {
    // A listener of the route's own is refused until its Secret is there: that is work in progress, and no news to warn of.
    const isPremature = createsListener(plan) && !plan.isCertificateReady;
    const reason = isPremature ? 'AwaitingAddress' : 'RouteNotAccepted';
    const message = `${isPremature ? 'before the certificate is there: ' : ''}${listSome(refused)}`;
    return { type, status: 'False', reason, message };
  }
  if (parent?.trouble !== undefined) {
    return { type, status: 'False', reason: 'RouteNotAccepted', message: parent.trouble };
  }
  const pending = [
    ...sets.filter(({ verdicts }) => !isTrue(verdicts, 'Accepted')).map(({ name }) => `ListenerSet ${name}`),
    ...routes.filter((route) => !isAccepted(route, controllerName)).map(({ name }) => `HTTPRoute ${name}`),
  ];
  if (routes.length === 0 || pending.length > 0) {
    const whom = pending.length === 0 ? 'the HTTPRoute' : listSome(pending);
    const message = `the implementation of ${what} has not looked at this generation of ${whom} yet`;
    return { type, status: 'False', reason: 'AwaitingAddress', message };
  }
  const addresses = parent?.addresses ?? [];
  if (addresses.length > 0)
    return { type, status: 'True', reason: 'Programmed', message: `served at ${listSome(addresses)}` };
  const message = `${what} has not published an address yet`;
  return { type, status: 'False', reason: 'AwaitingAddress', message };
}

function createsListener({ attachment }: RoutePlan): boolean {
  return attachment.kind !== 'IngressClass' && attachment.createsListener;
}

/** What the implementation has against an object, in its words; each only once, however many listeners say it. */
function listRefusals(
  { kind, name }: ObservedChild,
  sayings: ObservedPolicy['ancestors'],
  controllerName: string,
): readonly string[] {
  const refusals = sayings
    .filter((each) => each.controllerName === controllerName)
    .flatMap(({ verdicts }) => verdicts)
    .filter((each) => each.isCurrent && each.status === 'False' && judging.has(each.type))
    .map((verdict) => describeRefusal(`${kind} ${name}`, verdict));
  return [...new Set(refusals)];
}

const judging: ReadonlySet<string> = new Set(['Accepted', 'ResolvedRefs']);

/** Whether every listener that the HTTPRoute names has taken its present generation. */
function isAccepted({ parentRefs, parents }: ObservedHttpRoute, controllerName: string): boolean {
  return parentRefs.every((reference) =>
    parents.some(
      ({ parentRef, verdicts, ...each }) =>
        each.controllerName === controllerName &&
        isSame(parentRef, reference) &&
        parentRef.kind === reference.kind &&
        parentRef.sectionName === reference.sectionName &&
        isTrue(verdicts, 'Accepted'),
    ),
  );
}

function isTrue(verdicts: ObservedListenerSet['verdicts'], wanted: string): boolean {
  return verdicts.some(({ type, status, isCurrent }) => type === wanted && status === 'True' && isCurrent);
}

function isSame(
  left: { readonly namespace: string; readonly name: string },
  right: { readonly namespace: string; readonly name: string },
): boolean {
  return left.namespace === right.namespace && left.name === right.name;
}

/**
 * Those of the attachment, and those of the backends, which serve every attachment. Of several for a port the oldest holds; that of another
 * route that says the same serves as well, and one that says something else is among the losses.
 */
function listPolicies(observed: Observed, base: string): readonly ObservedPolicy[] {
  const { isShared } = observed.backendTls;
  const backendTls = listOwn<ObservedPolicy>(observed, backendTlsPolicyKind.kind, '');
  return [
    ...(isShared ? backendTls.map(passOverConflict) : backendTls),
    ...listOwn<ObservedPolicy>(observed, backendTrafficPolicyKind.kind, base),
    ...listOwn<ObservedPolicy>(observed, proxySettingsPolicyKind.kind, base),
  ];
}

function passOverConflict(policy: ObservedPolicy): ObservedPolicy {
  const ancestors = policy.ancestors.map(({ verdicts, ...rest }) => ({
    ...rest,
    verdicts: verdicts.filter(({ reason }) => reason !== 'Conflicted'),
  }));
  return { ...policy, ancestors };
}

/** The route's own objects of the attachment, which all have one of its names at their beginning; with an empty one those of all. */
function listOwn<T extends ObservedChild>(
  { children, route }: Observed,
  kind: string,
  ...bases: readonly string[]
): readonly T[] {
  return children.filter(
    (child): child is T =>
      child.kind === kind &&
      child.owner?.uid === route.metadata.uid &&
      bases.some((base) => base === '' || child.name === base || child.name.startsWith(`${base}-`)),
  );
}
