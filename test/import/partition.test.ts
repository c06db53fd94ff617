import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Import, importIngresses } from '../../src/import/import-ingresses.ts';
import { validateRoute } from '../../src/route/validate.ts';
import type { ApiObject } from '../support/admin-client.ts';
import { cases, readCase } from './corpus.ts';

/** Nothing is lost silently: whatever an Ingress says is carried over, dropped or left over, each once. */

/** Everything that an Ingress says, written down once more, without the importer. */
function listParts({ metadata, spec }: ApiObject): readonly string[] {
  return [
    ...Object.keys(metadata.annotations ?? {}).map((name) => `metadata.annotations["${name}"]`),
    ...Object.keys(spec).flatMap((field) => {
      if (spec[field] === null) return [];
      if (field === 'tls') return spec.tls.map((_: unknown, index: number) => `spec.tls[${index}]`);
      if (field !== 'rules') return [`spec.${field}`];
      return spec.rules.flatMap(({ http }: ApiObject, rule: number) => [
        `spec.rules[${rule}]`,
        ...(http?.paths ?? []).map((_: unknown, path: number) => `spec.rules[${rule}].http.paths[${path}]`),
      ]);
    }),
  ];
}

function expectPartition(objects: readonly ApiObject[], { decisions, notes, routes }: Import): void {
  for (const object of objects.filter(({ kind }) => kind === 'Ingress')) {
    const key = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    if (notes.some(({ ingress, text }) => ingress === key && text.startsWith('passed over'))) {
      assert.deepEqual(
        decisions.filter(({ ingress }) => ingress === key),
        [],
      );
      continue;
    }
    const sources = decisions.filter(({ ingress }) => ingress === key).map(({ source }) => source);
    if (sources.length === 1 && sources[0] === '') continue;
    assert.deepEqual([...sources].sort(), [...listParts(object)].sort(), key);
  }
  for (const { source, fate } of decisions) {
    if (fate.outcome === 'carried') assert.match(fate.to, /^spec\.[a-zA-Z.]+$/, source);
    else assert.notEqual(fate.because, '', source);
    if (fate.outcome === 'leftover') assert.notEqual(fate.cure, '', source);
    if (source === '') assert.equal(fate.outcome, 'leftover');
  }
  const names = routes.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  assert.equal(new Set(names).size, names.length, 'two routes have one name');
  for (const route of routes) {
    const validation = validateRoute(route);
    assert.deepEqual(validation.isValid ? [] : validation.problems, [], route.metadata.name);
  }
}

describe('everything that an Ingress says is decided about once', () => {
  for (const each of cases) {
    test(`in ${each.name}`, () => {
      const found = readCase(each);
      expectPartition(
        found.map(({ object }) => object as ApiObject),
        importIngresses(found),
      );
    });
  }

  test('in whatever else there may be', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryIngress(), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...controllers),
        (ingresses, controller) => {
          const objects = ingresses.map((ingress, index) => ({
            ...ingress,
            metadata: { ...ingress.metadata, name: `${ingress.metadata.name}${index === 0 ? '' : `-${index + 1}`}` },
          }));
          const found = objects.map((object) => ({
            place: 'x',
            object: object as ApiObject & Import['routes'][number],
          }));
          expectPartition(objects, importIngresses(found, controller));
        },
      ),
      { numRuns: 300 },
    );
  });
});

const controllers = ['k8s.io/ingress-nginx', 'nginx.org/ingress-controller', undefined];

/** Every annotation of the corpus, and some that nobody knows. */
const annotationNames = [
  ...new Set(
    cases.flatMap((each) => readCase(each).flatMap(({ object }) => Object.keys(object.metadata.annotations ?? {}))),
  ),
  'nginx.ingress.kubernetes.io/force-ssl-redirect',
  'nginx.ingress.kubernetes.io/session-cookie-expires',
  'nginx.ingress.kubernetes.io/no-such-thing',
  'nginx.org/no-such-thing',
  'nginx.org/limit-req-dry-run',
  'example.com/anything',
];
const values = [
  'true',
  'false',
  '',
  '0',
  '1',
  '60',
  '3600',
  '99999999',
  '-1',
  '1h',
  '90s',
  'cookie',
  'a',
  'a,b',
  '$remote_addr',
  'HTTPS',
];
const moreValues = [
  '10r/s',
  'ip_hash',
  'minion',
  'master',
  '10.0.0.0/8',
  '10.0.0.1',
  'not a network',
  'return 200;',
  'serviceName=a x expires=1h',
  '/',
];

function arbitraryIngress(): fc.Arbitrary<ApiObject> {
  const annotation = fc.tuple(fc.constantFrom(...annotationNames), fc.constantFrom(...values, ...moreValues));
  const host = fc.constantFrom(
    'a.example.com',
    'b.example.com',
    '*.example.com',
    'A.Example.Com',
    'not a host',
    '10.0.0.1',
  );
  const service = fc.record({
    name: fc.constantFrom('a', 'b', 'Not-A-Service'),
    port: fc.oneof(
      fc.record({ number: fc.constantFrom(80, 8080) }),
      fc.record({ name: fc.constantFrom('http', 'NO') }),
    ),
  });
  const backend = fc.oneof(
    { arbitrary: fc.record({ service }), weight: 9 },
    fc.constant({ resource: { kind: 'Bucket', name: 'x' } }),
  );
  const path = fc.record(
    {
      path: fc.constantFrom('/', '/ws', '/ws/', '/a//b', '/a b', '/live/(.*)', '/.well-known/acme-challenge/x'),
      pathType: fc.constantFrom('Prefix', 'Exact', 'ImplementationSpecific'),
      backend,
    },
    { requiredKeys: ['backend', 'pathType'] },
  );
  const http = fc.record({ paths: fc.array(path, { maxLength: 20 }) });
  const tls = fc.record(
    { hosts: fc.array(host, { maxLength: 3 }), secretName: fc.constantFrom('s', 't', 'NO') },
    { requiredKeys: [] },
  );
  return fc.record({
    apiVersion: fc.constant('networking.k8s.io/v1'),
    kind: fc.constant('Ingress'),
    metadata: fc.record({
      name: fc.constantFrom('chat', 'chat-wss', 'a'.repeat(253)),
      namespace: fc.constantFrom('app', 'other'),
      annotations: fc.array(annotation, { maxLength: 8 }).map((pairs) => Object.fromEntries(pairs)),
    }),
    spec: fc.record(
      {
        ingressClassName: fc.constantFrom('nginx', 'f5'),
        defaultBackend: backend,
        tls: fc.array(tls, { maxLength: 3 }),
        rules: fc.array(fc.record({ host, http }, { requiredKeys: [] }), { maxLength: 4 }),
        unheardOf: fc.constant(1),
      },
      { requiredKeys: ['ingressClassName'] },
    ),
  }) as fc.Arbitrary<ApiObject>;
}
