import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadAll } from 'js-yaml';
import type { ApiObject } from '../support/admin-client.ts';
import { installEnvoySettings, installGatewayApi } from '../support/gateway-crds.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { root } from './markdown.ts';

/** The settings for Gateways in deploy/controllers, by the schemas that Gateway API and Envoy Gateway have for them. */

describe('the settings for Gateways', () => {
  let rig: Rig;

  before(async () => {
    rig = await startRig({ parts: [] });
    await Promise.all([installGatewayApi(rig, ['envoy-gateway']), installEnvoySettings(rig)]);
    await rig.client.create('/api/v1/namespaces', { metadata: { name: 'gateways' } });
  });

  after(() => rig?.stop());

  /** kubectl has unknown fields refused. */
  function write(items: readonly ApiObject[]): Promise<string> {
    return rig.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  }

  test('Envoy Gateway takes each of them', async () => {
    const objects = read('envoy-gateway.yaml');
    assert.deepEqual(
      objects.map(({ kind }) => kind),
      ['EnvoyProxy', 'ClientTrafficPolicy', 'BackendTrafficPolicy'],
    );
    const said = await write(objects);
    for (const { kind } of objects) assert.match(said, new RegExp(`${kind.toLowerCase()}\\S* created`));
  });

  test('its schema refuses what it does not know', async () => {
    const [, policy] = structuredClone(read('envoy-gateway.yaml'));
    assert.ok(policy);
    policy.spec.tls.protocols = ['TLSv1.2'];
    await assert.rejects(write([policy]), /unknown field "protocols"/);
    const [, other] = structuredClone(read('envoy-gateway.yaml'));
    assert.ok(other);
    other.spec.tls.minVersion = '1.3';
    await assert.rejects(write([other]), /setting ciphers has no effect/);
  });

  test('Gateway API takes the Gateway of NGINX Gateway Fabric', async () => {
    const gateways = read('nginx-gateway-fabric.yaml').filter(({ kind }) => kind === 'Gateway');
    assert.match(await write(gateways), /gateway\S*\/wss created/);
  });
});

function read(file: string): ApiObject[] {
  return loadAll(readFileSync(join(root, 'deploy/controllers', file), 'utf8')) as ApiObject[];
}
