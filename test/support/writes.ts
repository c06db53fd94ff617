import type { AuditedWrite, AuditMark } from './audit-log.ts';
import type { Operator } from './operator.ts';
import { operatorUser } from './operator.ts';
import type { Rig } from './rig.ts';
import { waitUntil } from './wait-until.ts';

/** What the operator has written since the mark, Events aside, as `resource[/subresource] namespace/name`. */
export function listWrites(rig: Rig, since: AuditMark): readonly string[] {
  return rig.audit
    .writes({ since, user: operatorUser })
    .filter(({ resource }) => resource !== 'events')
    .map(formatWrite)
    .sort();
}

function formatWrite({ resource, subresource, namespace, name, code }: AuditedWrite): string {
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  return `${what} ${namespace}/${name}${code < 300 ? '' : ` (${code})`}`;
}

/**
 * Statuses that the API server took from the operator since the mark and that say what the one before them has said, as
 * `namespace/name: JSON`. When a condition has turned is no news of its own.
 */
export function listRepeatedStatuses(rig: Rig, since: AuditMark): readonly string[] {
  const latest = new Map<string, string>();
  const writes = rig.audit.writes({ since, user: operatorUser });
  return writes.flatMap(({ subresource, namespace, name, code, body }) => {
    if (subresource !== 'status' || code >= 300) return [];
    const key = `${namespace}/${name}`;
    const said = JSON.stringify(body.status, (field, value) => (field === 'lastTransitionTime' ? undefined : value));
    const isRepeated = latest.get(key) === said;
    latest.set(key, said);
    return isRepeated ? [`${key}: ${said}`] : [];
  });
}

/**
 * Waits until the operator has nothing left to do: it has seen everything that has happened to routes so far, and its queue is empty.
 * Each kind has a watch of its own: of what has happened to others, {@link touch} makes sure that it has been seen.
 */
export async function settle(rig: Rig, operator: Operator, routePath: string): Promise<void> {
  // A verdict on the version before the touch would be refused (409), and be among the writes.
  await rig.client.waitFor(routePath, (route) => route?.status?.observedGeneration === route?.metadata.generation, {
    what: `${routePath} to be judged`,
    timeoutMs: 20_000,
  });
  await touch(rig, operator, routePath);
}

/**
 * Gives an object an annotation of no meaning and waits until as many passes as it causes have been made, and the queue is empty. A
 * watch keeps the order: everything that has happened to the kind before has been seen by then.
 */
export async function touch(rig: Rig, operator: Operator, path: string, causes = 1): Promise<void> {
  const passes = 'controller_runtime_reconcile_total{controller="wssroute",result="success"}';
  const before = await operator.metric(passes);
  await rig.client.patch(path, { metadata: { annotations: { 'test.wssroute.dev/touched': `${before}` } } });
  await waitUntil(async () => (await operator.metric(passes)) >= before + causes && (await isIdle(operator)), {
    what: `the operator to have seen a change of ${path} and to be idle`,
    timeoutMs: 20_000,
  });
}

async function isIdle(operator: Operator): Promise<boolean> {
  const depth = await operator.metric('workqueue_depth{name="wssroute",controller="wssroute"}');
  const active = await operator.metric('controller_runtime_active_workers{controller="wssroute"}');
  return depth === 0 && active === 0;
}
