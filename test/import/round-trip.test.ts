import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Document } from '../../src/cli/documents.ts';
import { renderDocuments } from '../../src/cli/offline.ts';
import { type Import, importIngresses } from '../../src/import/import-ingresses.ts';
import { openPolicy } from '../../src/route/policy.ts';
import type { ApiObject } from '../support/admin-client.ts';
import { type Behaviour, behave, type Family } from './behaviour.ts';
import { cases, readCase } from './corpus.ts';
import { findUntold, readExcuses } from './excuses.ts';

const controllers = { community: 'k8s.io/ingress-nginx', f5: 'nginx.org/ingress-controller' } as const;
/** Routes that name no certificate get one; it is told about, too. The newest controllers, so that no annotation stays away. */
const policy = {
  ...openPolicy,
  defaultIssuer: { name: 'default', kind: 'ClusterIssuer', group: 'cert-manager.io' },
};
const versions = { community: { major: 1, minor: 15, patch: 1 }, f5: { major: 5, minor: 5, patch: 4 } };

/** The objects that the operator writes for the routes when their certificates are there. */
function render(family: Family, routes: readonly ApiObject[]): readonly ApiObject[] {
  const certificates = renderOnce(family, routes).filter(({ kind }) => kind === 'Certificate');
  const issued = certificates.map((each) => ({ ...each, status: { conditions: [{ type: 'Ready', status: 'True' }] } }));
  return renderOnce(family, [...routes, ...issued]);
}

function renderOnce(family: Family, objects: readonly ApiObject[]): readonly ApiObject[] {
  const documents: Document[] = objects.map((object) => ({ place: 'routes', isReadable: true, object }));
  const controller = controllers[family];
  const names = objects.flatMap(({ kind, spec }) => (kind === 'WssRoute' ? [spec.ingressClassName] : []));
  const classes = new Map(names.map((name) => [name, { controller, version: versions[family] }]));
  return renderDocuments(documents, { controller, policy: { ...policy, classes } }).flatMap((rendering) => {
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
  describe(`${family}: Ingress → route → Ingress`, () => {
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

/** What is found when a part of the first route of a case is wrong. */
function findWith(family: Family, name: string, part: object): readonly string[] {
  const example = cases.find((each) => each.name === name);
  assert.ok(example);
  const found = readCase(example);
  const objects = found.map(({ object }) => object as ApiObject);
  const result = importIngresses(found);
  const [route] = result.routes as readonly ApiObject[];
  const wrong = { ...route, spec: { ...route?.spec, ...part } } as Import['routes'][number];
  const { before, after } = goRound(family, objects, { ...result, routes: [wrong] });
  return findUntold(before, after, readExcuses(objects, result));
}

describe('the comparison', () => {
  const service = { name: 'guacamole', port: 8080 };
  const mosquitto = { name: 'mosquitto', port: 9001 };
  const mistakes: readonly (readonly [Family, string, object, RegExp])[] = [
    ['community', 'guacamole', { timeouts: { idle: '1h' } }, /read was 21600 and is 3600/],
    ['community', 'guacamole', { timeouts: { idle: '6h', connect: '9s' } }, /connect was 5 and is 9/],
    [
      'community',
      'guacamole',
      { paths: [{ path: '/guacamole', service: { name: 'a', port: 1 } }] },
      /backend was guac/,
    ],
    ['community', 'guacamole', { paths: [{ path: '/other', service }] }, /other: is new/],
    ['community', 'guacamole', { paths: [{ path: '/guacamole', pathType: 'Exact', service }] }, /match was elements/],
    ['community', 'guacamole', { hosts: ['other.example.com'] }, /guacamole: is gone/],
    ['community', 'guacamole', { tls: { secretName: 'other' } }, /tls was secret remote\/remote-tls/],
    [
      'community',
      'guacamole',
      { tls: { issuerRef: { name: 'a' } } },
      /tls was secret remote\/remote-tls and is issuer/,
    ],
    ['community', 'guacamole', { limits: { handshakesPerSecond: 10, connectionsPerClient: 20 } }, /burst was 30/],
    ['community', 'guacamole', { limits: { handshakesPerSecond: 10, burst: 30 } }, /connections was 20/],
    ['community', 'guacamole', { allowedSources: undefined }, /sources was 198/],
    ['community', 'guacamole', { affinity: { type: 'Cookie' } }, /affinity was nothing/],
    ['community', 'guacamole', { loadBalancing: 'LeastConnections' }, /load-balance was nothing and is ewma/],
    ['community', 'guacamole', { redirect: false }, /redirect was true/],
    ['community', 'backend-tls-verified', { tls: { secretName: 'trading-tls' } }, /ciphers was ECDHE/],
    [
      'community',
      'backend-tls',
      { paths: [{ path: '/wss', service: { name: 'unifi', port: 8443 } }] },
      /TLS was HTTPS/,
    ],
    ['community', 'rabbitmq-web-stomp', { tls: { issuerRef: { name: 'letsencrypt' } } }, /tls was issuer Cluster/],
    ['f5', 'mqtt-over-ws', { timeouts: { idle: '168h' } }, /connect was 60 and is 5/],
    ['f5', 'mqtt-over-ws', { limits: { handshakesPerSecond: 6, burst: 50 } }, /rate was 300 and is 360/],
    ['f5', 'mqtt-over-ws', { redirect: true }, /redirect was false and is true/],
    ['f5', 'mqtt-over-ws', { paths: [{ path: '/', service: mosquitto }] }, /mqtt: is gone/],
    ['f5', 'mqtt-over-ws', { affinity: { type: 'SourceIP' }, loadBalancing: 'RoundRobin' }, /affinity was nothing/],
    ['f5', 'chat-and-pages', { hsts: undefined }, /hsts was 31536000 includeSubDomains/],
    ['f5', 'socket-io-sticky', { affinity: { type: 'Cookie', cookie: { name: 'a' } } }, /cookie-name was io and is a/],
  ];
  for (const [family, name, part, finds] of mistakes) {
    test(`finds ${JSON.stringify(part)} in ${family}-${name}`, () => {
      assert.match(findWith(family, `${family}-${name}`, part).join('\n'), finds);
    });
  }

  test('finds nothing where nothing is wrong', () => {
    for (const [family, name] of mistakes) assert.deepEqual(findWith(family, `${family}-${name}`, {}), []);
  });
});
