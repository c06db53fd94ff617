import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ConditionType, prerequisites } from '../../../src/api/conditions.ts';
import { specSchema } from '../../../src/api/schema.generated.ts';
import type { WssRoute } from '../../../src/api/wssroute.ts';
import { findTargets } from '../../../src/controller/verification-target.ts';
import { Verifier, type VerifierOptions } from '../../../src/controller/verifier.ts';
import type { ProbeResult } from '../../../src/probe/result.ts';
import type { Target } from '../../../src/probe/target.ts';
import { fillDefaults } from '../../../src/route/defaults.ts';
import { FakeClock, settle } from '../kube/fake-clock.ts';

function condition(type: ConditionType, status = 'True', observedGeneration = 1): object {
  return { type, status, reason: 'Any', message: '', observedGeneration, lastTransitionTime: '2026-02-03T04:05:00Z' };
}

const served = prerequisites.map((type) => condition(type));

function build(spec: object = {}, status: object = {}, generation = 1): WssRoute {
  const route = {
    apiVersion: 'wssroute.dev/v1alpha1',
    kind: 'WssRoute',
    metadata: { namespace: 'shop', name: 'chat', generation },
    spec: {
      hosts: ['*.example.com', 'chat.example.com'],
      ingressClassName: 'nginx',
      tls: { secretName: 'tls' },
      paths: [{ path: '/ws', service: { name: 'chat', port: 1 } }],
      ...spec,
    },
    status: { addresses: ['192.0.2.1', '192.0.2.2'], conditions: served, ...status },
  } as unknown as WssRoute;
  fillDefaults(specSchema, route.spec);
  return route;
}

/** The route after a change of its spec, and after the operator has looked at it. */
function change(spec: object, generation = 2): WssRoute {
  return build(spec, { conditions: prerequisites.map((type) => condition(type, 'True', generation)) }, generation);
}

const ref = 'IngressClass/nginx';

function findTarget(route: WssRoute): Target | undefined {
  const [target, ...others] = findTargets(route).get(ref) ?? [];
  assert.deepEqual(others, []);
  return target;
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

  test('opens the addresses and names of the certificate where the route has no hosts', () => {
    const hosts = (tls: object, more: object = {}) =>
      findTargets(build({ hosts: [], tls, ...more }))
        .get(ref)
        ?.map(({ host }) => host);
    assert.deepEqual(hosts({ ipAddresses: ['192.0.2.10'], dnsNames: ['a.example.com'] }), [
      '192.0.2.10',
      'a.example.com',
    ]);
    assert.deepEqual(hosts({ dnsNames: ['*.example.com', 'a.example.com'] }), ['a.example.com']);
    assert.equal(hosts({ secretName: 'mine' }), undefined);
    assert.deepEqual(hosts({ secretName: 'mine' }, { verification: { host: 'b.example.com' } }), ['b.example.com']);
  });

  test('is made for each host and each path', () => {
    const paths = ['/a', '/b', '/a'].map((path) => ({ path, service: { name: 'chat', port: 1 } }));
    const hosts = ['x.example.com', '*.example.com', 'y.example.com'];
    const ask = (verification: object) =>
      findTargets(build({ hosts, paths, verification }))
        .get(ref)
        ?.map(({ host, path }) => host + path);
    assert.deepEqual(ask({}), ['x.example.com/a', 'y.example.com/a', 'x.example.com/b']);
    assert.deepEqual(ask({ path: '/c' }), ['x.example.com/c', 'y.example.com/c']);
    assert.deepEqual(ask({ host: 'y.example.com' }), ['y.example.com/a', 'y.example.com/b']);
  });

  test('brings an Origin along that the route allows, as a page would', () => {
    const allowedOrigins = ['https://app.example.com', 'https://b.example.com'];
    assert.equal(findTarget(build({ allowedOrigins }))?.origin, 'https://app.example.com');
    assert.equal(findTarget(build({ allowedOrigins, verification: { origin: 'https://o' } }))?.origin, 'https://o');
  });

  for (const [what, route] of [
    ['is switched off', build({ verification: { enabled: false } })],
    ['has no name but a wildcard', build({ hosts: ['*.example.com'] })],
    ['has no address yet', build({}, { addresses: [] })],
    ['waits for something else', build({}, { conditions: [...served.slice(1), condition('Accepted', 'False')] })],
    ['was served as it was before', build({}, {}, 2)],
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
  readonly news: string[];
  readonly results: string[];
  answer: (path: string) => Promise<ProbeResult>;
}

function start(options: Partial<VerifierOptions> = {}): Trial {
  const clock = new FakeClock();
  const asked: string[] = [];
  const news: string[] = [];
  const results: string[] = [];
  const trial: Trial = {
    ...{ clock, asked, news, results },
    answer: async () => result('Connected'),
    verifier: new Verifier({
      probe(target) {
        asked.push(`${clock.now()} ${target.path}`);
        return trial.answer(target.path);
      },
      concurrency: 2,
      perSecond: 1000,
      minIntervalMs: 60_000,
      clock,
      random: () => 0.5,
      onResult: ({ reason }) => results.push(reason),
      onNews: (route, _attachment, { reason }) => news.push(`${clock.now()} ${route} ${reason}`),
      onError: (route, _attachment, error) => results.push(`${route} ${String(error)}`),
      ...options,
    }),
  };
  return trial;
}

async function pass({ clock }: Trial, ms: number): Promise<void> {
  await clock.advance(ms);
  await settle();
}

function proofOf({ verifier }: Trial): string {
  return verifier.proofsOf('shop/chat').get(ref)?.reason ?? 'awaited';
}

/** What an earlier leader has left behind. */
function judged(status: 'True' | 'False'): WssRoute {
  return build({}, { conditions: [...served, condition('Reachable', status)] });
}

describe('when a route is proved', () => {
  test('at once when it is new, once more when its proxy has surely settled, then each interval; a second look at it changes nothing', async () => {
    const trial = start();
    trial.verifier.update('shop/chat', build());
    trial.verifier.update('shop/chat', build());
    await pass(trial, 500);
    trial.verifier.update('shop/chat', build());
    await pass(trial, 30_000);
    await pass(trial, 300_000);
    assert.deepEqual(trial.asked, ['500 /ws', '30500 /ws', '330500 /ws']);
    assert.deepEqual(trial.news, ['500 shop/chat Connected']);
  });

  test('somewhere within the interval when it was proved before: a new leader does not ask for all at once', async () => {
    const trial = start();
    trial.verifier.update('shop/chat', judged('True'));
    assert.equal(proofOf(trial), 'awaited');
    await pass(trial, 149_999);
    assert.deepEqual(trial.asked, []);
    await pass(trial, 300_001);
    assert.deepEqual(trial.asked, ['150000 /ws', '450000 /ws']);
  });

  test('soon when it was broken before', async () => {
    const trial = start();
    trial.verifier.update('shop/chat', judged('False'));
    await pass(trial, 15_000);
    assert.deepEqual(trial.asked, ['15000 /ws']);
  });

  test('not more often than the administrator allows', async () => {
    const trial = start();
    trial.verifier.update('shop/chat', build({ verification: { interval: '10s' } }));
    await pass(trial, 30_500);
    await pass(trial, 59_999);
    assert.equal(trial.asked.length, 2);
    await pass(trial, 1);
    assert.equal(trial.asked.length, 3);
  });

  test('after a change when the proxy has taken it over; nothing is known until then', async () => {
    const trial = start();
    trial.verifier.update('shop/chat', build());
    await pass(trial, 500);
    assert.equal(proofOf(trial), 'Connected');
    trial.verifier.update('shop/chat', change({ verification: { path: '/new' } }));
    assert.equal(proofOf(trial), 'awaited');
    await pass(trial, 5_000);
    assert.deepEqual(trial.asked, ['500 /ws', '5500 /new']);
    assert.deepEqual(trial.news, ['500 shop/chat Connected', '5500 shop/chat Connected']);
  });

  for (const [what, status] of [
    ['address', { addresses: ['192.0.2.9'] }],
    ['certificate', { certificate: { secretName: 'tls', notAfter: '2027-01-01T00:00:00Z' } }],
  ] as const) {
    test(`soon after its ${what} is another; what was found stands until then`, async () => {
      const trial = start();
      trial.verifier.update('shop/chat', build());
      await pass(trial, 500);
      trial.verifier.update('shop/chat', build({}, status));
      assert.equal(proofOf(trial), 'Connected');
      await pass(trial, 5_000);
      assert.deepEqual(trial.asked, ['500 /ws', '5500 /ws']);
    });
  }

  test('no more while something else is missing, and as if it were new afterwards', async () => {
    const trial = start();
    trial.verifier.update('shop/chat', build());
    await pass(trial, 500);
    trial.verifier.update('shop/chat', build({}, { conditions: [] }));
    assert.equal(proofOf(trial), 'awaited');
    await pass(trial, 1_000_000);
    trial.verifier.update('shop/chat', build());
    await pass(trial, 500);
    assert.deepEqual(trial.asked, ['500 /ws', '1001000 /ws']);
  });

  test('no more when it is gone, or the term is over', async () => {
    const trial = start();
    trial.verifier.update('shop/a', build());
    trial.verifier.update('shop/b', build());
    trial.verifier.update('shop/a', undefined);
    await pass(trial, 500);
    assert.equal(trial.asked.length, 1);
    trial.verifier.stop();
    trial.verifier.update('shop/c', build());
    await pass(trial, 1_000_000);
    assert.equal(trial.asked.length, 1);
  });
});

describe('a failure', () => {
  test('is news after ten seconds; it is tried often before, ever more rarely after', async () => {
    const trial = start();
    trial.answer = async () => result('ConnectRefused');
    trial.verifier.update('shop/chat', build());
    await pass(trial, 25_000);
    assert.deepEqual(trial.asked, ['500 /ws', '1250 /ws', '2750 /ws', '5750 /ws', '11750 /ws', '23750 /ws']);
    assert.deepEqual(trial.news, ['11750 shop/chat ConnectRefused']);
    trial.answer = async () => result('Connected');
    await pass(trial, 30_000);
    assert.deepEqual(trial.news, ['11750 shop/chat ConnectRefused', '47750 shop/chat Connected']);
  });

  test('that is over sooner is no news at all', async () => {
    const trial = start();
    trial.verifier.update('shop/chat', build());
    await pass(trial, 500);
    trial.answer = async () => result('ClosedAtOnce');
    await pass(trial, 32_000);
    trial.answer = async () => result('Connected');
    await pass(trial, 10_000);
    assert.deepEqual(trial.results, ['Connected', 'ClosedAtOnce', 'ClosedAtOnce', 'Connected']);
    assert.deepEqual(trial.news, ['500 shop/chat Connected']);
  });

  test('at any of several paths is one of the route, and named', async () => {
    const trial = start();
    const paths = ['/ws', '/two', '/three'].map((path) => ({ path, service: { name: 'chat', port: 1 } }));
    trial.answer = async (path) => result(path === '/two' ? 'UpgradeRefused' : 'Connected');
    trial.verifier.update('shop/chat', build({ paths }));
    await pass(trial, 12_000);
    assert.deepEqual(trial.asked.slice(0, 2), ['500 /ws', '500 /two']);
    assert.equal(
      trial.asked.some((each) => each.endsWith('/three')),
      false,
    );
    const evidence = () => trial.verifier.proofsOf('shop/chat').get(ref);
    assert.equal(evidence()?.reason, 'UpgradeRefused');
    assert.equal(evidence()?.url, 'wss://chat.example.com/two');
    trial.answer = async () => result('Connected');
    await pass(trial, 30_000);
    assert.deepEqual(
      trial.asked.slice(-3).map((each) => each.split(' ')[1]),
      ['/ws', '/two', '/three'],
    );
    assert.equal(evidence()?.reason, 'Connected');
    assert.equal(evidence()?.url, 'wss://chat.example.com/ws');
  });

  for (const [what, answers] of [
    ['two reasons', [result('ConnectTimeout'), result('ConnectRefused')]],
    ['two sets of words', ['502', '502', '504', '504'].map((message) => ({ ...result('UpgradeRefused'), message }))],
  ] as const) {
    test(`that turns between ${what} is news less and less often`, async () => {
      const trial = start({ minIntervalMs: 10_000 });
      let tries = 0;
      trial.answer = async () => answers[tries++ % answers.length] ?? result('NoTLS');
      trial.verifier.update('shop/chat', build({ verification: { interval: '10s' } }));
      await pass(trial, 3_600_000);
      assert.ok(trial.asked.length > 300, `${trial.asked.length} handshakes`);
      assert.ok(trial.news.length <= 3, `${trial.news.length} pieces of news`);
    });
  }

  test('for another reason is news; the same again is not', async () => {
    const trial = start();
    trial.answer = async () => result('ConnectRefused');
    trial.verifier.update('shop/chat', build());
    await pass(trial, 60_000);
    trial.answer = async () => result('NoTLS');
    await pass(trial, 120_000);
    assert.deepEqual(
      trial.news.map((each) => each.split(' ').at(-1)),
      ['ConnectRefused', 'NoTLS'],
    );
  });

  test('in other words is news when they are said twice', async () => {
    const trial = start();
    let words = 0;
    trial.answer = async () => ({ ...result('NoTLS'), message: `try ${words++}` });
    trial.verifier.update('shop/chat', build());
    await pass(trial, 300_000);
    assert.equal(trial.news.length, 1);
    trial.answer = async () => ({ ...result('NoTLS'), message: 'the same' });
    await pass(trial, 900_000);
    assert.equal(trial.news.length, 2);
  });

  test('is tried at least each interval', async () => {
    const trial = start();
    trial.answer = async () => result('NoTLS');
    trial.verifier.update('shop/chat', build({ verification: { interval: '1m' } }));
    await pass(trial, 1_000_000);
    const times = trial.asked.map((each) => Number(each.split(' ')[0]));
    assert.ok(times.slice(1).every((time, index) => time - (times[index] ?? 0) <= 60_000));
  });

  test('of the handshake before a change is not heard any more', async () => {
    const trial = start();
    const old = Promise.withResolvers<ProbeResult>();
    trial.answer = (path) => (path === '/ws' ? old.promise : Promise.resolve(result('Connected')));
    trial.verifier.update('shop/chat', build());
    await pass(trial, 500);
    trial.verifier.update('shop/chat', change({ verification: { path: '/new' } }));
    old.resolve(result('NoTLS'));
    await pass(trial, 5_000);
    assert.deepEqual(trial.asked, ['500 /ws', '5500 /new']);
    assert.deepEqual(trial.results, ['Connected']);
  });

  test('of this machine says nothing about the route, and is tried again', async () => {
    const trial = start();
    trial.answer = async () => {
      throw new Error('EMFILE');
    };
    trial.verifier.update('shop/chat', build());
    await pass(trial, 500);
    assert.deepEqual(trial.results, ['shop/chat Error: EMFILE']);
    trial.answer = async () => result('Connected');
    await pass(trial, 750);
    assert.deepEqual(trial.news, ['1250 shop/chat Connected']);
  });
});

describe('with many routes', () => {
  test('no more are asked for at once than is allowed', async () => {
    const trial = start();
    const first = Promise.withResolvers<ProbeResult>();
    trial.answer = () => first.promise;
    for (const name of ['a', 'b', 'c']) trial.verifier.update(`shop/${name}`, build());
    await pass(trial, 500);
    assert.equal(trial.asked.length, 2);
    first.resolve(result('Connected'));
    await pass(trial, 0);
    assert.equal(trial.asked.length, 3);
  });

  test('nor in a second', async () => {
    const trial = start({ perSecond: 10 });
    for (let index = 0; index < 100; index += 1) trial.verifier.update(`shop/r${index}`, build());
    await pass(trial, 5_500);
    assert.equal(trial.asked.length, 10 + 50);
  });

  test('a new one is asked for before thousands that fail slowly', async () => {
    const trial = start({ concurrency: 1 });
    trial.answer = (path) =>
      path === '/new'
        ? Promise.resolve(result('Connected'))
        : new Promise((resolve) => {
            trial.clock.setTimer(() => resolve(result('ConnectTimeout')), 5_000);
          });
    for (let index = 0; index < 1_000; index += 1) trial.verifier.update(`shop/slow${index}`, build());
    await pass(trial, 60_000);
    trial.verifier.update('shop/chat', build({ verification: { path: '/new' } }));
    await pass(trial, 5_500);
    assert.equal(proofOf(trial), 'Connected');
  });

  test('one that fails has its turn, however many others there are', async () => {
    const trial = start({ perSecond: 10, minIntervalMs: 10_000 });
    const often = { interval: '10s' };
    for (let index = 0; index < 300; index += 1) {
      trial.verifier.update(`shop/r${index}`, build({ verification: often }));
    }
    trial.answer = async (path) => result(path === '/broken' ? 'NoTLS' : 'Connected');
    trial.verifier.update('shop/chat', build({ verification: { ...often, path: '/broken' } }));
    await pass(trial, 120_000);
    assert.equal(proofOf(trial), 'NoTLS');
  });

  test('one that has changed while it waited takes one turn, not two', async () => {
    const trial = start({ concurrency: 1 });
    const first = Promise.withResolvers<ProbeResult>();
    trial.answer = () => first.promise;
    trial.verifier.update('shop/slow', build());
    await pass(trial, 500);
    trial.verifier.update('shop/chat', build());
    await pass(trial, 500);
    trial.verifier.update('shop/chat', change({ verification: { path: '/new' } }));
    await pass(trial, 5_000);
    first.resolve(result('Connected'));
    await pass(trial, 0);
    assert.deepEqual(trial.asked, ['500 /ws', '6000 /new']);
  });
});
