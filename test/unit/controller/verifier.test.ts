import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { specSchema } from '../../../src/api/schema.generated.ts';
import type { WssRoute } from '../../../src/api/wssroute.ts';
import { findTarget } from '../../../src/controller/verification-target.ts';
import { Verifier, type VerifierOptions } from '../../../src/controller/verifier.ts';
import type { ProbeResult } from '../../../src/probe/result.ts';
import { fillDefaults } from '../../../src/route/defaults.ts';
import { FakeClock, settle } from '../kube/fake-clock.ts';

const now = new Date('2026-02-03T04:05:06Z');

function build(spec: object = {}, status: object = {}, readySince = '2026-02-03T04:05:00Z'): WssRoute {
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'Ready',
    observedGeneration: 2,
    lastTransitionTime: readySince,
  };
  const route = {
    apiVersion: 'wssroute.dev/v1alpha1',
    kind: 'WssRoute',
    metadata: { namespace: 'shop', name: 'chat', generation: 2 },
    spec: {
      hosts: ['*.example.com', 'chat.example.com'],
      ingressClassName: 'nginx',
      tls: { secretName: 'tls' },
      paths: [{ path: '/ws', service: { name: 'chat', port: 1 } }],
      ...spec,
    },
    status: { addresses: ['192.0.2.1', '192.0.2.2'], conditions: [ready], ...status },
  } as unknown as WssRoute;
  fillDefaults(specSchema, route.spec);
  return route;
}

describe('the handshake that proves a route', () => {
  test('goes to the published address and asks for the first real name and path', () => {
    assert.deepEqual(findTarget(build()), {
      host: 'chat.example.com',
      port: 443,
      path: '/ws',
      connect: { address: '192.0.2.1', port: 443 },
      isPinged: false,
    });
  });

  test('is the one that the route describes', () => {
    const verification = { host: 'a.example.com', port: 8443, path: '/p', origin: 'https://o', subprotocols: ['s'] };
    assert.deepEqual(findTarget(build({ verification })), {
      host: 'a.example.com',
      port: 8443,
      path: '/p',
      connect: { address: '192.0.2.1', port: 8443 },
      isPinged: false,
      origin: 'https://o',
      subprotocols: ['s'],
    });
  });

  for (const [what, route] of [
    ['is switched off', build({ verification: { enabled: false } })],
    ['has no name but a wildcard', build({ hosts: ['*.example.com'] })],
    ['has no address yet', build({}, { addresses: [] })],
    ['is not ready', build({}, { conditions: [{ type: 'Ready', status: 'False', observedGeneration: 2 }] })],
    [
      'was ready as it was before',
      build({}, { conditions: [{ type: 'Ready', status: 'True', observedGeneration: 1 }] }),
    ],
  ] as const) {
    test(`is not made for a route that ${what}`, () => assert.equal(findTarget(route), undefined));
  }
});

function result(reason: ProbeResult['reason']): ProbeResult {
  return { isReachable: reason === 'Connected', reason, message: '', steps: [], latencyMs: 7 };
}

interface Trial {
  readonly verifier: Verifier;
  readonly clock: FakeClock;
  readonly asked: string[];
  readonly results: string[];
  answer: (host: string) => Promise<ProbeResult>;
}

function start(options: Partial<VerifierOptions> = {}): Trial {
  const clock = new FakeClock();
  const asked: string[] = [];
  const results: string[] = [];
  const trial: Trial = {
    clock,
    asked,
    results,
    answer: async () => result('Connected'),
    verifier: new Verifier({
      probe(target) {
        asked.push(`${clock.now()} ${target.path}`);
        return trial.answer(target.path);
      },
      concurrency: 2,
      minIntervalMs: 60_000,
      clock,
      now: () => now,
      random: () => 0.5,
      onResult: (route, { reason }, before) => results.push(`${route} ${before?.reason ?? 'none'} → ${reason}`),
      onError: (route, error) => results.push(`${route} ${String(error)}`),
      ...options,
    }),
  };
  return trial;
}

async function pass({ clock }: Trial, ms: number): Promise<void> {
  await clock.advance(ms);
  await settle();
}

describe('when a route is proved', () => {
  test('soon after it has become ready, then each interval; a second look at it changes nothing', async () => {
    const trial = start();
    trial.verifier.update('shop/chat', build());
    trial.verifier.update('shop/chat', build());
    await pass(trial, 5_000);
    trial.verifier.update('shop/chat', build());
    await pass(trial, 300_000);
    assert.deepEqual(trial.asked, ['5000 /ws', '305000 /ws']);
    assert.deepEqual(trial.results, ['shop/chat none → Connected', 'shop/chat Connected → Connected']);
  });

  test('somewhere within the interval when it has been ready for long: a new leader does not ask for all at once', async () => {
    const trial = start();
    trial.verifier.update('shop/chat', build({}, {}, '2026-02-03T03:00:00Z'));
    await pass(trial, 149_999);
    assert.deepEqual(trial.asked, []);
    await pass(trial, 1);
    assert.deepEqual(trial.asked, ['150000 /ws']);
  });

  test('not more often than the administrator allows', async () => {
    const trial = start();
    trial.verifier.update('shop/chat', build({ verification: { interval: '10s' } }));
    await pass(trial, 5_000);
    await pass(trial, 59_999);
    assert.equal(trial.asked.length, 1);
    await pass(trial, 1);
    assert.equal(trial.asked.length, 2);
  });

  test('sooner when it failed, ever more slowly, and it counts by its reason until it is reachable', async () => {
    const trial = start();
    trial.answer = async () => result('ConnectRefused');
    trial.verifier.update('shop/chat', build());
    await pass(trial, 5_000);
    assert.deepEqual([...trial.verifier.countUnreachable()], [['ConnectRefused', 1]]);
    await pass(trial, 3_750);
    await pass(trial, 7_500);
    assert.deepEqual(trial.asked, ['5000 /ws', '8750 /ws', '16250 /ws']);
    trial.answer = async () => result('Connected');
    await pass(trial, 15_000);
    assert.deepEqual([...trial.verifier.countUnreachable()], []);
    assert.equal(trial.results.at(-1), 'shop/chat ConnectRefused → Connected');
  });

  test('anew, and soon, when the route changes; what the old handshake says then is not heard', async () => {
    const trial = start();
    const old = Promise.withResolvers<ProbeResult>();
    trial.answer = (path) => (path === '/ws' ? old.promise : Promise.resolve(result('Connected')));
    trial.verifier.update('shop/chat', build());
    await pass(trial, 5_000);
    trial.verifier.update('shop/chat', build({ verification: { path: '/new' } }));
    old.resolve(result('NoTLS'));
    await pass(trial, 5_000);
    assert.deepEqual(trial.asked, ['5000 /ws', '10000 /new']);
    assert.deepEqual(trial.results, ['shop/chat none → Connected']);
  });

  test('soon after a change of a route that has been ready for long; a failure stands until then', async () => {
    const trial = start();
    const since = '2026-02-03T03:00:00Z';
    trial.answer = async (path) => result(path === '/ws' ? 'NoTLS' : 'Connected');
    trial.verifier.update('shop/chat', build({}, {}, since));
    await pass(trial, 150_000);
    trial.verifier.update('shop/chat', build({ verification: { path: '/new' } }, {}, since));
    assert.deepEqual([...trial.verifier.countUnreachable()], [['NoTLS', 1]]);
    await pass(trial, 5_000);
    assert.deepEqual(trial.asked, ['150000 /ws', '155000 /new']);
    assert.deepEqual(trial.results, ['shop/chat none → NoTLS', 'shop/chat NoTLS → Connected']);
    assert.deepEqual([...trial.verifier.countUnreachable()], []);
  });

  test('no more when it is gone, or the term is over', async () => {
    const trial = start();
    trial.verifier.update('shop/a', build());
    trial.verifier.update('shop/b', build());
    trial.verifier.update('shop/a', undefined);
    await pass(trial, 5_000);
    assert.equal(trial.asked.length, 1);
    trial.verifier.stop();
    trial.verifier.update('shop/c', build());
    await pass(trial, 1_000_000);
    assert.equal(trial.asked.length, 1);
  });

  test('with others at once only as far as is allowed', async () => {
    const trial = start();
    const first = Promise.withResolvers<ProbeResult>();
    trial.answer = () => first.promise;
    for (const name of ['a', 'b', 'c']) trial.verifier.update(`shop/${name}`, build());
    await pass(trial, 5_000);
    assert.equal(trial.asked.length, 2);
    first.resolve(result('Connected'));
    await pass(trial, 0);
    assert.equal(trial.asked.length, 3);
  });

  test('again after a failure of this machine, which says nothing about the route', async () => {
    const trial = start();
    trial.answer = async () => {
      throw new Error('EMFILE');
    };
    trial.verifier.update('shop/chat', build());
    await pass(trial, 5_000);
    assert.deepEqual([...trial.verifier.countUnreachable()], []);
    assert.deepEqual(trial.results, ['shop/chat Error: EMFILE']);
    trial.answer = async () => result('Connected');
    await pass(trial, 3_750);
    assert.equal(trial.results.at(-1), 'shop/chat none → Connected');
  });
});
