import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { validateRoute } from '../../src/route/validate.ts';
import { arbitraryRoute, type Manifest } from '../property/arbitrary-route.ts';
import type { ApiResponse } from '../support/admin-client.ts';
import { waitUntilEstablished } from '../support/established.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { invalidDocuments } from '../unit/cli/invalid-documents.ts';
import { goldenRoutes, type Json } from './golden-routes.ts';

const schema = readFileSync(new URL('../../crds/wssroutes.yaml', import.meta.url), 'utf8');
const collection = '/apis/wssroute.dev/v1alpha1/namespaces/default/wssroutes?dryRun=All&fieldValidation=Strict';

let rig: Rig;

before(async () => {
  rig = await startRig({ parts: [] });
  await rig.apply(schema);
  await waitUntilEstablished(rig);
});

after(() => rig?.stop());

describe('the API server and `wss render`', () => {
  test('refuse the same routes, and name the same field', async () => {
    for (const { file, title, field, object } of invalidDocuments) {
      const { status, body } = await create(object);
      const said = `${file}: ${title}: ${status} ${body.message}`;
      assert.ok(status === 400 || status === 422, said);
      assert.ok(namesField(body.message, field), `${said}: ${field}`);
      assert.equal(validateRoute(object).isValid, false, said);
    }
  });

  test('tell what to write in the same words, wherever a rule of the schema is broken', async () => {
    const ruled = invalidDocuments.filter(({ says }) => schema.includes(says));
    assert.ok(ruled.length > 100);
    for (const { file, title, says, object } of ruled) {
      const { body } = await create(object);
      assert.ok(body.message.includes(says), `${file}: ${title}: ${body.message}`);
    }
  });

  test('take the same routes: every example and every golden case', async () => {
    for (const { place, object } of goldenRoutes) {
      const { status, body } = await create(object);
      assert.equal(status, 201, `${place}: ${body.message}`);
      assert.equal(validateRoute(object).isValid, true, place);
    }
  });

  test('take the same routes: those that are made up at random, with the same defaults', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRoute, fc.boolean(), async (named, isNamed) => {
        const manifest = isNamed ? named : withoutIssuer(named);
        const { status, body } = await create(manifest as unknown as Json);
        assert.equal(status, 201, body.message);
        const validation = validateRoute(manifest);
        assert.deepEqual(validation.isValid && validation.route.spec, body.spec);
      }),
      { numRuns: 200 },
    );
  });

  test('judge a route with one value spoilt alike', async () => {
    const value = fc.oneof(
      fc.constantFrom(null, 0, -1, 1.5, true, '', 'x', '1h', '0s', '*', '/', '/ws', [], {}, 'a.b'),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(arbitraryRoute, fc.nat(), value, async (manifest, pick, spoilt) => {
        const places = listPlaces(manifest.spec as Json, ['spec']);
        const object = replaceAt(manifest as unknown as Json, places[pick % places.length] ?? [], spoilt);
        const { status, body } = await create(object);
        const validation = validateRoute(object);
        const problems = validation.isValid ? [] : validation.problems;
        assert.equal(
          validation.isValid,
          status === 201,
          `${JSON.stringify(object)}\n${body.message}\n${JSON.stringify(problems)}`,
        );
      }),
      { numRuns: 300 },
    );
  });
});

/** The same route for the operator's default issuer. */
function withoutIssuer(manifest: Manifest): Manifest {
  const { tls, ...spec } = manifest.spec;
  if (tls.issuerRef === undefined) return manifest;
  const { issuerRef, ...described } = tls;
  const isBare = Object.keys(described).length === 0;
  return { ...manifest, spec: (isBare ? spec : { ...spec, tls: described }) as Manifest['spec'] };
}

function create(object: Json): Promise<ApiResponse> {
  const { metadata } = object as { readonly metadata?: Json };
  const isPlain = typeof metadata === 'object' && metadata !== null && metadata.namespace !== 'a.b';
  return rig.client.request('POST', collection, isPlain ? { ...object, metadata: withoutOrigin(metadata) } : object);
}

/** Where a stored object comes from must not be said when one is created. */
function withoutOrigin({ namespace, uid, resourceVersion, generation, creationTimestamp, ...rest }: Json): Json {
  return rest;
}

/** What stands around the spec may be refused while it is decoded, before there are field paths. */
function namesField(message: string, field: string): boolean {
  const isUndecoded = /cannot be handled as a WssRoute: json|does not match|unrecognized|in version "v1"/.test(message);
  if (isUndecoded && !field.startsWith('spec')) return true;
  return [`${field}: `, `unknown field "${field}"`, `unknown field "${field}.`].some((text) => message.includes(text));
}

/** The places of all values within one. */
function listPlaces(value: unknown, path: readonly string[]): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, child]) => listPlaces(child, [...path, name]))];
}

function replaceAt(object: Json, path: readonly string[], value: unknown): Json {
  const copy = structuredClone(object) as Record<string, unknown>;
  let node = copy;
  for (const step of path.slice(0, -1)) node = node[step] as Record<string, unknown>;
  node[path.at(-1) ?? ''] = value;
  return copy;
}
