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
 * Waits until the operator has nothing left to do: every watch has brought the cluster's newest change and the queue is empty.
 * A route that is touched now (an annotation of no meaning) has been looked at when its pass is counted.
 */
export async function settle(rig: Rig, operator: Operator, routePath: string): Promise<void> {
  const passes = 'controller_runtime_reconcile_total{controller="wssroute",result="success"}';
  // A verdict on the version before the touch would be refused (409), and be among the writes.
  await rig.client.waitFor(routePath, (route) => route?.status?.observedGeneration === route?.metadata.generation, {
    what: `${routePath} to be judged`,
    timeoutMs: 20_000,
  });
  const before = await operator.metric(passes);
  await rig.client.patch(routePath, { metadata: { annotations: { 'test.wssroute.dev/touched': `${before}` } } });
  await waitUntil(async () => (await operator.metric(passes)) > before && (await isIdle(operator)), {
    what: 'the operator to be idle',
    timeoutMs: 20_000,
  });
}

async function isIdle(operator: Operator): Promise<boolean> {
  const depth = await operator.metric('workqueue_depth{name="wssroute",controller="wssroute"}');
  const active = await operator.metric('controller_runtime_active_workers{controller="wssroute"}');
  return depth === 0 && active === 0;
}
