import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../../src/api/objects.ts';
import type { Target } from '../../src/dialects/dialect.ts';
import { f5Nginx } from '../../src/dialects/f5-nginx.ts';
import type { RoutePlan } from '../../src/route/plan.ts';
import { defaulted, plan as planOf } from '../unit/state/example.ts';
import { arbitraryRoute } from './arbitrary-route.ts';
import { arbitraryVersion } from './arbitrary-target.ts';

interface Path {
  readonly path: string;
  readonly pathType: string;
  readonly backend: { readonly service: { readonly name: string } };
}

interface Spec {
  readonly tls?: readonly { readonly hosts: readonly string[]; readonly secretName: string }[];
  readonly rules: readonly { readonly host: string; readonly http?: { readonly paths: readonly Path[] } }[];
}

type Form = (value: string, services: ReadonlySet<string>) => boolean;

const bool: Form = (value) => value === 'true' || value === 'false';
const integer: Form = (value) => /^[1-9]\d{0,8}$/.test(value);
const time: Form = (value) => /^[1-9]\d{0,8}s$/.test(value);
const serviceList: Form = (value, services) => {
  const names = value.split(',');
  return names.every((name) => services.has(name)) && new Set(names).size === names.length;
};

/** What the controller takes, by role; anything else would be rejected, or passed over without a word (observed on 5.5.4). */
const forms: Readonly<Record<'master' | 'minion', Readonly<Record<string, Form>>>> = {
  master: {
    'nginx.org/mergeable-ingress-type': (value) => value === 'master',
    'nginx.org/ssl-redirect': bool,
    'ingress.kubernetes.io/ssl-redirect': bool,
    'nginx.org/hsts': bool,
    'nginx.org/hsts-max-age': integer,
    'nginx.org/hsts-include-subdomains': bool,
    'nginx.org/ssl-ciphers': (value) => /^[A-Z0-9-]+(:[A-Z0-9-]+)*$/.test(value),
  },
  minion: {
    'nginx.org/mergeable-ingress-type': (value) => value === 'minion',
    'nginx.org/websocket-services': (value, services) =>
      serviceList(value, services) && value.split(',').length === services.size,
    'nginx.org/ssl-services': serviceList,
    'nginx.org/proxy-connect-timeout': time,
    'nginx.org/proxy-read-timeout': time,
    'nginx.org/proxy-send-timeout': time,
    'nginx.org/lb-method': (value) => ['round_robin', 'least_conn', 'hash $remote_addr consistent'].includes(value),
    'nginx.org/limit-req-rate': (value) => /^[1-9]\d{0,8}r\/s$/.test(value),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of nginx
    'nginx.org/limit-req-key': (value) => value === '${binary_remote_addr}',
    'nginx.org/limit-req-zone-size': (value) => value === '10m',
    'nginx.org/limit-req-burst': integer,
    'nginx.org/limit-req-no-delay': bool,
    'nginx.org/sticky-cookie-services': (value, services) =>
      value.split(';').every((entry) => {
        const [, name = ''] =
          /^serviceName=(\S+) [A-Za-z0-9_-]{1,64}( expires=[1-9]\d*s)? path=\/ httponly secure samesite=none$/.exec(
            entry,
          ) ?? [];
        return services.has(name);
      }),
  },
};

/** Plans of every kind: paths that are lost, hosts that others lead, with and without a certificate. */
const arbitraryPlan = fc
  .record({
    manifest: arbitraryRoute,
    lost: fc.array(fc.boolean(), { minLength: 3, maxLength: 7 }),
    leads: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    isCertificateReady: fc.boolean(),
  })
  .map(({ manifest, lost, leads, isCertificateReady }) => {
    const plan = planOf(defaulted(manifest), (claim) => lost[claim.length % lost.length] === true);
    const shares = plan.hosts.map(({ host }, at) => [host, { leads: leads[at] ?? true }] as const);
    return { plan: { ...plan, isCertificateReady }, hosts: new Map(shares) };
  })
  .filter(({ plan }) => plan.hosts.length > 0 && f5Nginx.findObstacle?.(plan, {}) === undefined);

type Shares = NonNullable<Target['hosts']>;

function check(judge: (plan: RoutePlan, objects: readonly KubeObject[], shares: Shares) => void): void {
  fc.assert(
    fc.property(arbitraryPlan, arbitraryVersion, ({ plan, hosts }, version) =>
      judge(plan, f5Nginx.emit(plan, { version, hosts }), hosts),
    ),
    { numRuns: 50 },
  );
}

function roleOf({ metadata }: KubeObject): 'master' | 'minion' {
  const role = metadata.annotations?.['nginx.org/mergeable-ingress-type'];
  assert.ok(role === 'master' || role === 'minion');
  assert.ok(metadata.name.endsWith(`-${role}`));
  return role;
}

function servicesOf(spec: Spec): ReadonlySet<string> {
  return new Set(spec.rules.flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend.service.name)));
}

describe('F5 NGINX', () => {
  test('is given no Ingress that its rules would reject: it would take the route off the air', () => {
    check((_plan, objects) => {
      for (const object of objects) {
        const { tls, rules } = object.spec as Spec;
        assert.equal(rules.length, 1);
        const [rule] = rules;
        assert.ok(rule !== undefined && rule.host !== '');
        if (roleOf(object) === 'master') {
          assert.equal(rule.http, undefined);
          assert.deepEqual(
            tls?.map(({ hosts }) => hosts),
            [[rule.host]],
          );
          continue;
        }
        assert.equal(tls, undefined);
        const paths = rule.http?.paths ?? [];
        assert.ok(paths.length > 0);
        assert.equal(new Set(paths.map(({ path }) => path)).size, paths.length);
        for (const { path, pathType } of paths) {
          assert.match(path, /^\/[A-Za-z0-9._/-]*$/);
          assert.ok(pathType === 'Exact' || path.endsWith('/'), 'a bare prefix would serve its neighbours');
        }
      }
    });
  });

  test('is given no annotation but those of the role, each with a value that it takes', () => {
    check((_plan, objects) => {
      for (const object of objects) {
        const services = servicesOf(object.spec as Spec);
        for (const [name, value] of Object.entries(object.metadata.annotations ?? {})) {
          assert.equal(forms[roleOf(object)][name]?.(value, services), true, `${name}: ${value}`);
        }
      }
    });
  });

  test('is told of every minion which Services speak WebSocket: all that are in its paths', () => {
    check((_plan, objects) => {
      for (const object of objects.filter((each) => roleOf(each) === 'minion')) {
        const services = [...servicesOf(object.spec as Spec)].sort().join(',');
        assert.equal(object.metadata.annotations?.['nginx.org/websocket-services'], services);
      }
    });
  });

  test('has a minion for each host, and a master of each that the route leads', () => {
    check(({ hosts }, objects, shares) => {
      const found = objects.map((object) => `${roleOf(object)} ${(object.spec as Spec).rules[0]?.host}`);
      const wanted = hosts.flatMap(({ host }) => [
        ...(shares.get(host)?.leads ? [`master ${host}`] : []),
        `minion ${host}`,
      ]);
      assert.deepEqual(found, wanted);
      assert.equal(new Set(objects.map(({ metadata }) => metadata.name)).size, objects.length);
    });
  });

  test('serves every path that is the route’s, and nothing beside it', () => {
    check(({ hosts }, objects) => {
      for (const { host, paths } of hosts) {
        const minion = objects.find(
          (object) => roleOf(object) === 'minion' && (object.spec as Spec).rules[0]?.host === host,
        );
        const served = (minion?.spec as Spec | undefined)?.rules[0]?.http?.paths ?? [];
        for (const { path, pathType } of paths) {
          const below = path.endsWith('/') ? `${path}room` : `${path}/room`;
          const serves = (asked: string): boolean =>
            served.some((each) => (each.pathType === 'Exact' ? each.path === asked : asked.startsWith(each.path)));
          assert.ok(serves(path), path);
          if (pathType === 'Prefix') assert.ok(serves(below), below);
        }
      }
    });
  });

  test('redirects nobody before there is a certificate', () => {
    check(({ isCertificateReady, features }, objects) => {
      for (const { metadata } of objects.filter((each) => roleOf(each) === 'master')) {
        const redirect =
          metadata.annotations?.['nginx.org/ssl-redirect'] ??
          metadata.annotations?.['ingress.kubernetes.io/ssl-redirect'];
        assert.equal(redirect, String(isCertificateReady && features.redirect));
      }
    });
  });
});
