import { ingressKind, parentChildKinds } from '../api/kinds.ts';
import { type Attachment, describeAttachment } from '../route/attachment.ts';
import { type Claim, type Claimant, claimsAt, describeClaim } from '../route/claims.ts';
import type { RoutePlan } from '../route/plan.ts';
import type { Desired } from './desired.ts';
import type { Change } from './diff.ts';
import type { Facts, Verdict } from './facts.ts';
import { judgeParent } from './judge-parent.ts';
import { listSome } from './list-some.ts';
import type { Observed, ObservedChild, ObservedIngress } from './observed.ts';
import type { Placement } from './place.ts';

/** Whether the route may be served there. */
export function judgeAcceptance(placement: Placement, { observed, changes }: Facts): Verdict {
  const type = 'Accepted';
  const claims = claimsAt(observed.route, placement.attachment);
  if (!placement.isDecided) {
    const deputies = listWhose(claims, observed.deputies);
    const meanwhile = deputies.length > 0 ? `; until then others serve: ${listSome(deputies)}` : '';
    return { type, status: 'False', reason: placement.reason, message: `${placement.message}${meanwhile}` };
  }
  const { attachment, lost, plan } = placement;
  const blocked = changes.find((change) => change.action === 'blocked' && concerns(attachment, change.child.kind));
  if (blocked?.action === 'blocked') {
    const message = `${blocked.child.kind} "${blocked.child.name}" is needed, but exists and does not belong to the route`;
    return { type, status: 'False', reason: 'NameTaken', message };
  }
  if (lost.size > 0) {
    const whose = listWhose([...lost.keys()], lost);
    const rest = plan.hosts.length > 0 ? '; the other hosts and paths are served' : '';
    const cure = adviseSharing(attachment, [...lost.values()]);
    return {
      type,
      status: 'False',
      reason: 'HostClaimed',
      message: `already served: ${listSome(whose)}${rest}${cure}`,
    };
  }
  const waiting = listWhose(claims, observed.waiting);
  const until = waiting.length > 0 ? `, until they can be served by an older route: ${listSome(waiting)}` : '';
  const message = `valid; served by ${describeAttachment(attachment)}${until}`;
  return { type, status: 'True', reason: 'Accepted', message };
}

/** `chat.example.com/ws by WssRoute chat/chat`, of the claims that are somebody's. */
function listWhose(claims: readonly Claim[], whose: ReadonlyMap<Claim, Claimant>): readonly string[] {
  return claims.flatMap((claim) => {
    const claimant = whose.get(claim);
    if (claimant === undefined) return [];
    const { kind, namespace, name } = claimant;
    return [`${describeClaim(claim)} by ${kind} ${namespace}/${name}`];
  });
}

/** A listener for a host takes all of it, the paths of others included. */
function adviseSharing(attachment: Attachment, holders: readonly Claimant[]): string {
  const takesHosts = attachment.kind !== 'IngressClass' && attachment.createsListener;
  if (!takesHosts || holders.every(({ kind }) => kind !== 'HTTPRoute')) return '';
  return '; a listener of its own would take the whole host: leave createListener out to serve other paths of it';
}

/** Whether the controller there has taken the route over. */
export function judgeProgramming(placement: Placement, { observed, changes, refusals }: Facts): Verdict {
  const type = 'Programmed';
  const { attachment } = placement;
  const refused = refusals.filter(({ kind }) => concerns(attachment, kind));
  if (refused.length > 0) {
    const message = listSome(refused.map(({ kind, name, message: words }) => `${kind} "${name}": ${words}`));
    return { type, status: 'False', reason: 'ApplyFailed', message };
  }
  if (!placement.isDecided || placement.plan.hosts.length === 0 || isBlocked(attachment, changes)) {
    const message = 'nothing new is written for the route; see Accepted';
    return { type, status: 'False', reason: 'NotEmitted', message };
  }
  if (attachment.kind !== 'IngressClass') return judgeParent(placement, observed);
  const ingresses = listIngresses(observed, attachment.name);
  const addresses = listAddresses(observed, placement);
  if (addresses.length > 0 && ingresses.every((ingress) => ingress.addresses.length > 0)) {
    const message = `served at ${listSome(addresses)}${warnNameless(placement.plan)}`;
    return { type, status: 'True', reason: 'Programmed', message };
  }
  const message = `the controller of ${describeAttachment(attachment)} has not published an address yet`;
  return { type, status: 'False', reason: 'AwaitingAddress', message };
}

/** Whether the dialect there expresses every field; `losses` are those of the route besides. */
export function judgeFields(placement: Placement, { losses }: Desired): Verdict {
  const type = 'FieldsSupported';
  if (!placement.isDecided) {
    return { type, status: 'Unknown', reason: 'NotEmitted', message: 'no dialect; see Accepted' };
  }
  const all = [...placement.losses, ...losses];
  if (all.length === 0) {
    const message = `${placement.dialect.name} expresses every field`;
    return { type, status: 'True', reason: 'AllFieldsSupported', message };
  }
  const message = all.map(({ field, level, because, cure }) => `${field} is ${level}: ${because}; ${cure}`).join('. ');
  return { type, status: 'False', reason: 'UnsupportedFields', message };
}

/** Addresses at which the route is served there, as the controller has published them. */
export function listAddresses(observed: Observed, { attachment, ...placement }: Placement): readonly string[] {
  if (attachment.kind !== 'IngressClass') {
    return placement.isDecided ? [...(placement.target.parent?.addresses ?? [])].sort() : [];
  }
  const published = listIngresses(observed, attachment.name).flatMap(({ addresses }) => addresses);
  return [...new Set(published)].sort();
}

/** Whether somebody else's object has the name of one that is written for an attachment only. */
export function isBlocked(attachment: Attachment, changes: readonly Change[]): boolean {
  return changes.some(
    (change) => change.action === 'blocked' && writtenFor(attachment).some(({ kind }) => kind === change.child.kind),
  );
}

/** Kinds of the objects that are written for one attachment only. */
function writtenFor({ kind }: Attachment): readonly { readonly kind: string }[] {
  return kind === 'IngressClass' ? [ingressKind] : parentChildKinds;
}

/** What is written for all attachments concerns each. */
function concerns({ kind }: Attachment, childKind: string): boolean {
  const others = kind === 'IngressClass' ? parentChildKinds : [ingressKind];
  return !others.some((each) => each.kind === childKind);
}

/** The route's own Ingresses of a class that lead to a backend; one without paths need not be taken over. */
function listIngresses({ children, route }: Observed, className: string): readonly ObservedIngress[] {
  return children.filter(
    (child): child is ObservedIngress =>
      isIngress(child) &&
      child.owner?.uid === route.metadata.uid &&
      child.className === className &&
      child.claims.some((claim) => !claim.endsWith(' *')),
  );
}

function isIngress(child: ObservedChild): child is ObservedIngress {
  return child.kind === ingressKind.kind;
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
