import { Histogram, type Registry } from 'prom-client';

export interface HandshakeMetrics {
  /** A handshake through the ingress controller has ended. */
  observeHandshake(result: 'success' | 'failure', seconds: number): void;
}

export function registerHandshakes(registry: Registry): HandshakeMetrics {
  const seconds = new Histogram({
    name: 'wss_handshake_seconds',
    help: 'How long the handshakes took that prove the routes: TCP, TLS and upgrade, through the ingress controller',
    labelNames: ['result'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  for (const result of ['success', 'failure']) seconds.zero({ result });
  return { observeHandshake: (result, value) => seconds.observe({ result }, value) };
}
