import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ApiObject, ApiResponse } from '../support/admin-client.ts';
import { installGatewayApi } from '../support/gateway-crds.ts';
import { GatewayPlayer } from '../support/gateway-player.ts';
import { type Rig, startRig } from '../support/rig.ts';

const served = [
  'gateway.networking.k8s.io/v1/gatewayclasses',
  'gateway.networking.k8s.io/v1/gateways',
  'gateway.networking.k8s.io/v1/listenersets',
  'gateway.networking.k8s.io/v1/httproutes',
  'gateway.networking.k8s.io/v1/backendtlspolicies',
  'gateway.envoyproxy.io/v1alpha1/backendtrafficpolicies',
  'gateway.nginx.org/v1alpha1/proxysettingspolicies',
];

describe('the kinds of Gateway API and of its vendors', () => {
  let rig: Rig;

  before(async () => {
    rig = await startRig({ parts: [] });
    await assert.rejects(GatewayPlayer.start(rig, { controllerName: 'example.com/early' }), /gateway.*: 404/);
    await installGatewayApi(rig, ['envoy-gateway', 'nginx-gateway-fabric']);
  });

  after(() => rig?.stop());

  test('are served, and may be installed twice', async () => {
    await installGatewayApi(rig, ['envoy-gateway', 'nginx-gateway-fabric']);
    for (const kind of served) assert.deepEqual(await rig.client.list(`/apis/${kind}`), [], kind);
  });

  test('are those of version 1.7.0', async () => {
    const crd = await rig.client.get(
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/httproutes.gateway.networking.k8s.io',
    );
    assert.equal(crd.metadata.annotations['gateway.networking.k8s.io/bundle-version'], 'v1.7.0');
  });

  test('take an HTTPRoute, and refuse one with a field that they do not know', async () => {
    const rule = { backendRefs: [{ name: 'chat', port: 8080 }] };
    assert.equal((await tryRoute({ parentRefs: [{ name: 'edge' }], rules: [rule] })).status, 201);
    const { status, body } = await tryRoute({
      parentRefs: [{ name: 'edge' }],
      rules: [{ ...rule, idleTimeout: '1h' }],
    });
    assert.equal(status, 400);
    assert.match(body.message, /unknown field "spec.rules\[0\].idleTimeout"/);
  });

  test('have no session persistence in the standard channel, so that no affinity is written by it', async () => {
    const rule = { backendRefs: [{ name: 'chat', port: 8080 }], sessionPersistence: { sessionName: 'ROOM' } };
    const { status, body } = await tryRoute({ parentRefs: [{ name: 'edge' }], rules: [rule] });
    assert.equal(status, 400);
    assert.match(body.message, /unknown field "spec.rules\[0\].sessionPersistence"/);
  });

  test('take policies for the idle timeout, and refuse durations that their controllers would refuse', async () => {
    const targetRefs = [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'chat' }];
    const envoy = (streamIdleTimeout: string) =>
      tryObject('gateway.envoyproxy.io/v1alpha1', 'BackendTrafficPolicy', 'backendtrafficpolicies', {
        targetRefs,
        timeout: { http: { streamIdleTimeout } },
      });
    const nginx = (read: string) =>
      tryObject('gateway.nginx.org/v1alpha1', 'ProxySettingsPolicy', 'proxysettingspolicies', {
        targetRefs,
        timeout: { read, send: read },
      });
    assert.deepEqual([(await envoy('1h')).status, (await nginx('1h')).status], [201, 201]);
    const refusals = [await envoy('an hour'), await nginx('86400s')];
    assert.deepEqual(
      refusals.map(({ status }) => status),
      [422, 422],
    );
    assert.match(refusals[0]?.body.message, /spec.timeout.http.streamIdleTimeout/);
    assert.match(refusals[1]?.body.message, /spec.timeout.read/);
  });

  function tryRoute(spec: ApiObject): Promise<ApiResponse> {
    return tryObject('gateway.networking.k8s.io/v1', 'HTTPRoute', 'httproutes', spec);
  }

  function tryObject(apiVersion: string, kind: string, plural: string, spec: ApiObject): Promise<ApiResponse> {
    const path = `/apis/${apiVersion}/namespaces/default/${plural}?dryRun=All&fieldValidation=Strict`;
    return rig.client.request('POST', path, { apiVersion, kind, metadata: { name: 'chat' }, spec });
  }
});
