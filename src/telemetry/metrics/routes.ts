import { Gauge, type Registry } from 'prom-client';
import { isReason } from '../../api/conditions.ts';

/** What a scrape reads of one route. */
export interface RouteReading {
  readonly namespace: string;
  readonly name: string;
  /** Status of its condition Ready. */
  readonly ready: 'true' | 'false' | 'unknown';
  /** Reason of its condition Ready. */
  readonly reason: string;
  /** Why handshakes fail, where they do: the reason of its condition Reachable. */
  readonly unreachable: string | undefined;
  /** When its certificate ends, in seconds of Unix time; undefined where that is not known. */
  readonly certificateEndsAt: number | undefined;
  /** When cert-manager means to renew it, in seconds of Unix time. */
  readonly certificateRenewsAt: number | undefined;
}

export interface RouteMetricsOptions {
  /** Every route, read anew at each scrape. */
  readonly readRoutes: () => Iterable<RouteReading>;
  /** Up to three series for each route; without it their number does not depend on the routes. */
  readonly perRoute: boolean;
}

/** What is counted before the first route, so that a cluster without routes shows a zero and not a gap. */
const atRest = [
  { ready: 'true', reason: 'Ready' },
  { ready: 'unknown', reason: 'Pending' },
] as const;

/** Registers the gauges of the routes; the returned function brings them up to date, in one pass over the routes. */
export function registerRoutes(registry: Registry, { readRoutes, perRoute }: RouteMetricsOptions): () => void {
  const registers = [registry];
  const scope = perRoute ? 'of the WssRoute' : 'of the WssRoute for which that is the earliest';
  // Without per-route metrics these two stay unlabelled. To declare no label at all would make prom-client say 0: the year 1970.
  const labelNames = ['namespace', 'name'] as const;
  const counts = new Gauge({
    name: 'wss_routes',
    help: 'Number of WssRoutes, by status and reason of their condition Ready',
    labelNames: ['ready', 'reason'],
    registers,
  });
  const failures = new Gauge({
    name: 'wss_routes_unreachable',
    help: 'Number of WssRoutes whose condition Reachable is False, by its reason',
    labelNames: ['reason'],
    registers,
  });
  const ends = new Gauge({
    name: 'wss_certificate_expiry_seconds',
    help: `Unix time at which the certificate ends, ${scope}`,
    labelNames,
    registers,
  });
  const renewals = new Gauge({
    name: 'wss_certificate_renewal_seconds',
    help: `Unix time at which cert-manager means to renew the certificate, ${scope}`,
    labelNames,
    registers,
  });
  const readiness = perRoute && {
    gauge: new Gauge({
      name: 'wss_route_ready',
      help: 'Whether the condition Ready of the WssRoute is True (1) or not (0)',
      labelNames,
      registers,
    }),
  };
  for (const labels of atRest) counts.set(labels, 0);
  const seen = new Map<string, { readonly ready: string; readonly reason: string }>();

  return () => {
    const found = new Map<string, number>();
    let firstEnd = Number.POSITIVE_INFINITY;
    let firstRenewal = Number.POSITIVE_INFINITY;
    for (const gauge of [failures, ends, renewals]) gauge.reset();
    if (readiness) readiness.gauge.reset();
    for (const route of readRoutes()) {
      const { namespace, name, ready, certificateEndsAt: end, certificateRenewsAt: renewal } = route;
      const labels = { ready, reason: boundReason(route.reason) };
      const key = `${labels.ready} ${labels.reason}`;
      if (!seen.has(key)) seen.set(key, labels);
      found.set(key, (found.get(key) ?? 0) + 1);
      firstEnd = Math.min(firstEnd, end ?? firstEnd);
      firstRenewal = Math.min(firstRenewal, renewal ?? firstRenewal);
      if (route.unreachable !== undefined) failures.inc({ reason: boundReason(route.unreachable) });
      if (!readiness) continue;
      readiness.gauge.set({ namespace, name }, ready === 'true' ? 1 : 0);
      if (end !== undefined) ends.set({ namespace, name }, end);
      if (renewal !== undefined) renewals.set({ namespace, name }, renewal);
    }
    // A combination that was seen once stays, as a zero: graphs and alerts see it end.
    for (const [key, labels] of seen) counts.set(labels, found.get(key) ?? 0);
    if (perRoute) return;
    if (Number.isFinite(firstEnd)) ends.set({}, firstEnd);
    if (Number.isFinite(firstRenewal)) renewals.set({}, firstRenewal);
  };
}

/** Anybody who may write a status may write any reason there: only those of the catalogue become a label. */
function boundReason(reason: string): string {
  return isReason(reason) ? reason : 'Other';
}
