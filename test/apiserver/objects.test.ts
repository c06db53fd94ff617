import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { certificateKind, ingressKind, type Kind, parentChildKinds } from '../../src/api/kinds.ts';
import type { KubeObject } from '../../src/api/objects.ts';
import { apply } from '../../src/kube/apply.ts';
import { pathOf } from '../../src/kube/path.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { diff } from '../../src/state/diff.ts';
import { fieldManager, projectChild } from '../../src/state/project.ts';
import { arbitraryAttached } from '../property/arbitrary-attached.ts';
import { arbitraryRoute } from '../property/arbitrary-route.ts';
import { installGatewayApi } from '../support/gateway-crds.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { decide, defaulted, observe, project } from '../unit/state/example.ts';
import { observeAttached } from '../unit/state/gateway-example.ts';
import { adminTransport, namespaceKind } from './cluster.ts';
import { goldenObjects } from './golden-routes.ts';

const options = { fieldManager, force: true };

let rig: Rig;
let admin: Transport;

before(async () => {
  rig = await startRig({ parts: [], installCertManagerCrds: true });
  admin = await adminTransport(rig.kubeconfig);
  await installGatewayApi(rig, ['envoy-gateway', 'nginx-gateway-fabric']);
  const namespaces = goldenObjects.map(({ object }) => (object as KubeObject).metadata.namespace ?? 'default');
  for (const name of new Set(['blue', 'green', ...namespaces])) {
    await apply(admin, namespaceKind, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, options);
  }
});

after(async () => {
  await admin?.close();
  await rig?.stop();
});

describe('the API server', () => {
  test('takes every object that the golden files show', async () => {
    for (const { place, object } of goldenObjects) {
      await assert.doesNotReject(
        apply(admin, kindOf(object as KubeObject), inNamespace(object as KubeObject), { ...options, dryRun: true }),
        place,
      );
    }
  });

  test('takes the objects of routes that are made up at random', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRoute, async (manifest) => {
        for (const object of decide(observe(defaulted(manifest))).objects) {
          await apply(admin, kindOf(object), object, { ...options, dryRun: true });
        }
      }),
      { numRuns: 200 },
    );
  });

  test('gives back what was applied so that there is nothing to write, and to write again after a change', async () => {
    const uid = '0b6c1d7e-5d0f-4c39-8f0a-5a4a4c8e1d11';
    await fc.assert(
      fc.asyncProperty(arbitraryRoute, arbitraryRoute, async (first, second) => {
        for (const { spec } of [first, second]) {
          const route = defaulted({ ...first, metadata: { ...first.metadata, uid, generation: 1 }, spec });
          const { objects } = decide(observe(route));
          for (const object of objects) await apply(admin, kindOf(object), object, options);
          const stored = await Promise.all(objects.map(read));
          assert.deepEqual(diff(route, { objects, kept: new Set() }, stored.map(project)), []);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('does the same with what is written for Gateways', async () => {
    const uid = '0b6c1d7e-5d0f-4c39-8f0a-5a4a4c8e1d12';
    await fc.assert(
      fc.asyncProperty(arbitraryAttached, arbitraryAttached, async (first, second) => {
        for (const { manifest, parent } of [
          first,
          { ...second, manifest: { ...first.manifest, spec: second.manifest.spec } },
        ]) {
          const route = defaulted({ ...manifest, metadata: { ...manifest.metadata, uid, generation: 1 } });
          const { objects, kept } = decide(observeAttached(route, parent));
          for (const object of objects) await apply(admin, kindOf(object), object, options);
          const stored = await Promise.all(objects.map(read));
          assert.deepEqual(diff(route, { objects, kept }, stored.map(projectChild)), []);
        }
      }),
      { numRuns: 15 },
    );
  });
});

function kindOf({ kind }: KubeObject): Kind {
  const known = [certificateKind, ingressKind, ...parentChildKinds].find((each) => each.kind === kind);
  assert.ok(known, kind);
  return known;
}

function inNamespace(object: KubeObject): KubeObject {
  return { ...object, metadata: { namespace: 'default', ...object.metadata } };
}

async function read(object: KubeObject): Promise<KubeObject> {
  const { namespace, name } = object.metadata;
  const answer = await admin.request<KubeObject>({ method: 'GET', path: pathOf(kindOf(object), namespace, name) });
  return answer.body;
}
