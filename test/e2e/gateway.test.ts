import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ApiObject } from '../support/admin-client.ts';
import { publishBackend } from '../support/backend.ts';
import { installTestCa } from '../support/cert-manager.ts';
import { F5_ADDRESS, F5_CONTROLLER, F5Player } from '../support/f5-player.ts';
import { installGatewayApi } from '../support/gateway-crds.ts';
import { GATEWAY_ADDRESS, GatewayPlayer } from '../support/gateway-player.ts';
import { waitUntilReady } from '../support/live-route.ts';
import { applyObjects, installOperator, type Operator, startOperator } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute, findCondition, routePath } from '../support/routes.ts';
import { publishSecureBackend, type SecureBackend, startSecureBackend } from '../support/secure-backend.ts';
import { closeSocket, echo, openSocket } from '../support/socket.ts';
import { createTlsSecret, issuePair } from '../support/tls-secret.ts';
import { listWrites, settle } from '../support/writes.ts';

const group = 'gateway.networking.k8s.io';
const apiVersion = `${group}/v1`;
const envoy = 'gateway.envoyproxy.io/gatewayclass-controller';
const fabric = 'gateway.nginx.org/nginx-gateway-controller';
const fabricAddress = '192.0.2.31';
const policies = {
  envoy: '/apis/gateway.envoyproxy.io/v1alpha1/namespaces/app/backendtrafficpolicies',
  fabric: '/apis/gateway.nginx.org/v1alpha1/namespaces/app/proxysettingspolicies',
};

/** The data planes are stand-ins for status and for the way of a handshake: see test/support/README.md. */
describe('routes that are attached to Gateways', () => {
  let rig: Rig;
  let operator: Operator;
  let root: string;
  let wildcardRoot: string;
  let secure: SecureBackend;
  const players: { stop(): Promise<void> }[] = [];

  before(async () => {
    rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'backend'] });
    root = (await installTestCa(rig)).rootPem;
    await installGatewayApi(rig, ['envoy-gateway', 'nginx-gateway-fabric']);
    await installOperator(rig);
    for (const name of ['app', 'infra']) {
      await applyObjects(rig, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }]);
    }
    const pair = await issuePair(rig, ['*.example.com']);
    wildcardRoot = pair.ca;
    await createTlsSecret(rig, { namespace: 'infra', name: 'wildcard' }, pair);
    await publishBackend(rig, { namespace: 'app', name: 'chat', port: 8080 });
    secure = await startSecureBackend(rig);
    await publishSecureBackend(rig, secure, { namespace: 'app', name: 'secure', port: 8443 });
    const ports = { plain: 80, secure: 443 };
    const stand = { isServing: true, ports };
    players.push(
      await GatewayPlayer.start(rig, { ...stand, controllerName: envoy, vendors: ['envoy-gateway'] }),
      await GatewayPlayer.start(rig, {
        ...{ ...stand, controllerName: fabric, vendors: ['nginx-gateway-fabric'] },
        address: fabricAddress,
      }),
      await F5Player.start(rig, { isServing: true }),
    );
    operator = await startOperator(rig, { args: ['--verification'] });
  });

  after(async () => {
    await operator?.stop();
    for (const player of players) await player.stop();
    await secure?.stop();
    await rig?.stop();
  });

  function build(name: string, spec: object): ApiObject {
    const { spec: plain, ...route } = buildRoute('app', name, { hosts: [`${name}.example.com`] });
    const { ingressClassName: _class, ...rest } = plain;
    return { ...route, spec: { ...rest, ...spec } };
  }

  function attach(name: string, more: object = {}): object {
    return { parentRefs: [{ namespace: 'infra', name, ...more }] };
  }

  async function talk(name: string, address: string, ca: string): Promise<void> {
    const url = `wss://${name}.example.com/ws`;
    const socket = await openSocket(url, { ca, address });
    assert.equal((await echo(socket, url)).data.toString(), url);
    await closeSocket(socket);
  }

  function waitForReason(name: string, type: string, reason: string): Promise<ApiObject> {
    return rig.client.waitFor(routePath('app', name), (route) => findCondition(route, type)?.reason === reason, {
      what: `${type} of ${name} to be ${reason}`,
      timeoutMs: 30_000,
    });
  }

  /** What another route had may still be waiting for the garbage collector: a route counts its own only. */
  async function waitForCount(name: string, path: string, count: number): Promise<void> {
    const isOwn = ({ metadata }: ApiObject) => metadata.labels?.['wssroute.dev/route'] === name;
    await rig.client.waitFor(path, (list) => list?.items.filter(isOwn).length === count, {
      what: `${count} objects of ${name} at ${path}`,
      timeoutMs: 30_000,
    });
  }

  test('wait for the Gateway and its class, and say what is missing', async () => {
    await applyObjects(rig, [build('chat', attach('edge'))]);
    const waiting = await waitForReason('chat', 'Accepted', 'GatewayNotFound');
    assert.match(findCondition(waiting, 'Accepted')?.message ?? '', /Gateway infra\/edge/);
    await applyObjects(rig, [
      { apiVersion, kind: 'GatewayClass', metadata: { name: 'envoy' }, spec: { controllerName: envoy } },
      { apiVersion, kind: 'GatewayClass', metadata: { name: 'fabric' }, spec: { controllerName: fabric } },
      gateway('edge', 'envoy'),
      gateway('fabric', 'fabric'),
    ]);
  });

  test('become Ready by a handshake through the Gateway, with its idle timeout in the policy of the vendor', async () => {
    const route = await waitUntilReady(rig, 'app', 'chat');
    assert.deepEqual([route.status.dialect, route.status.addresses], ['gateway-api', [GATEWAY_ADDRESS]]);
    await talk('chat', GATEWAY_ADDRESS, wildcardRoot);
    const [policy] = await rig.client.list(policies.envoy);
    assert.match(policy?.spec.timeout.http.streamIdleTimeout, /^(1h|3600s|60m)$/);
    assert.match(findCondition(route, 'FieldsSupported')?.message ?? '', /kubectl patch service chat/);
  });

  test('write nothing at a restart, nor when a Gateway counts its routes', async () => {
    await settle(rig, operator, routePath('app', 'chat'));
    const since = rig.audit.mark();
    await operator.stop();
    operator = await startOperator(rig, { args: ['--verification'] });
    await settle(rig, operator, routePath('app', 'chat'));
    assert.deepEqual(listWrites(rig, since), []);
  });

  test('tell what the implementation says of their HTTPRoute', async () => {
    const name = 'refused';
    await applyObjects(rig, [build(name, attach('private'))]);
    await applyObjects(rig, [gateway('private', 'envoy', 'Same')]);
    const route = await waitForReason(name, 'Accepted', 'NotAllowedByListeners');
    assert.match(findCondition(route, 'Accepted')?.message ?? '', /infra\/private/);
    await rig.client.delete(routePath('app', name));
  });

  test('wait for what the implementation says of their HTTPRoute, and tell it in its words', async () => {
    const selector = { matchLabels: { edge: 'yes' } };
    const chosen = gateway('chosen', 'envoy', 'Selector', { selector });
    await applyObjects(rig, [chosen, build('labelled', attach('chosen'))]);
    const refused = await waitForReason('labelled', 'Programmed', 'RouteNotAccepted');
    const { observedGeneration, message } = findCondition(refused, 'Programmed') ?? {};
    assert.equal(observedGeneration, refused.metadata.generation);
    assert.match(
      message,
      /HTTPRoute labelled-wss-chosen-[0-9a-f]{8}(-redirect)? has Accepted False, NotAllowedByListeners/,
    );
    assert.equal(findCondition(refused, 'Reachable')?.reason, 'NotAttempted');
    await rig.client.patch('/api/v1/namespaces/app', { metadata: { labels: { edge: 'yes' } } });
    // No further: the stand-in serves all its Gateways at one address, where `edge` has the host.
    await waitForReason('labelled', 'Programmed', 'Programmed');
    await rig.client.delete(routePath('app', 'labelled'));
  });

  test('bring their own listeners along, in a ListenerSet', async () => {
    await applyObjects(rig, [build('own', attach('edge', { createListener: true }))]);
    await waitUntilReady(rig, 'app', 'own');
    await talk('own', GATEWAY_ADDRESS, root);
    await waitForCount('own', `/apis/${apiVersion}/namespaces/app/listenersets`, 1);
    await applyObjects(rig, [build('own', attach('edge'))]);
    await waitForCount('own', `/apis/${apiVersion}/namespaces/app/listenersets`, 0);
    await waitUntilReady(rig, 'app', 'own');
    await talk('own', GATEWAY_ADDRESS, wildcardRoot);
  });

  test('speak TLS to a backend that does, and verify its certificate', async () => {
    const backendTLS = { serverName: secure.serverName, caRef: { name: 'secure-ca' } };
    const paths = [{ path: '/ws', service: { name: 'secure', port: 8443 }, backendTLS }];
    await applyObjects(rig, [build('inner', { ...attach('edge'), paths })]);
    await waitUntilReady(rig, 'app', 'inner');
    await talk('inner', GATEWAY_ADDRESS, wildcardRoot);
    assert.ok(secure.handshakes.some(({ serverName }) => serverName === secure.serverName));
    const path = `/apis/${apiVersion}/namespaces/app/backendtlspolicies`;
    await waitForCount('inner', path, 1);
    const plain = [{ path: '/ws', service: { name: 'chat', port: 8080 } }];
    await applyObjects(rig, [build('inner', { ...attach('edge'), paths: plain })]);
    await waitForCount('inner', path, 0);
  });

  test('move from one implementation to another without an outage: both serve, each proved, until the first is taken away', async () => {
    const both = {
      parentRefs: [
        { namespace: 'infra', name: 'edge' },
        { namespace: 'infra', name: 'fabric' },
      ],
    };
    await applyObjects(rig, [build('moving', attach('edge'))]);
    await waitUntilReady(rig, 'app', 'moving');
    await waitForCount('moving', policies.envoy, 1);
    await applyObjects(rig, [build('moving', both)]);
    const route = await waitUntilReady(rig, 'app', 'moving');
    const proved = route.status.attachments.map(({ ref, addresses, conditions }: ApiObject) => [
      ref,
      addresses,
      conditions.find(({ type }: ApiObject) => type === 'Reachable').reason,
    ]);
    assert.deepEqual(proved, [
      ['Gateway/infra/edge', [GATEWAY_ADDRESS], 'Connected'],
      ['Gateway/infra/fabric', [fabricAddress], 'Connected'],
    ]);
    for (const address of [GATEWAY_ADDRESS, fabricAddress]) await talk('moving', address, wildcardRoot);
    await waitForCount('moving', policies.fabric, 1);
    await applyObjects(rig, [build('moving', attach('fabric'))]);
    await waitForCount('moving', policies.envoy, 0);
    await waitUntilReady(rig, 'app', 'moving');
    await talk('moving', fabricAddress, wildcardRoot);
    await applyObjects(rig, [build('moving', attach('edge'))]);
    await waitForCount('moving', policies.fabric, 0);
  });

  test('move from a class of F5 NGINX to a Gateway', async () => {
    const ingressClass = { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'nginx-f5' } };
    await applyObjects(rig, [{ ...ingressClass, spec: { controller: F5_CONTROLLER } }]);
    const ingressClassName = 'nginx-f5';
    await applyObjects(rig, [build('leaving', { ingressClassName })]);
    await waitUntilReady(rig, 'app', 'leaving');
    await applyObjects(rig, [build('leaving', { ingressClassName, ...attach('edge') })]);
    const both = await waitUntilReady(rig, 'app', 'leaving');
    assert.deepEqual(both.status.addresses, [F5_ADDRESS, GATEWAY_ADDRESS]);
    await talk('leaving', F5_ADDRESS, root);
    await talk('leaving', GATEWAY_ADDRESS, wildcardRoot);
    const ingresses = '/apis/networking.k8s.io/v1/namespaces/app/ingresses';
    await waitForCount('leaving', ingresses, 2);
    await rig.client.patch(routePath('app', 'leaving'), { spec: { ingressClassName: null } });
    await waitForCount('leaving', ingresses, 0);
    const left = await waitUntilReady(rig, 'app', 'leaving');
    assert.deepEqual([left.status.attachments, left.status.addresses], [undefined, [GATEWAY_ADDRESS]]);
    await talk('leaving', GATEWAY_ADDRESS, wildcardRoot);
  });

  function gateway(name: string, gatewayClassName: string, from = 'All', more: object = {}): ApiObject {
    const allowedRoutes = { namespaces: { from, ...more } };
    return {
      apiVersion,
      kind: 'Gateway',
      metadata: { namespace: 'infra', name },
      spec: {
        gatewayClassName,
        allowedListeners: { namespaces: { from } },
        listeners: [
          { name: 'http', port: 80, protocol: 'HTTP', allowedRoutes },
          {
            ...{ name: 'https', port: 443, protocol: 'HTTPS', hostname: '*.example.com', allowedRoutes },
            tls: { certificateRefs: [{ name: 'wildcard' }] },
          },
        ],
      },
    };
  }
});
