import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ApiObject } from '../support/admin-client.ts';
import { publishBackend } from '../support/backend.ts';
import { installGatewayApi } from '../support/gateway-crds.ts';
import { GATEWAY_ADDRESS, GatewayPlayer } from '../support/gateway-player.ts';
import { shakeHands } from '../support/handshake.ts';
import { applyObjects } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { publishSecureBackend, type SecureBackend, startSecureBackend } from '../support/secure-backend.ts';
import { createTlsSecret, issuePair } from '../support/tls-secret.ts';
import { waitUntil } from '../support/wait-until.ts';

const controllerName = 'example.com/stand-in';
const apiVersion = 'gateway.networking.k8s.io/v1';
const group = 'gateway.networking.k8s.io';
const host = 'chat.example.com';
const tls = { certificateRefs: [{ name: 'tls' }] };

describe('the stand-in for a data plane of Gateway API', () => {
  let rig: Rig;
  let player: GatewayPlayer;
  let secure: SecureBackend;
  let ca: string;

  before(async () => {
    rig = await startRig({ parts: ['backend'] });
    secure = await startSecureBackend(rig);
    await installGatewayApi(rig, ['envoy-gateway']);
    for (const name of ['edge', 'app']) await rig.client.create('/api/v1/namespaces', { metadata: { name } });
    const pair = await issuePair(rig, ['*.example.com', 'own.test']);
    ca = pair.ca;
    for (const namespace of ['edge', 'app']) await createTlsSecret(rig, { namespace, name: 'tls' }, pair);
    await publishBackend(rig, { namespace: 'app', name: 'chat', port: 8080 });
    player = await GatewayPlayer.start(rig, { controllerName, vendors: ['envoy-gateway'], isServing: true });
    const namespaces = { from: 'All' };
    await applyObjects(rig, [
      { apiVersion, kind: 'GatewayClass', metadata: { name: 'stand-in' }, spec: { controllerName } },
      {
        apiVersion,
        kind: 'GatewayClass',
        metadata: { name: 'foreign' },
        spec: { controllerName: 'example.com/other' },
      },
      gateway('foreign', 'foreign', [{ name: 'http', port: 80, protocol: 'HTTP' }]),
      gateway('edge', 'stand-in', [
        { name: 'http', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces } },
        { name: 'https', port: 443, protocol: 'HTTPS', hostname: '*.example.com', tls, allowedRoutes: { namespaces } },
        { name: 'private', port: 443, protocol: 'HTTPS', hostname: 'private.example.com', tls },
        {
          name: 'broken',
          port: 443,
          protocol: 'HTTPS',
          hostname: 'broken.test',
          tls: { certificateRefs: [{ name: 'no' }] },
        },
      ]),
    ]);
  });

  after(async () => {
    await player?.stop();
    await secure?.stop();
    await rig?.stop();
  });

  test('a class is accepted with its features, a Gateway has addresses and listeners', async () => {
    const known = await waitForCondition('gatewayclasses/stand-in', 'Accepted', 'True');
    assert.ok(
      known.status.supportedFeatures.some(({ name }: ApiObject) => name === 'HTTPRouteBackendProtocolWebSocket'),
    );
    const { status } = await waitForCondition('namespaces/edge/gateways/edge', 'Programmed', 'True');
    assert.deepEqual(status.addresses, [{ type: 'IPAddress', value: GATEWAY_ADDRESS }]);
    const programmed = status.listeners.map(({ name, conditions }: ApiObject) => {
      const { status: is, reason } = conditions.find(({ type }: ApiObject) => type === 'ResolvedRefs');
      return `${name} ${is} ${reason}`;
    });
    const fine = ['http', 'https', 'private'].map((name) => `${name} True ResolvedRefs`);
    assert.deepEqual(programmed, [...fine, 'broken False InvalidCertificateRef']);
  });

  test('what another controller plays is left alone', async () => {
    const foreign = await rig.client.get(`/apis/${apiVersion}/namespaces/edge/gateways/foreign`);
    assert.equal(foreign.status.conditions[0].status, 'Unknown');
  });

  test('routes are accepted, or refused with the reason', async () => {
    const cases = [
      ['chat', 'https', host, 'chat', 'Accepted ResolvedRefs'],
      ['no-section', 'nope', host, 'chat', 'NoMatchingParent ResolvedRefs'],
      ['not-allowed', 'private', host, 'chat', 'NotAllowedByListeners ResolvedRefs'],
      ['no-host', 'https', 'chat.test', 'chat', 'NoMatchingListenerHostname ResolvedRefs'],
      ['no-backend', 'https', host, 'nope', 'Accepted BackendNotFound'],
    ] as const;
    for (const [name, sectionName, hostname, service] of cases) {
      const parentRefs = [{ name: 'edge', namespace: 'edge', sectionName }];
      await applyObjects(rig, [route(name, { parentRefs, hostnames: [hostname], rules: rulesFor(service, name) })]);
    }
    for (const [name, , , , expected] of cases) {
      const [parent] = await waitForParents(name, 1);
      assert.equal(parent.conditions.map(({ reason }: ApiObject) => reason).join(' '), expected, name);
      assert.equal(parent.controllerName, controllerName);
      assert.equal(parent.conditions[0].observedGeneration, 1);
    }
  });

  test('a handshake goes through the Gateway, and plain HTTP is sent to https', async () => {
    const requestRedirect = { scheme: 'https', statusCode: 301 };
    const rules = [{ filters: [{ type: 'RequestRedirect', requestRedirect }] }];
    const parentRefs = [{ name: 'edge', namespace: 'edge', sectionName: 'http' }];
    await applyObjects(rig, [route('redirect', { parentRefs, hostnames: [host], rules })]);
    await waitForParents('redirect', 1);
    assert.equal((await shakeHands(`wss://${host}/chat`, { address: GATEWAY_ADDRESS, ca })).status, 101);
    assert.equal((await shakeHands(`wss://${host}/elsewhere`, { address: GATEWAY_ADDRESS, ca })).status, 404);
    const { status, headers } = await shakeHands(`ws://${host}/chat`, { address: GATEWAY_ADDRESS });
    assert.deepEqual([status, headers.location], [301, `https://${host}/chat`]);
    await assert.rejects(shakeHands('wss://broken.test/', { address: GATEWAY_ADDRESS }), /SSL alert number 112/);
  });

  test('a ListenerSet is refused until the Gateway allows it, then serves a host of its own', async () => {
    const listeners = [{ name: 'own', port: 443, protocol: 'HTTPS', hostname: 'own.test', tls }];
    const spec = { parentRef: { name: 'edge', namespace: 'edge' }, listeners };
    const parentRefs = [{ group, kind: 'ListenerSet', name: 'own' }];
    await applyObjects(rig, [
      { apiVersion, kind: 'ListenerSet', metadata: { namespace: 'app', name: 'own' }, spec },
      route('own', { parentRefs, hostnames: ['own.test'], rules: rulesFor('chat', 'own') }),
    ]);
    await waitForCondition('namespaces/app/listenersets/own', 'Accepted', 'False', 'NotAllowed');
    await rig.client.patch(`/apis/${apiVersion}/namespaces/edge/gateways/edge`, {
      spec: { allowedListeners: { namespaces: { from: 'All' } } },
    });
    await waitForCondition('namespaces/app/listenersets/own', 'Programmed', 'True');
    await waitUntil(async () => (await waitForParents('own', 1))[0].conditions[0].status === 'True', {
      what: 'the route to be accepted',
      timeoutMs: 10_000,
    });
    assert.equal((await shakeHands('wss://own.test/own', { address: GATEWAY_ADDRESS, ca })).status, 101);
  });

  test('policies name the Gateway as their ancestor', async () => {
    const options = { hostname: 'chat.internal', caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'nope' }] };
    const metadata = { namespace: 'app', name: 'chat' };
    const timeout = { http: { streamIdleTimeout: '1h' } };
    await applyObjects(rig, [
      {
        ...{ apiVersion, kind: 'BackendTLSPolicy', metadata },
        spec: { targetRefs: [{ group: '', kind: 'Service', name: 'chat' }], validation: options },
      },
      {
        ...{ apiVersion: 'gateway.envoyproxy.io/v1alpha1', kind: 'BackendTrafficPolicy', metadata },
        spec: { targetRefs: [{ group, kind: 'HTTPRoute', name: 'chat' }], timeout },
      },
    ]);
    assert.deepEqual(await reasonsOf(`/apis/${apiVersion}/namespaces/app/backendtlspolicies/chat`), [
      'NoValidCACertificate',
      'InvalidCACertificateRef',
    ]);
    const envoy = '/apis/gateway.envoyproxy.io/v1alpha1/namespaces/app/backendtrafficpolicies/chat';
    assert.deepEqual(await reasonsOf(envoy), ['Accepted']);
    await rig.client.delete(`/apis/${apiVersion}/namespaces/app/backendtlspolicies/chat`);
  });

  test('a backend that speaks TLS is reached by its policy, and by no other root', async () => {
    await publishSecureBackend(rig, secure, { namespace: 'app', name: 'secure', port: 8443 });
    const backendRefs = [{ name: 'secure', port: 8443 }];
    const parentRefs = [{ name: 'edge', namespace: 'edge', sectionName: 'https' }];
    const validation = {
      hostname: secure.serverName,
      caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'secure-ca' }],
    };
    await applyObjects(rig, [
      route('secure', { parentRefs, hostnames: ['secure.example.com'], rules: [{ backendRefs }] }),
      {
        ...{ apiVersion, kind: 'BackendTLSPolicy', metadata: { namespace: 'app', name: 'secure' } },
        spec: { targetRefs: [{ group: '', kind: 'Service', name: 'secure' }], validation },
      },
    ]);
    const policy = `/apis/${apiVersion}/namespaces/app/backendtlspolicies/secure`;
    assert.deepEqual(await reasonsOf(policy), ['Accepted', 'ResolvedRefs']);
    const handshake = () => shakeHands('wss://secure.example.com/', { address: GATEWAY_ADDRESS, ca });
    assert.equal((await handshake()).status, 101);
    assert.deepEqual(
      secure.handshakes.map(({ serverName }) => serverName),
      [secure.serverName],
    );
    await rig.client.patch('/api/v1/namespaces/app/configmaps/secure-ca', { data: { 'ca.crt': ca } });
    await waitUntil(async () => (await handshake()).status === 502, {
      what: 'the wrong root to be noticed',
      timeoutMs: 10_000,
    });
  });

  test('entries of other controllers stay, its own go with the parentRef', async () => {
    const path = `/apis/${apiVersion}/namespaces/app/httproutes/chat`;
    const { status } = await rig.client.get(path);
    const foreign = { ...status.parents[0], controllerName: 'example.com/other' };
    await rig.client.patch(`${path}/status`, { status: { parents: [foreign, ...status.parents] } });
    await rig.client.patch(path, { spec: { parentRefs: [{ name: 'foreign', namespace: 'edge' }] } });
    const parents = await waitForParents('chat', 1);
    assert.equal(parents[0].controllerName, 'example.com/other');
  });

  test('when it has stopped, it neither answers nor writes', async () => {
    await player.stop();
    const mark = rig.audit.mark();
    await assert.rejects(shakeHands(`wss://${host}/chat`, { address: GATEWAY_ADDRESS, ca }), { code: 'ECONNREFUSED' });
    await rig.client.delete(`/apis/${apiVersion}/namespaces/edge/gateways/edge`);
    assert.deepEqual(
      rig.audit.writes({ since: mark }).map(({ verb, resource }) => `${verb} ${resource}`),
      ['delete gateways'],
    );
  });

  async function waitForCondition(path: string, type: string, status: string, reason = ''): Promise<ApiObject> {
    const what = `${path} to have ${type}=${status} ${reason}`;
    const isThere = (found: ApiObject | undefined) =>
      found?.status?.conditions?.some((each: ApiObject) => {
        return each.type === type && each.status === status && (reason === '' || each.reason === reason);
      }) === true;
    return await rig.client.waitFor(`/apis/${apiVersion}/${path}`, isThere, { what, timeoutMs: 10_000 });
  }

  async function waitForParents(name: string, count: number): Promise<readonly ApiObject[]> {
    const path = `/apis/${apiVersion}/namespaces/app/httproutes/${name}`;
    const isThere = (found: ApiObject | undefined) => found?.status?.parents?.length === count;
    const what = `${name} to have ${count} parents in its status`;
    return (await rig.client.waitFor(path, isThere, { what, timeoutMs: 10_000 })).status.parents;
  }

  async function reasonsOf(path: string): Promise<readonly string[]> {
    const isThere = (found: ApiObject | undefined) => found?.status?.ancestors?.length === 1;
    const { status } = await rig.client.waitFor(path, isThere, { what: `ancestors of ${path}`, timeoutMs: 10_000 });
    const [{ ancestorRef, conditions }] = status.ancestors;
    assert.deepEqual([ancestorRef.kind, ancestorRef.namespace, ancestorRef.name], ['Gateway', 'edge', 'edge']);
    return conditions.map(({ reason }: ApiObject) => reason);
  }
});

function gateway(name: string, gatewayClassName: string, listeners: readonly object[]): ApiObject {
  return { apiVersion, kind: 'Gateway', metadata: { namespace: 'edge', name }, spec: { gatewayClassName, listeners } };
}

function route(name: string, spec: ApiObject): ApiObject {
  return { apiVersion, kind: 'HTTPRoute', metadata: { namespace: 'app', name }, spec };
}

function rulesFor(service: string, name: string): readonly object[] {
  const matches = [{ path: { type: 'PathPrefix', value: `/${name}` } }];
  return [{ matches, backendRefs: [{ name: service, port: 8080 }] }];
}
