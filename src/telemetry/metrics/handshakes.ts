import { Gauge, Histogram, type Registry } from 'prom-client';

export interface HandshakeMetrics {
  /** A handshake through the ingress controller has ended. */
  observeHandshake(result: 'success' | 'failure', seconds: number): void;
}

/** `readUnreachable` is asked at each scrape: routes whose latest handshake failed, by what was broken. */
export function registerHandshakes(
  registry: Registry,
  readUnreachable: () => ReadonlyMap<string, number>,
): HandshakeMetrics {
  const seconds = new Histogram({
    name: 'wss_handshake_seconds',
    help: 'How long the handshakes took that prove the routes: TCP, TLS and upgrade, through the ingress controller',
    labelNames: ['result'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  for (const result of ['success', 'failure']) seconds.zero({ result });
  new Gauge({
    name: 'wss_routes_unreachable',
    help: 'Number of routes whose latest handshake failed, by what was broken',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [reason, count] of readUnreachable()) this.set({ reason }, count);
    },
  });
  return { observeHandshake: (result, value) => seconds.observe({ result }, value) };
}
