import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { publishBackend } from '../support/backend.ts';
import { createSecondAddress, moveBackend } from '../support/backend-addresses.ts';
import { installTestCa } from '../support/cert-manager.ts';
import { type HandshakeAnswer, type HandshakeOptions, shakeHands } from '../support/handshake.ts';
import { findDestination } from '../support/ingress-nginx/access-log.ts';
import { readBackends } from '../support/ingress-nginx/rendered-conf.ts';
import { ingressNginxOf, waitUntilReady, waitUntilServed } from '../support/live-route.ts';
import { applyObjects, installOperator, type Operator, startOperator } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute, findCondition, routePath } from '../support/routes.ts';

const features = {
  plain: {},
  sticky: { affinity: { type: 'Cookie', cookie: { name: 'ROOM', maxAge: '10m' } } },
  source: { affinity: { type: 'SourceIP' } },
  fastest: { loadBalancing: 'LeastConnections' },
} as const;

type Name = keyof typeof features;

/**
 * ingress-nginx's own Lua chooses the Pod; below it, the libraries resty.chash, resty.cookie and resty.lock are doubles of the
 * rig. Hence also a look at what the controller hands to Lua.
 */
describe('which Pod a client gets, of two', () => {
  let rig: Rig;
  let operator: Operator;
  let ca: string;
  let address: string;
  let handshakes = 0;

  before(async () => {
    rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'ingress-nginx', 'backend'] });
    address = ingressNginxOf(rig).address;
    ca = (await installTestCa(rig)).rootPem;
    await installOperator(rig);
    await applyObjects(rig, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'two' } }]);
    assert.ok(rig.backend);
    const pods = [rig.backend.address, await createSecondAddress(rig.backend)];
    operator = await startOperator(rig);
    const names = Object.keys(features) as Name[];
    // A Service for each route: ingress-nginx knows backends, and how to balance over them, by Service and port.
    for (const name of names) {
      await publishBackend(rig, { namespace: 'two', name, port: 8080 });
      await moveBackend(rig, { namespace: 'two', name }, pods);
    }
    await applyObjects(rig, names.map(buildTwoRoute));
    for (const name of names) await waitUntilReady(rig, 'two', name);
    for (const name of names) await waitUntilServed(rig, urlOf(name), ca);
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  /** A handshake, and the address of the Pod that has answered it. */
  async function shake(
    name: Name,
    options: Pick<HandshakeOptions, 'from' | 'headers'> = {},
  ): Promise<HandshakeAnswer & { readonly pod: string }> {
    handshakes += 1;
    const query = `handshake=${handshakes}`;
    // A client of another loopback address cannot connect to one that is not.
    const to = options.from === undefined ? address : '127.0.0.1';
    const answer = await shakeHands(`${urlOf(name)}?${query}`, { ca, address: to, ...options });
    assert.equal(answer.status, 101);
    return { ...answer, pod: (await findDestination(ingressNginxOf(rig), query)).address };
  }

  async function listPods(count: number, shakeOne: (index: number) => Promise<{ readonly pod: string }>) {
    const pods = new Set<string>();
    for (let index = 1; index <= count; index += 1) pods.add((await shakeOne(index)).pod);
    return pods.size;
  }

  test('without affinity, both in turn, and no cookie', async () => {
    assert.equal(await listPods(4, () => shake('plain')), 2);
    assert.equal((await shake('plain')).headers['set-cookie'], undefined);
    const backend = (await readBackends()).get('two-plain-8080');
    assert.deepEqual([backend['load-balance'], backend.sessionAffinityConfig.name], [undefined, '']);
  });

  test('affinity by cookie: the handshake sets it, and a client that brings it comes back to its Pod', async () => {
    const { headers, pod } = await shake('sticky');
    const [cookie = '', ...others] = headers['set-cookie'] ?? [];
    assert.deepEqual(others, []);
    const [value = '', ...attributes] = cookie.split('; ');
    assert.match(value, /^ROOM=[^;]+$/);
    for (const attribute of ['Max-Age=600', 'Path=/', 'Secure', 'HttpOnly', 'SameSite=None']) {
      assert.ok(attributes.includes(attribute), cookie);
    }
    for (let index = 0; index < 6; index += 1) {
      const again = await shake('sticky', { headers: { cookie: value } });
      assert.deepEqual([again.pod, again.headers['set-cookie']], [pod, undefined]);
    }
    const { sessionAffinityConfig } = (await readBackends()).get('two-sticky-8080');
    assert.deepEqual([sessionAffinityConfig.name, sessionAffinityConfig.mode], ['cookie', 'persistent']);
  });

  test('affinity by source address: a client comes back to its Pod, clients together use both', async () => {
    assert.equal(await listPods(6, () => shake('source')), 1);
    assert.equal(await listPods(6, () => shake('source', { from: '127.0.0.9' })), 1);
    assert.equal(await listPods(16, (index) => shake('source', { from: `127.0.0.${index}` })), 2);
    const backend = (await readBackends()).get('two-source-8080');
    assert.equal(backend.upstreamHashByConfig['upstream-hash-by'], '$remote_addr');
  });

  test('least connections: the fastest Pod by what the controller hands to Lua, reported as approximate', async () => {
    await shake('fastest');
    assert.equal((await readBackends()).get('two-fastest-8080')['load-balance'], 'ewma');
    const condition = findCondition(await rig.client.get(routePath('two', 'fastest')), 'FieldsSupported');
    assert.deepEqual([condition.status, condition.reason], ['False', 'UnsupportedFields']);
    assert.match(condition.message, /^spec\.loadBalancing is approximate: .*EWMA/);
    const ready = findCondition(await rig.client.get(routePath('two', 'fastest')), 'Ready');
    assert.equal(ready?.status, 'True', 'what is approximate works');
  });

  test('nginx accepts the whole, and its Lua complains of nothing', async () => {
    const { code, output } = await ingressNginxOf(rig).testConf();
    assert.equal(code, 0, output);
    assert.doesNotMatch(await ingressNginxOf(rig).errorLog(), /\[error\].*lua/i);
  });
});

function buildTwoRoute(name: Name) {
  return buildRoute('two', name, { ...features[name], paths: [{ path: '/ws', service: { name, port: 8080 } }] });
}

function urlOf(name: Name): string {
  return `wss://${name}.two.example.com/ws`;
}
