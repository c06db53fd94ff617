import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Document } from '../../src/cli/documents.ts';
import { renderDocuments } from '../../src/cli/offline.ts';
import { findDialect } from '../../src/dialects/registry.ts';
import { type Import, importIngresses } from '../../src/import/import-ingresses.ts';
import { openPolicy } from '../../src/route/policy.ts';
import type { ApiObject } from '../support/admin-client.ts';
import { type Behaviour, behave, type Family } from './behaviour.ts';
import { cases, readCase } from './corpus.ts';
import { findUntold, readExcuses } from './excuses.ts';

const controllers = { community: 'k8s.io/ingress-nginx', f5: 'nginx.org/ingress-controller' } as const;
/** The one switch: which families can be rendered yet. */
const isSpoken = (family: Family) => findDialect(controllers[family]) !== undefined;

/** Routes that name no certificate get one; it is told about, too. */
const policy = { ...openPolicy, defaultIssuer: { name: 'default', kind: 'ClusterIssuer', group: 'cert-manager.io' } };

/** The objects that the operator writes for the routes. */
function render(family: Family, routes: readonly ApiObject[]): readonly ApiObject[] {
  const documents: Document[] = routes.map((object) => ({ place: 'routes', isReadable: true, object }));
  return renderDocuments(documents, { controller: controllers[family], policy }).flatMap((rendering) => {
    assert.deepEqual(rendering.problems, []);
    const lost = rendering.losses.filter(({ level }) => level === 'unsupported');
    assert.deepEqual(lost, [], 'the dialect has no field that its own Ingress had');
    return rendering.objects as readonly ApiObject[];
  });
}

function goRound(
  family: Family,
  objects: readonly ApiObject[],
  result: Import,
): { readonly before: Behaviour; readonly after: Behaviour } {
  const passedOver = new Set(
    result.notes.filter(({ text }) => text.startsWith('passed over')).map(({ ingress }) => ingress),
  );
  const own = objects.filter(({ metadata }) => !passedOver.has(`${metadata.namespace ?? ''}/${metadata.name}`));
  return { before: behave(family, own), after: behave(family, render(family, result.routes as readonly ApiObject[])) };
}

for (const family of ['community', 'f5'] as const) {
  describe(`${family}: Ingress → route → Ingress`, {
    skip: isSpoken(family) ? false : 'the dialect is not spoken yet',
  }, () => {
    for (const each of cases.filter(({ name }) => name.startsWith(`${family}-`))) {
      test(`${each.name} does the same but for what is told`, () => {
        const found = readCase(each);
        const objects = found.map(({ object }) => object as ApiObject);
        const result = importIngresses(found);
        const { before, after } = goRound(family, objects, result);
        assert.ok(before.size > 0 || result.routes.length === 0);
        assert.deepEqual(findUntold(before, after, readExcuses(objects, result)), []);
      });
    }
  });
}

describe('the comparison', () => {
  const [example] = cases.filter(({ name }) => name === 'community-guacamole');
  assert.ok(example);
  const found = readCase(example);
  const objects = found.map(({ object }) => object as ApiObject);
  const result = importIngresses(found);
  const [route] = result.routes as readonly ApiObject[];

  /** What is found when a part of the route is wrong. */
  function findWith(part: object): readonly string[] {
    const wrong = { ...route, spec: { ...route?.spec, ...part } } as Import['routes'][number];
    const { before, after } = goRound('community', objects, { ...result, routes: [wrong] });
    return findUntold(before, after, readExcuses(objects, result));
  }

  const [path] = route?.spec.paths ?? [];
  const mistakes: readonly (readonly [string, object, RegExp])[] = [
    ['another time', { timeouts: { idle: '1h' } }, /read was 21600 and is 3600/],
    ['another Service', { paths: [{ ...path, service: { name: 'other', port: 80 } }] }, /backend was guacamole:8080/],
    ['another path', { paths: [{ ...path, path: '/other' }] }, /other: is new/],
    ['another kind of path', { paths: [{ ...path, pathType: 'Exact' }] }, /match was elements and is exact/],
    ['another host', { hosts: ['other.example.com'] }, /guacamole: is gone/],
    ['another certificate', { tls: { secretName: 'other' } }, /tls was secret remote-tls/],
    ['an issuer', { tls: { issuerRef: { name: 'a' } } }, /tls was secret remote-tls and is issuer/],
    ['another limit', { limits: { handshakesPerSecond: 10, burst: 10 } }, /burst was 30 and is 10/],
    ['no limit of sockets', { limits: { handshakesPerSecond: 10, burst: 30 } }, /connections was 20/],
    ['no networks', { allowedSources: undefined }, /sources was 198/],
    ['a cookie', { affinity: { type: 'Cookie' } }, /affinity was nothing/],
    ['balancing', { loadBalancing: 'LeastConnections' }, /load-balance was nothing and is ewma/],
    ['no redirect', { redirect: false }, /redirect was true/],
  ];
  for (const [name, part, finds] of mistakes) {
    test(`finds ${name}`, () => assert.match(findWith(part).join('\n'), finds));
  }

  test('finds nothing where nothing is wrong', () => assert.deepEqual(findWith({}), []));
});
