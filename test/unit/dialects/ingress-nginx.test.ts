import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findLosses } from '../../../src/dialects/dialect.ts';
import { ingressNginx } from '../../../src/dialects/ingress-nginx.ts';
import { dialects, findDialect } from '../../../src/dialects/registry.ts';
import { parseVersion, type Version } from '../../../src/route/version.ts';
import { decide, exampleRoute, observe } from '../state/example.ts';

const prefix = 'nginx.ingress.kubernetes.io/';

/** Annotations of the route's Ingress without the prefix, and the fields that are lost. */
function emit(
  changes: object,
  version?: Version,
): {
  readonly annotations: Readonly<Record<string, string>>;
  readonly lost: readonly string[];
} {
  const { plan } = decide(observe(exampleRoute(changes)));
  const annotations = Object.entries(ingressNginx.emit(plan, { version })[0]?.metadata.annotations ?? {});
  return {
    annotations: Object.fromEntries(annotations.map(([name, value]) => [name.replace(prefix, ''), value])),
    lost: findLosses(ingressNginx, plan, { version }).map(({ field, level }) => `${field} ${level}`),
  };
}

const always = {
  'proxy-connect-timeout': '5',
  'proxy-read-timeout': '3600',
  'proxy-send-timeout': '3600',
  'ssl-redirect': 'true',
};

describe('ingress-nginx', () => {
  test('is found by the controller of a class, and nothing else is', () => {
    assert.equal(findDialect('k8s.io/ingress-nginx'), ingressNginx);
    assert.equal(findDialect('nginx'), undefined);
    assert.equal(findDialect('haproxy.org/ingress-controller'), undefined);
    assert.equal(new Set(dialects.map(({ controller }) => controller)).size, dialects.length);
  });

  test('is given both timeouts in seconds without a unit, and nothing that a route does not ask for', () => {
    assert.deepEqual(emit({}), { annotations: always, lost: [] });
  });

  test('is told allowed sources by the name that its version knows: it would pass over the other and let everybody in', () => {
    const allowedSources = ['192.0.2.0/24'];
    for (const [version, name] of [
      [undefined, 'allowlist-source-range'],
      ['1.9', 'allowlist-source-range'],
      ['1.15.1', 'allowlist-source-range'],
      ['1.8.2', 'whitelist-source-range'],
      ['0.49', 'whitelist-source-range'],
    ] as const) {
      const { annotations, lost } = emit({ allowedSources }, version && parseVersion(version));
      assert.deepEqual(annotations, { ...always, [name]: '192.0.2.0/24' });
      assert.deepEqual(lost, []);
    }
  });

  test('leaves the upgrade to the controller: connection-proxy-header would break it', () => {
    for (const name of Object.keys(emit({ affinity: { type: 'Cookie' } }).annotations)) {
      assert.doesNotMatch(name, /proxy-header|http-version|snippet/);
    }
  });

  for (const [rate, burst, multiplier, isExact] of [
    [5, 20, '4', true],
    [10, 25, '3', false],
    [100, 1, '1', false],
    [1, 7, '7', true],
  ] as const) {
    test(`takes a burst of ${burst} above ${rate} a second ${isExact ? 'exactly' : 'nearly'}, as ${multiplier} times the rate`, () => {
      const { annotations, lost } = emit({ limits: { handshakesPerSecond: rate, burst } });
      assert.equal(annotations['limit-rps'], String(rate));
      assert.equal(annotations['limit-burst-multiplier'], multiplier);
      assert.deepEqual(lost, isExact ? [] : ['spec.limits.burst approximate']);
    });
  }

  test('balances by peak EWMA where the least connections are asked for, and says so', () => {
    const { annotations, lost } = emit({ loadBalancing: 'LeastConnections' });
    assert.deepEqual(annotations, { ...always, 'load-balance': 'ewma' });
    assert.deepEqual(lost, ['spec.loadBalancing approximate']);
  });

  for (const type of ['Cookie', 'SourceIP']) {
    test(`writes nothing for the balancing that affinity ${type} replaces, and says so`, () => {
      const { annotations, lost } = emit({ loadBalancing: 'LeastConnections', affinity: { type } });
      assert.equal(annotations['load-balance'], undefined);
      assert.deepEqual(lost, ['spec.loadBalancing unsupported']);
    });
  }

  test('hashes by the address of the client', () => {
    assert.deepEqual(emit({ affinity: { type: 'SourceIP' } }).annotations, {
      ...always,
      'upstream-hash-by': '$remote_addr',
    });
  });

  test('names every host in tls as it stands in its rule, wildcards too', () => {
    const { plan } = decide(observe(exampleRoute({ hosts: ['*.example.com', 'example.com'] })));
    const spec = ingressNginx.emit(plan, {})[0]?.spec as {
      readonly tls: readonly { readonly hosts: readonly string[] }[];
      readonly rules: readonly { readonly host: string }[];
    };
    assert.deepEqual(
      spec.tls[0]?.hosts,
      spec.rules.map(({ host }) => host),
    );
  });
});
