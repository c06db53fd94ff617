import type { WssRoute } from '../api/wssroute.ts';
import { type Attachment, attachmentsOf, describeAttachment, formatAttachment } from '../route/attachment.ts';
import { attachToClass, attachToGateway, attachTwin, type Change } from './attach.ts';
import { describeRenewal } from './describe-renewal.ts';
import type { TargetLoss, Verdict } from './judge-target.ts';

/** One step: what to type, how to see that it has worked, and the way back from there. */
export interface Step {
  readonly title: string;
  readonly because: string;
  readonly commands: readonly string[];
  /** Files to write before the commands. */
  readonly files: Change['files'];
  readonly check: readonly string[];
  readonly back: readonly string[];
}

export interface Migration {
  /** `namespace/name`. */
  readonly route: string;
  readonly from: readonly string[];
  readonly to: string;
  readonly losses: readonly TargetLoss[];
  /** Why it cannot be done; there are no steps then. */
  readonly obstacle?: string;
  readonly steps: readonly Step[];
}

/**
 * The way of a route to another class or a Gateway without an outage: both serve it until DNS has led every client to the new one.
 * A route has one class at most, so from class to class a second route serves beside the first.
 */
export function planMigration(route: WssRoute, { attachment: to, ...verdict }: Verdict): Migration {
  const present = attachmentsOf(route);
  const others = present.filter((attachment) => formatAttachment(attachment) !== formatAttachment(to));
  const isTwin = to.kind === 'IngressClass' && route.spec.ingressClassName !== undefined;
  // Where the route has parents besides, these go on with it.
  const from = isTwin ? others.filter(({ kind }) => kind === 'IngressClass') : others;
  const summary = {
    route: nameRoute(route),
    from: from.map(formatAttachment),
    to: formatAttachment(to),
    losses: verdict.losses,
  };
  const obstacle = verdict.obstacle ?? findObstacle(present, others, to);
  if (obstacle !== undefined) return { ...summary, obstacle, steps: [] };
  const change =
    to.kind !== 'IngressClass' ? attachToGateway(route, to) : isTwin ? attachTwin(route, to) : attachToClass(route, to);
  return {
    ...summary,
    // A twin asks for a certificate before names are moved, and its first step tells what that needs.
    steps: [
      attach(to, change),
      prove(to, change),
      moveNames(route, from, to, isTwin ? undefined : describeRenewal(route, to)),
      detach(from, change),
    ],
  };
}

function findObstacle(present: readonly Attachment[], from: readonly Attachment[], to: Attachment): string | undefined {
  if (from.length === 0) return `the route is attached to ${describeAttachment(to)} only: there is nothing to do`;
  const isThere = from.length < present.length;
  return isThere && to.kind === 'IngressClass'
    ? `the route has ${describeAttachment(to)} already: see \`kubectl get wssroute\`, and remove spec.parentRefs when DNS leads there`
    : undefined;
}

function attach(to: Attachment, change: Change): Step {
  return {
    title: `Serve the route at ${describeAttachment(to)} as well`,
    because: change.because,
    files: change.files,
    commands: change.attach,
    check: [
      tidy(
        `kubectl wait --for=jsonpath='{.status.attachments[${change.index}].ref}'=${formatAttachment(to)} wssroute/${change.name} ${change.scope} --timeout=1m`,
      ),
    ],
    back: change.detachNew,
  };
}

function prove(to: Attachment, change: Change): Step {
  const jsonpath = `{range .status.attachments[*]}{.ref}{"\\t"}{.addresses}{"\\t"}{.conditions[?(@.type=="Reachable")].status}{"\\n"}{end}`;
  return {
    title: 'See that both places are programmed and proved',
    because: `a WebSocket has to open at ${describeAttachment(to)}, whatever DNS says yet; the old place goes on as it was`,
    files: [],
    commands: [
      tidy(`kubectl wait --for=condition=Ready wssroute/${change.name} ${change.scope} --timeout=5m`),
      tidy(`kubectl get wssroute ${change.name} ${change.scope} -o jsonpath='${jsonpath}'`),
    ],
    check: change.routes.map((name) => `wss probe --route ${name}`),
    back: change.detachNew,
  };
}

const moving =
  'resolvers keep the old address for one TTL, and sockets that are open stay where they are: wait one TTL, and then as long as the longest socket lives, or until the old controller has none left';

function moveNames(route: WssRoute, from: readonly Attachment[], to: Attachment, renewal: string | undefined): Step {
  const hosts = route.spec.hosts ?? [];
  const names = hosts.length === 0 ? 'the address that clients open' : hosts.join(', ');
  const known = addressesAt(route, to);
  const old = from.flatMap((attachment) => addressesAt(route, attachment));
  const leads = known.length > 0 ? known.join(', ') : `the addresses of ${formatAttachment(to)} that step 2 has shown`;
  return {
    title: `Lead ${names} to ${leads}`,
    because: renewal === undefined ? moving : `${moving}. ${renewal}`,
    files: [],
    commands: [],
    check: hosts.filter((host) => !host.startsWith('*.')).map((host) => `dig +noall +answer ${host}`),
    back: [
      `lead ${names} back to ${old.length > 0 ? old.join(', ') : 'the old addresses'}: the old place still serves`,
    ],
  };
}

function detach(from: readonly Attachment[], change: Change): Step {
  return {
    title: `End it at ${from.map(describeAttachment).join(', ')}`,
    because: 'sockets that are still open there are cut, and their clients come back at the new place',
    files: [],
    commands: change.detachOld,
    check: [tidy(`kubectl wait --for=condition=Ready wssroute/${change.name} ${change.scope} --timeout=1m`)],
    back: change.attachOld,
  };
}

/** What is published at an attachment; a route with one has it in its own status. */
function addressesAt(route: WssRoute, attachment: Attachment): readonly string[] {
  const { status } = route;
  const ref = formatAttachment(attachment);
  if (status?.attachments !== undefined) return status.attachments.find((each) => each.ref === ref)?.addresses ?? [];
  const isAttached = attachmentsOf(route).some((each) => formatAttachment(each) === ref);
  return isAttached ? (status?.addresses ?? []) : [];
}

function nameRoute({ metadata }: WssRoute): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

/** Without the gap that a missing namespace leaves. */
function tidy(command: string): string {
  return command.replace(/ {2,}/g, ' ');
}
