import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../../../src/api/objects.ts';
import { findLosses, type Loss } from '../../../src/dialects/dialect.ts';
import { ingressNginx } from '../../../src/dialects/ingress-nginx.ts';
import { planRoute } from '../../../src/route/plan.ts';
import { tlsProfiles } from '../../../src/route/tls-profile.ts';
import { exampleRoute } from '../state/example.ts';

const prefix = 'nginx.ingress.kubernetes.io/';
const secretRef = { kind: 'Secret', name: 'chat-ca' };
const verified = { serverName: 'chat.internal.example.com', caRef: secretRef };
const attachment = { kind: 'IngressClass', name: 'nginx' } as const;

interface Emission {
  readonly ingresses: readonly KubeObject[];
  readonly losses: readonly Loss[];
}

/** What ingress-nginx is given for a route; `rank` is the route's place among those of its host. */
function emit(spec: object, { rank = 0, marks = {} } = {}): Emission {
  const source = { secretName: 'chat-wss', isCertificateReady: true };
  const standing = { isLost: () => false, rankAt: () => rank };
  const plan = planRoute(exampleRoute(spec, marks), attachment, source, standing);
  return { ingresses: ingressNginx.emit(plan, {}), losses: findLosses(ingressNginx, plan, {}) };
}

function path(name: string, backendTLS?: object): object {
  return { path: `/${name}`, service: { name, port: 8443 }, ...(backendTLS !== undefined && { backendTLS }) };
}

/** TLS annotations of an Ingress, without the prefix. */
function tlsOf(ingress: KubeObject | undefined): Readonly<Record<string, string>> {
  const all = Object.entries(ingress?.metadata.annotations ?? {});
  return Object.fromEntries(
    all
      .map(([name, value]) => [name.replace(prefix, ''), value] as const)
      .filter(([name]) => /^(backend-protocol|proxy-ssl|ssl-(ciphers|prefer))/.test(name)),
  );
}

function pathsOf({ spec }: KubeObject): readonly string[] {
  const { rules } = spec as { rules: { http: { paths: { path: string }[] } }[] };
  return rules.flatMap(({ http }) => http.paths.map((each) => each.path));
}

describe('tls.profile', () => {
  const names = {
    'ssl-ciphers': tlsProfiles.Intermediate.ciphers.join(':'),
    'ssl-prefer-server-ciphers': 'false',
  };

  test('left out: nothing is said', () => {
    assert.deepEqual(tlsOf(emit({}).ingresses[0]), {});
  });

  test('Intermediate: its ciphers, and nothing is lost', () => {
    const { ingresses, losses } = emit({ tls: { secretName: 'own', profile: 'Intermediate' } });
    assert.deepEqual(tlsOf(ingresses[0]), names);
    assert.deepEqual(losses, []);
  });

  test('Modern: the protocols are the whole controller’s, which is said with the key', () => {
    const { ingresses, losses } = emit({ tls: { secretName: 'own', profile: 'Modern' } });
    assert.deepEqual(tlsOf(ingresses[0]), names);
    assert.deepEqual(
      losses.map(({ field, level }) => [field, level]),
      [['spec.tls.profile', 'approximate']],
    );
    assert.match(losses[0]?.cure ?? '', /ssl-protocols .*deploy\/controllers/);
  });

  test('an older route of the host may decide, which is said', () => {
    const { losses } = emit({ tls: { secretName: 'own', profile: 'Intermediate' } }, { rank: 1 });
    assert.equal(losses[0]?.level, 'approximate');
    assert.match(losses[0]?.because ?? '', /older WssRoute serves chat\.example\.com/);
  });
});

describe('backendTLS', () => {
  test('with a Secret: the backend is asked for its name, and verified', () => {
    const { ingresses, losses } = emit({ paths: [path('chat', verified)] });
    assert.equal(ingresses.length, 1);
    assert.equal(ingresses[0]?.metadata.name, 'chat-wss');
    assert.deepEqual(tlsOf(ingresses[0]), {
      'backend-protocol': 'HTTPS',
      'proxy-ssl-name': 'chat.internal.example.com',
      'proxy-ssl-protocols': 'TLSv1.2 TLSv1.3',
      'proxy-ssl-secret': 'chat/chat-ca',
      'proxy-ssl-server-name': 'on',
      'proxy-ssl-verify': 'on',
    });
    assert.deepEqual(losses, []);
  });

  for (const [what, caRef] of [
    ['a ConfigMap', { name: 'chat-ca' }],
    ['nothing', undefined],
  ] as const) {
    test(`with ${what}: encrypted, not verified, and said so`, () => {
      const { ingresses, losses } = emit({ paths: [path('chat', { serverName: 'chat.internal', caRef })] });
      assert.deepEqual(tlsOf(ingresses[0]), { 'backend-protocol': 'HTTPS' });
      assert.deepEqual(
        losses.map(({ field, level }) => [field, level]),
        [['spec.paths[].backendTLS', 'approximate']],
      );
      assert.match(losses[0]?.because ?? '', /chat\.internal is encrypted, but the certificate is not verified/);
      assert.doesNotMatch(losses[0]?.cure ?? '', /proxy-ssl-location-only/);
    });
  }

  test('paths that differ in it are Ingresses of their own, plain ones in the first', () => {
    const { ingresses } = emit({
      hosts: ['one.example.com', 'two.example.com'],
      paths: [path('a', verified), path('b'), path('c', verified), path('d', { serverName: 'other.internal' })],
    });
    assert.deepEqual(ingresses.map(pathsOf), [
      ['/b', '/b'],
      ['/a', '/c', '/a', '/c'],
      ['/d', '/d'],
    ]);
    const [first, ...others] = ingresses.map(({ metadata }) => metadata.name);
    assert.equal(first, 'chat-wss');
    for (const name of others) assert.match(name, /^chat-wss-[0-9a-f]{8}$/);
    assert.equal(new Set(others).size, 2);
    assert.deepEqual(
      ingresses.map(tlsOf).map((each) => each['proxy-ssl-name']),
      [undefined, 'chat.internal.example.com', undefined],
    );
  });

  test('a verified path beside one that is not: the key that keeps them apart is named', () => {
    const { losses } = emit({ paths: [path('a', verified), path('b', { serverName: 'b.internal' })] });
    assert.match(losses[0]?.cure ?? '', /proxy-ssl-location-only/);
    assert.doesNotMatch(losses[0]?.because ?? '', /chat\.internal\.example\.com/);
  });

  test('the order of the paths changes no name', () => {
    const paths = [path('a', verified), path('b'), path('c', { serverName: 'other.internal' })];
    assert.deepEqual(emit({ paths }).ingresses, emit({ paths: [...paths].reverse() }).ingresses);
  });

  test('a path more or less renames no other Ingress', () => {
    const paths = [path('a', verified), path('b'), path('c', { serverName: 'other.internal' })];
    const names = (all: readonly object[]) => emit({ paths: all }).ingresses.map(({ metadata }) => metadata.name);
    const before = names(paths);
    assert.deepEqual(
      names([...paths, path('d', { serverName: 'a.first' })]).filter((name) => before.includes(name)),
      before,
    );
  });

  test('every Ingress has the whole of the other annotations and the certificate', () => {
    const { ingresses } = emit({ paths: [path('a', verified), path('b')], timeouts: { idle: '7s' } });
    for (const { metadata, spec } of ingresses) {
      assert.equal(metadata.annotations?.[`${prefix}proxy-read-timeout`], '7');
      assert.deepEqual((spec as { tls: object }).tls, [{ hosts: ['chat.example.com'], secretName: 'chat-wss' }]);
    }
  });

  test('limits are counted for each Ingress, which is said where there are several', () => {
    const limits = { connectionsPerClient: 5, handshakesPerSecond: 2 };
    const lost = (paths: readonly object[]) =>
      emit({ paths, limits }).losses.map(({ field, level }) => `${field} ${level}`);
    assert.deepEqual(lost([path('a', verified)]), []);
    assert.deepEqual(lost([path('a', verified), path('b')]), [
      'spec.limits.connectionsPerClient approximate',
      'spec.limits.handshakesPerSecond approximate',
    ]);
  });

  test('a route without a namespace, which kubectl puts into "default", names the Secret there', () => {
    const { ingresses } = emit({ paths: [path('a', verified)] }, { marks: { namespace: undefined } });
    assert.equal(tlsOf(ingresses[0])['proxy-ssl-secret'], 'default/chat-ca');
  });
});
