import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Document } from '../../src/cli/documents.ts';
import { renderDocuments } from '../../src/cli/offline.ts';
import { formatObjects } from '../../src/cli/render.ts';
import { decide, defaulted, observe } from '../unit/state/example.ts';
import { arbitraryRoute, type Manifest, type ManifestSpec } from './arbitrary-route.ts';

const controller = 'k8s.io/ingress-nginx';

describe('the order of things', () => {
  test('the same route always becomes the same objects', () => {
    fc.assert(
      fc.property(arbitraryRoute, (manifest) => {
        assert.equal(emit(manifest), emit(structuredClone(manifest)));
      }),
    );
  });

  test('the order of hosts, paths, sources and names does not change what is emitted', () => {
    fc.assert(
      fc.property(arbitraryRoute, fc.integer(), (manifest, seed) => {
        assert.equal(emit({ ...manifest, spec: shuffleLists(manifest.spec, seed) }), emit(manifest));
      }),
    );
  });

  test('the order of fields does not change what is emitted', () => {
    fc.assert(
      fc.property(arbitraryRoute, (manifest) => {
        const reversed = Object.fromEntries(Object.entries(manifest.spec).reverse()) as unknown as ManifestSpec;
        assert.equal(emit({ ...manifest, spec: reversed }), emit(manifest));
      }),
    );
  });

  test('the order of documents does not change what is rendered for each route', () => {
    const routes = fc.uniqueArray(arbitraryRoute, {
      minLength: 2,
      maxLength: 4,
      selector: ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
    });
    fc.assert(
      fc.property(routes, fc.integer(), (manifests, seed) => {
        assert.deepEqual(renderEach(shuffle(manifests, seed)), renderEach(manifests));
      }),
      { numRuns: 25 },
    );
  });
});

function emit(manifest: Manifest): string {
  return formatObjects(decide(observe(defaulted(manifest))).objects, 'yaml');
}

/** Route by route: its objects and its problems. */
function renderEach(manifests: readonly Manifest[]): readonly string[] {
  const documents = manifests.map((object): Document => ({ place: 'file', isReadable: true, object: { ...object } }));
  const renderings = renderDocuments(documents, { controller });
  return renderings
    .map(({ place, objects, problems }) => `${place}\n${formatObjects(objects, 'yaml')}${JSON.stringify(problems)}`)
    .sort();
}

function shuffleLists(spec: ManifestSpec, seed: number): ManifestSpec {
  const { hosts, paths, tls, allowedSources } = spec;
  return {
    ...spec,
    ...(hosts && { hosts: shuffle(hosts, seed) }),
    paths: shuffle(paths, seed),
    tls: {
      ...tls,
      ...(tls.dnsNames && { dnsNames: shuffle(tls.dnsNames, seed) }),
      ...(tls.ipAddresses && { ipAddresses: shuffle(tls.ipAddresses, seed) }),
    },
    ...(allowedSources && { allowedSources: shuffle(allowedSources, seed) }),
  };
}

/** One of the orders, decided by the seed. */
function shuffle<T>(items: readonly T[], seed: number): readonly T[] {
  const left = [...items];
  const shuffled: T[] = [];
  for (let step = Math.abs(seed); left.length > 0; step = (step * 31 + 7) % 65_537) {
    shuffled.push(...left.splice(step % left.length, 1));
  }
  return shuffled;
}
