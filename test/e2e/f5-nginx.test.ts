import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ApiObject } from '../support/admin-client.ts';
import { publishBackend } from '../support/backend.ts';
import { installTestCa } from '../support/cert-manager.ts';
import { F5_ADDRESS, F5_CONTROLLER, F5Player } from '../support/f5-player.ts';
import { waitUntilReady } from '../support/live-route.ts';
import { applyObjects, installOperator, type Operator, startOperator } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute, findCondition, routePath } from '../support/routes.ts';
import { readServedCertificate } from '../support/served-certificate.ts';
import { closeSocket, echo, openSocket } from '../support/socket.ts';
import { waitUntil } from '../support/wait-until.ts';
import { listWrites, settle } from '../support/writes.ts';

const host = 'chat.example.com';
const shared = 'shared.example.com';
const className = 'nginx-f5';

/** The controller is a stand-in that was made after the real one: see test/support/README.md. */
describe('routes of a class of F5 NGINX', () => {
  let rig: Rig;
  let operator: Operator;
  let player: F5Player;
  let root: string;

  before(async () => {
    rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'backend'] });
    root = (await installTestCa(rig)).rootPem;
    await installOperator(rig);
    const ingressClass = { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: className } };
    await applyObjects(rig, [{ ...ingressClass, spec: { controller: F5_CONTROLLER } }]);
    for (const namespace of ['one', 'two', 'three']) {
      await applyObjects(rig, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
      await publishBackend(rig, { namespace, name: 'chat', port: 8080 });
    }
    player = await F5Player.start(rig, { isServing: true });
    operator = await startOperator(rig, { args: ['--verification'] });
  });

  after(async () => {
    await operator?.stop();
    await player?.stop();
    await rig?.stop();
  });

  /** A route of the host, with a path of its own. */
  function build(namespace: string, path: string, spec: object = {}): ApiObject {
    const paths = [{ path, service: { name: 'chat', port: 8080 } }];
    return buildRoute(namespace, 'chat', { hosts: [host], ingressClassName: className, paths, ...spec });
  }

  async function talk(path: string): Promise<void> {
    const socket = await openSocket(`wss://${host}${path}`, { ca: root, address: F5_ADDRESS });
    assert.equal((await echo(socket, path)).data.toString(), path);
    await closeSocket(socket);
  }

  /** Namespaces that have a master of the host, the one that serves first. */
  async function listMasters(): Promise<readonly string[]> {
    const ingresses = await rig.client.list('/apis/networking.k8s.io/v1/ingresses');
    const masters = ingresses.filter(
      ({ metadata }) => metadata.annotations['nginx.org/mergeable-ingress-type'] === 'master',
    );
    const isServing = ({ status }: ApiObject) => (status.loadBalancer.ingress ?? []).length > 0;
    return masters
      .sort((left, right) => Number(isServing(right)) - Number(isServing(left)))
      .map(({ metadata }) => metadata.namespace);
  }

  /** The garbage collector takes up to half a minute to know a kind that is new. */
  function waitForMasters(expected: readonly string[]): Promise<unknown> {
    const what = `the masters to be those of ${expected.join(', ')}`;
    return waitUntil(async () => `${await listMasters()}` === `${expected}`, {
      what,
      timeoutMs: 60_000,
      explain: async () => `they are those of ${await listMasters()}`,
    });
  }

  test('a route becomes Ready by a handshake: no redirect before the certificate, one after it', async () => {
    const since = rig.audit.mark();
    await applyObjects(rig, [build('one', '/one')]);
    const route = await waitUntilReady(rig, 'one', 'chat');
    assert.deepEqual([route.status.dialect, route.status.addresses], ['f5-nginx', [F5_ADDRESS]]);
    await talk('/one');
    await settle(rig, operator, routePath('one', 'chat'));
    const [master] = (await rig.client.list('/apis/networking.k8s.io/v1/namespaces/one/ingresses')).filter(
      ({ metadata }) => metadata.name.endsWith('-master'),
    );
    assert.equal(master?.metadata.annotations['ingress.kubernetes.io/ssl-redirect'], 'true');
    const children = listWrites(rig, since).filter((write) => !write.startsWith('wssroutes/status'));
    // The master once more, for the redirect, when the certificate is there.
    assert.equal(children.filter((write) => write.endsWith('-master')).length, 2, children.join());
    assert.equal(children.length, 4, children.join());
    assert.match(findCondition(route, 'Reachable')?.message ?? '', /opens at 192\.0\.2\.20/);
  });

  test('a Certificate that goes and comes again turns no redirect off: no Ingress is written', async () => {
    const since = rig.audit.mark();
    const path = '/apis/cert-manager.io/v1/namespaces/one/certificates/chat-wss';
    const { uid } = (await rig.client.get(path)).metadata;
    await rig.client.delete(path);
    await rig.client.waitFor(
      path,
      (certificate) =>
        certificate?.metadata.uid !== uid &&
        certificate?.status?.conditions?.some(
          (each: { readonly type: string; readonly status: string }) => each.type === 'Ready' && each.status === 'True',
        ),
      { what: 'the Certificate to be there again', timeoutMs: 30_000 },
    );
    await settle(rig, operator, routePath('one', 'chat'));
    const writes = listWrites(rig, since).filter((write) => !write.startsWith('wssroutes/status'));
    assert.deepEqual(writes, ['certificates one/chat-wss']);
    await waitUntilReady(rig, 'one', 'chat');
  });

  test('routes of the host in other namespaces are minions of its master, and the next oldest stands by', async () => {
    for (const namespace of ['two', 'three']) {
      await applyObjects(rig, [build(namespace, `/${namespace}`)]);
      await waitUntilReady(rig, namespace, 'chat');
      await talk(`/${namespace}`);
    }
    await waitForMasters(['one', 'two']);
    await talk('/one');
  });

  test('nothing is written by a restart', async () => {
    const since = rig.audit.mark();
    await operator.stop();
    operator = await startOperator(rig, { args: ['--verification'] });
    await settle(rig, operator, routePath('one', 'chat'));
    assert.deepEqual(listWrites(rig, since), []);
  });

  test('when the oldest route goes the next one serves the host, without a moment in between', async () => {
    const since = player.moments(host).length;
    const before = await readServedCertificate(F5_ADDRESS, host);
    await rig.client.delete(routePath('one', 'chat'));
    await waitForMasters(['two', 'three']);
    for (const path of ['/two', '/three']) await talk(path);
    const moments = player.moments(host).slice(since);
    assert.ok(moments.length > 0);
    for (const moment of moments) {
      assert.ok(moment.holder !== undefined && moment.hasCertificate, JSON.stringify(moment));
      assert.ok(
        moment.locations.some((location) => location.startsWith('/two two/chat')),
        moment.locations.join(),
      );
    }
    assert.notEqual((await readServedCertificate(F5_ADDRESS, host)).serialNumber, before.serialNumber);
    for (const namespace of ['two', 'three']) await waitUntilReady(rig, namespace, 'chat');
  });

  test('an older route that asks for the host later does not take it from the one that serves it', async () => {
    await applyObjects(rig, [build('one', '/again')]);
    await waitUntilReady(rig, 'one', 'chat');
    for (const path of ['/two', '/three', '/again']) await talk(path);
    for (const { holder } of player.moments(host).slice(-1)) assert.match(holder ?? '', /^two\//);
  });

  test('when two older routes come at once, the one that serves the host goes on: its master stays', async () => {
    const since = player.moments(shared).length;
    const late = (namespace: string): ApiObject => {
      const route = build(namespace, `/${namespace}`, { hosts: [`${namespace}.late.example.com`] });
      return { ...route, metadata: { ...route.metadata, name: 'late' } };
    };
    for (const namespace of ['one', 'two', 'three']) {
      await applyObjects(rig, [late(namespace)]);
      await waitUntilReady(rig, namespace, 'late');
      // The API server tells ages in seconds.
      await waitForNextSecond();
    }
    const ask = (namespace: string) =>
      rig.client.patch(routePath(namespace, 'late'), { spec: { hosts: [shared, `${namespace}.late.example.com`] } });
    await ask('three');
    await waitUntilReady(rig, 'three', 'late');
    await Promise.all([ask('one'), ask('two')]);
    for (const namespace of ['one', 'two', 'three']) await waitUntilReady(rig, namespace, 'late');
    await settle(rig, operator, routePath('three', 'late'));
    const moments = player.moments(shared).slice(since);
    for (const moment of moments)
      assert.ok(moment.holder !== undefined && moment.hasCertificate, JSON.stringify(moment));
    assert.match(moments.at(-1)?.holder ?? '', /^three\//);
  });

  test('an older route that asks for the host and path of a younger one takes them over, without a moment in between', async () => {
    const taken = 'taken.example.com';
    const name = 'taken';
    const ask = (namespace: string, hosts: readonly string[]): ApiObject => {
      const route = build(namespace, '/taken', { hosts });
      return { ...route, metadata: { ...route.metadata, name } };
    };
    await applyObjects(rig, [ask('one', ['elder.example.com'])]);
    await waitUntilReady(rig, 'one', name);
    await waitForNextSecond();
    await applyObjects(rig, [ask('three', [taken])]);
    await waitUntilReady(rig, 'three', name);
    const since = player.moments(taken).length;
    await rig.client.patch(routePath('one', name), { spec: { hosts: ['elder.example.com', taken] } });
    await rig.client.waitFor(
      routePath('three', name),
      (route) => findCondition(route, 'Accepted')?.reason === 'HostClaimed',
      { what: 'the younger route to have lost the host', timeoutMs: 20_000 },
    );
    await waitUntilReady(rig, 'one', name);
    const moments = player.moments(taken).slice(since);
    for (const { holder, hasCertificate, locations } of moments) {
      const isServed = holder !== undefined && hasCertificate;
      assert.ok(isServed && locations.some((location) => location.startsWith('/taken ')), `${holder} ${locations}`);
    }
    assert.match(moments.at(-1)?.holder ?? '', /^one\//);
    assert.ok(moments.at(-1)?.locations.includes('/taken one/chat upgraded'));
  });

  test('an Ingress of somebody that has the host is respected, and the route takes over when it goes', async () => {
    const foreign = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { namespace: 'three', name: 'website' },
      spec: {
        ingressClassName: className,
        rules: [
          {
            host: 'held.example.com',
            http: {
              paths: [
                { path: '/', pathType: 'Prefix', backend: { service: { name: 'chat', port: { number: 8080 } } } },
              ],
            },
          },
        ],
      },
    };
    await applyObjects(rig, [foreign]);
    const held = build('three', '/held', { hosts: ['held.example.com'] });
    await applyObjects(rig, [{ ...held, metadata: { ...held.metadata, name: 'held' } }]);
    const claimed = { type: 'Accepted', status: 'False', reason: 'HostClaimed' };
    await rig.client.waitFor(
      routePath('three', 'held'),
      (route) => findCondition(route, 'Accepted')?.reason === claimed.reason,
      { what: 'the host to be found claimed', timeoutMs: 20_000 },
    );
    await rig.client.delete('/apis/networking.k8s.io/v1/namespaces/three/ingresses/website');
    await waitUntilReady(rig, 'three', 'held');
  });

  test('two older routes without their Certificate keep nobody from being served', async () => {
    const hosts = ['waiting.example.com'];
    const name = 'waiting';
    for (const namespace of ['one', 'two']) {
      const waiting = build(namespace, `/${namespace}`, { hosts, tls: { certificateRef: { name: 'missing' } } });
      await applyObjects(rig, [{ ...waiting, metadata: { ...waiting.metadata, name } }]);
      await rig.client.waitFor(
        routePath(namespace, name),
        (route) => findCondition(route, 'Accepted')?.reason === 'CertificateNotFound',
        { what: 'the Certificate to be missed', timeoutMs: 20_000 },
      );
    }
    await waitForNextSecond();
    const third = build('three', '/waiting', { hosts });
    await applyObjects(rig, [{ ...third, metadata: { ...third.metadata, name } }]);
    await waitUntilReady(rig, 'three', name);
  });
});

async function waitForNextSecond(): Promise<void> {
  const second = Math.floor(Date.now() / 1000);
  await waitUntil(async () => Math.floor(Date.now() / 1000) > second, { what: 'the next second', timeoutMs: 5_000 });
}
