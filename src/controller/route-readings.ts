import { parseKey } from '../api/objects.ts';
import { findCondition, type WssRoute } from '../api/wssroute.ts';
import type { RouteReading } from '../telemetry/metrics.ts';

/**
 * What metrics tell of the routes: what their status says. A standby replica, which judges nothing, so reads the same as the leader.
 * Lazy, because a scrape takes one route after the other.
 */
export function* readRoutes(routes: Iterable<readonly [key: string, route: WssRoute]>): Generator<RouteReading> {
  for (const [key, { status }] of routes) {
    const { namespace, name } = parseKey(key);
    const ready = findCondition(status, 'Ready');
    const reachable = findCondition(status, 'Reachable');
    yield {
      namespace,
      name,
      ready: nameStatus(ready?.status),
      reason: ready?.reason ?? 'Pending',
      unreachable: reachable?.status === 'False' ? reachable.reason : undefined,
      certificateEndsAt: unixSeconds(status?.certificate?.notAfter),
      certificateRenewsAt: unixSeconds(status?.certificate?.renewalTime),
    };
  }
}

function nameStatus(status: string | undefined): RouteReading['ready'] {
  if (status === 'True') return 'true';
  return status === 'False' ? 'false' : 'unknown';
}

function unixSeconds(time: string | undefined): number | undefined {
  const milliseconds = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
