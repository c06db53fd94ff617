import { createMetrics } from '../../src/telemetry/metrics.ts';
import { serveMetrics } from '../../src/telemetry/server.ts';

export interface Sample {
  /** With `_bucket`, `_sum` or `_count` where it is one of a histogram. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly isCounter: boolean;
}

/** What Prometheus reads from an operator to which everything has happened once that is counted. */
export async function scrape({ perRoute }: { readonly perRoute: boolean }): Promise<string> {
  const metrics = createMetrics({ workers: 16, perRoute, readRoutes: listRoutes });
  metrics.setLeader('wss-operator', true);
  const [succeed, fail, hang] = [metrics.startReconcile(), metrics.startReconcile(), metrics.startReconcile()];
  succeed('success');
  fail('error');
  metrics.workqueue.added();
  metrics.workqueue.queued(0.01);
  metrics.workqueue.worked(0.02);
  metrics.workqueue.retried();
  metrics.workqueue.depth(1);
  metrics.countRequest({ verb: 'PATCH', code: '200', host: '10.0.0.1:443' });
  metrics.countRequest({ verb: 'GET', code: '<error>', host: '10.0.0.1:443' });
  metrics.countWrite('Ingress', 'created');
  metrics.countReflectorRestart('Ingress', 'unavailable');
  metrics.observeHandshake('success', 0.03);
  metrics.observeHandshake('failure', 10);
  const server = await serveMetrics({ address: '127.0.0.1:0', metrics });
  if (server === undefined) throw new Error('the metrics server did not start');
  try {
    const response = await fetch(`http://${server.address}/metrics`);
    if (response.status !== 200) throw new Error(`/metrics answered ${response.status}: ${await response.text()}`);
    return await response.text();
  } finally {
    hang('success');
    await server.close();
  }
}

function* listRoutes() {
  const known = { certificateEndsAt: 2_000_000_000, certificateRenewsAt: 1_900_000_000, unreachable: undefined };
  yield { namespace: 'shop', name: 'chat', ready: 'true', reason: 'Ready', ...known } as const;
  yield { namespace: 'shop', name: 'feed', ready: 'false', reason: 'Issuing', ...known } as const;
  const reason = 'ConnectRefused';
  yield { namespace: 'shop', name: 'live', ready: 'false', ...known, reason, unreachable: reason } as const;
}

/** Reads the text format of Prometheus, as far as prom-client writes it. */
export function parseSamples(text: string): readonly Sample[] {
  const kinds = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', kind]) => [name, kind]));
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, name = '', inner = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (name === '') throw new Error(`not a sample: ${line}`);
    const labels = Object.fromEntries(
      [...inner.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', value = '']) => [label, value]),
    );
    return { name, labels, isCounter: kinds.get(name) !== 'gauge' };
  });
}
