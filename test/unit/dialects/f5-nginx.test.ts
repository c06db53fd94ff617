import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WssRoute } from '../../../src/api/wssroute.ts';
import { findLosses, type Target } from '../../../src/dialects/dialect.ts';
import { f5Nginx } from '../../../src/dialects/f5-nginx.ts';
import { findDialect } from '../../../src/dialects/registry.ts';
import { nameHostChild } from '../../../src/route/names.ts';
import type { RoutePlan } from '../../../src/route/plan.ts';
import { openPolicy } from '../../../src/route/policy.ts';
import { parseVersion } from '../../../src/route/version.ts';
import { describeDecider } from '../../../src/state/describe-decider.ts';
import { exampleRoute, plan as planOf } from '../state/example.ts';

interface Written {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: unknown;
}

/** What is written for the first host, and the fields that are lost. */
function emit(plan: RoutePlan, version?: string, hosts: Target['hosts'] = new Map()) {
  const target = { hosts, version: version === undefined ? undefined : parseVersion(version) };
  const written = f5Nginx.emit(plan, target) as readonly Written[];
  const find = (role: string) => written.find(({ metadata }) => metadata.name.endsWith(`-${role}`));
  return {
    master: find('master')?.metadata.annotations,
    minion: find('minion')?.metadata.annotations,
    names: written.map(({ metadata }) => metadata.name),
    lost: findLosses(f5Nginx, plan, target).map(({ field, level }) => `${field} ${level}`),
  };
}

/** The plan of the example with some of its fields replaced. */
function plan(changes: object = {}): RoutePlan {
  const planned = planOf(exampleRoute(changes));
  return { ...planned, secretName: planned.route.spec.tls.secretName ?? planned.secretName };
}

/** Whether the route leads its host, and whose Ingress is the first one there. */
function share(leads: boolean, decider?: WssRoute): NonNullable<Target['hosts']> {
  const described = decider && describeDecider(decider, decider.spec.tls.secretName ?? 'theirs', openPolicy);
  return new Map([['chat.example.com', { leads, decider: described }]]);
}

describe('f5-nginx', () => {
  test('is found by the controller of a class', () => {
    assert.equal(findDialect('nginx.org/ingress-controller'), f5Nginx);
  });

  test('writes a master with the TLS and a minion with the paths, and nothing that a route does not ask for', () => {
    assert.deepEqual(emit(plan(), '5.5.4'), {
      master: { 'nginx.org/mergeable-ingress-type': 'master', 'nginx.org/ssl-redirect': 'true' },
      minion: {
        'nginx.org/lb-method': 'round_robin',
        'nginx.org/mergeable-ingress-type': 'minion',
        'nginx.org/proxy-connect-timeout': '5s',
        'nginx.org/proxy-read-timeout': '3600s',
        'nginx.org/proxy-send-timeout': '3600s',
        'nginx.org/websocket-services': 'chat',
      },
      names: [nameHostChild('chat', 'chat.example.com', 'master'), nameHostChild('chat', 'chat.example.com', 'minion')],
      lost: [],
    });
  });

  test('leaves a host that others lead without a master of its own', () => {
    for (const [leads, roles] of [
      [true, ['master', 'minion']],
      [false, ['minion']],
    ] as const) {
      assert.deepEqual(
        emit(plan(), '5.5', share(leads)).names.map((name) => name.split('-').at(-1)),
        roles,
      );
    }
  });

  test('redirects when there is a certificate, by the name that the version knows', () => {
    for (const [changes, isCertificateReady, version, name, value] of [
      [{}, false, '5.5', 'nginx.org/ssl-redirect', 'false'],
      [{}, true, '5.5', 'nginx.org/ssl-redirect', 'true'],
      [{}, true, '5.4', 'nginx.org/ssl-redirect', 'true'],
      [{}, true, '5.3.9', 'ingress.kubernetes.io/ssl-redirect', 'true'],
      [{}, true, undefined, 'ingress.kubernetes.io/ssl-redirect', 'true'],
      [{ redirect: false }, true, '5.5', 'nginx.org/ssl-redirect', 'false'],
    ] as const) {
      const { master, lost } = emit({ ...plan(changes), isCertificateReady }, version);
      assert.deepEqual(master, { 'nginx.org/mergeable-ingress-type': 'master', [name]: value });
      assert.deepEqual(lost, []);
    }
  });

  test('says of what a host has as a whole who decides it, where that one wants something else', () => {
    const changes = { redirect: false, hsts: { maxAge: '1h' }, tls: { secretName: 'mine', profile: 'Intermediate' } };
    const fields = ['spec.redirect', 'spec.tls.profile', 'spec.hsts'];
    const other = exampleRoute({ tls: { secretName: 'mine' } }, { name: 'other' });
    const alike = exampleRoute(changes, { name: 'other' });
    for (const [decider, leads, lost] of [
      [undefined, true, ['spec.hsts approximate']],
      [alike, true, ['spec.hsts approximate']],
      [alike, false, ['spec.hsts approximate']],
      [other, true, fields.map((field) => `${field} approximate`)],
      [other, false, fields.map((field) => `${field} unsupported`)],
    ] as const) {
      assert.deepEqual(emit(plan(changes), '5.5', share(leads, decider)).lost, lost);
    }
    const unredirected = exampleRoute({ redirect: false, tls: { secretName: 'mine' } }, { name: 'other' });
    const target = { hosts: share(false, unredirected) };
    const [loss, ...more] = findLosses(f5Nginx, plan({ tls: { secretName: 'mine' } }), target);
    assert.deepEqual(more, []);
    assert.equal(loss?.field, 'spec.redirect');
    assert.match(loss.because, /at chat\.example\.com that is the one of WssRoute chat\/other$/);
  });

  test('says whose certificate clients are shown, where it is of another worth', () => {
    const issuerRef = { name: 'letsencrypt', kind: 'ClusterIssuer' };
    const own = exampleRoute({ tls: { issuerRef } });
    for (const [tls, isTold] of [
      [{ issuerRef }, false],
      [{ issuerRef: { name: 'other', kind: 'ClusterIssuer' } }, true],
      [{ issuerRef: { name: 'letsencrypt', kind: 'Issuer' } }, true],
      [{ secretName: 'mine' }, true],
    ] as const) {
      const issuer = { ...issuerRef, group: 'cert-manager.io' };
      const planned = { ...planOf(own), issuer };
      const decider = exampleRoute({ tls }, { name: 'other', namespace: 'web' });
      const losses = findLosses(f5Nginx, planned, { hosts: share(true, decider) });
      assert.deepEqual(
        losses.map(({ field, level }) => `${field} ${level}`),
        isTold ? ['spec.tls approximate'] : [],
      );
      if (isTold)
        assert.match(losses[0]?.because ?? '', /are shown that of WssRoute web\/other \(.+\), not that of the route/);
    }
  });

  test('takes a version that nobody told for the oldest, and says which one a field needs', () => {
    const cookie = plan({ affinity: { type: 'Cookie' } });
    const profile = plan({ tls: { secretName: 'mine', profile: 'Intermediate' } });
    const cookieName = 'nginx.org/sticky-cookie-services';
    for (const [version, hasCookie, hasCiphers] of [
      [undefined, false, false],
      ['5.2', false, false],
      ['5.3', false, true],
      ['5.4', true, true],
      ['6.0', true, true],
    ] as const) {
      assert.equal(emit(cookie, version).minion?.[cookieName] !== undefined, hasCookie);
      assert.deepEqual(emit(cookie, version).lost, hasCookie ? [] : ['spec.affinity unsupported']);
      assert.equal(emit(profile, version).master?.['nginx.org/ssl-ciphers'] !== undefined, hasCiphers);
      assert.deepEqual(emit(profile, version).lost, hasCiphers ? [] : ['spec.tls.profile unsupported']);
    }
    const [loss] = findLosses(f5Nginx, cookie, {});
    assert.match(loss?.because ?? '', /needs F5 NGINX 5\.4, and .* does not tell the version/);
    assert.match(loss?.cure ?? '', /version: "5\.4" .* ingressClasses\[\]/);
  });

  test('allows five times the rate at once where no burst is told, as ingress-nginx does', () => {
    for (const [limits, burst] of [
      [{ handshakesPerSecond: 10 }, '50'],
      [{ handshakesPerSecond: 10, burst: 3 }, '3'],
    ] as const) {
      const { minion } = emit(plan({ limits }));
      assert.equal(minion?.['nginx.org/limit-req-rate'], '10r/s');
      assert.equal(minion?.['nginx.org/limit-req-burst'], burst);
    }
  });

  test('balances by the hash of the address alone, and by the least connections beside a cookie', () => {
    for (const [type, method, lost] of [
      ['None', 'least_conn', []],
      ['Cookie', 'least_conn', []],
      ['SourceIP', 'hash $remote_addr consistent', ['spec.loadBalancing unsupported']],
    ] as const) {
      const written = emit(plan({ affinity: { type }, loadBalancing: 'LeastConnections' }), '5.4');
      assert.equal(written.minion?.['nginx.org/lb-method'], method);
      assert.deepEqual(written.lost, lost);
    }
  });

  test('speaks TLS to the Services of which every path asks for it', () => {
    const paths = [
      { path: '/a', service: { name: 'a', port: 8443 }, backendTLS: { serverName: 'a.internal' } },
      { path: '/b', service: { name: 'b', port: 8443 }, backendTLS: { serverName: 'b.internal' } },
      { path: '/c', service: { name: 'b', port: 8080 } },
    ];
    for (const [chosen, services, level] of [
      [paths.slice(0, 2), 'a,b', 'approximate'],
      [paths, 'a', 'approximate'],
      [paths.slice(1), undefined, 'unsupported'],
    ] as const) {
      const { minion, lost } = emit(plan({ paths: chosen }));
      assert.equal(minion?.['nginx.org/ssl-services'], services);
      assert.deepEqual(lost, [`spec.paths[].backendTLS ${level}`]);
    }
  });

  test('writes a prefix as itself and what is below it: for nginx /ws would be the beginning of /wsfoo', () => {
    const paths = ['/', '/ws'].map((path) => ({ path, service: { name: 'chat', port: 8080 } }));
    const exact = { path: '/exact/', pathType: 'Exact', service: { name: 'chat', port: 8080 } };
    const [, minion] = f5Nginx.emit(plan({ paths: [...paths, exact] }), {});
    const spec = minion?.spec as { readonly rules: readonly { readonly http: { readonly paths: object[] } }[] };
    const [rule] = spec.rules;
    assert.deepEqual(
      rule?.http.paths.map((path) => ({ ...path, backend: undefined })),
      [
        { path: '/', pathType: 'Prefix', backend: undefined },
        { path: '/exact/', pathType: 'Exact', backend: undefined },
        { path: '/ws', pathType: 'Exact', backend: undefined },
        { path: '/ws/', pathType: 'Prefix', backend: undefined },
      ],
    );
  });

  test('has nothing to write for a route without a host', () => {
    const nameless = plan({ hosts: undefined, tls: { secretName: 'mine' } });
    assert.equal(f5Nginx.findObstacle?.(nameless, {})?.reason, 'HostRequired');
    assert.equal(f5Nginx.findObstacle?.(plan(), {}), undefined);
  });

  test('has nothing to write for a path that the controller takes for a file of the system', () => {
    const judge = (path: string, pathType: string) => {
      const paths = [
        { path: '/ws', service: { name: 'chat', port: 1 } },
        { path, pathType, service: { name: 'chat', port: 1 } },
      ];
      return f5Nginx.findObstacle?.(plan({ paths }), {})?.reason;
    };
    for (const path of ['/etc/ws', '/etc', '/api/various', '/rooted'])
      assert.equal(judge(path, 'Prefix'), 'PathNotTaken');
    for (const path of ['/etc', '/etcetera', '/api/etc/ws']) assert.equal(judge(path, 'Exact'), undefined);
  });
});
