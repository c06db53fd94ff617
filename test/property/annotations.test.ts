import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Dialect, findLosses } from '../../src/dialects/dialect.ts';
import { dialects } from '../../src/dialects/registry.ts';
import { type Feature, type Features, featureFields, type RoutePlan } from '../../src/route/plan.ts';
import { decide, defaulted, observe } from '../unit/state/example.ts';
import { arbitraryRoute, type Manifest } from './arbitrary-route.ts';

const prefix = 'nginx.ingress.kubernetes.io/';

/** What ingress-nginx 1.15 takes: internal/ingress/annotations/parser/validators.go and the package of each annotation. */
const validators: Readonly<Record<string, (value: string) => boolean>> = {
  'proxy-connect-timeout': isGoInt,
  'proxy-read-timeout': isGoInt,
  'proxy-send-timeout': isGoInt,
  'ssl-redirect': isGoBool,
  'force-ssl-redirect': isGoBool,
  affinity: isOneOf('cookie'),
  'affinity-mode': isOneOf('balanced', 'persistent'),
  'session-cookie-name': matches(/^[/\-._~a-zA-Z0-9:]*$/),
  'session-cookie-path': matches(/^[-._~a-zA-Z0-9/:?&=]*$/),
  'session-cookie-max-age': matches(/(^0|-?[1-9]\d*$)/),
  'session-cookie-samesite': (value) => isOneOf('none', 'lax', 'strict')(value.toLowerCase()),
  'session-cookie-secure': isGoBool,
  'upstream-hash-by': matches(/^[A-Za-z0-9\-_${}]*$/),
  'load-balance': isOneOf('round_robin', 'chash', 'chashsubset', 'sticky_balanced', 'sticky_persistent', 'ewma'),
  'limit-connections': isGoInt,
  'limit-rps': isGoInt,
  'limit-burst-multiplier': isGoInt,
  'allowlist-source-range': isNetworkList,
};

/** The only texts that may stand in a value, beside numbers, networks and the name of the cookie. */
const fixedWords = new Set(['true', 'false', 'cookie', 'persistent', '/', 'None', '$remote_addr', 'ewma']);

describe('annotations', () => {
  test('every annotation is one that ingress-nginx knows, with a value that it takes', () => {
    fc.assert(
      fc.property(arbitraryRoute, (manifest) => {
        for (const [name, value] of annotationsOf(manifest)) {
          assert.ok(name.startsWith(prefix), name);
          assert.equal(validators[name.slice(prefix.length)]?.(value), true, `${name}: ${value}`);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('nothing of a route reaches an annotation but numbers, fixed words, networks and the name of the cookie', () => {
    fc.assert(
      fc.property(arbitraryRoute, (manifest) => {
        for (const [name, value] of annotationsOf(manifest)) {
          const isCookie = name === `${prefix}session-cookie-name` && /^[A-Za-z0-9_-]{1,64}$/.test(value);
          const isNetworks = name === `${prefix}allowlist-source-range` && isNetworkList(value);
          assert.ok(
            /^[1-9]\d{0,8}$/.test(value) || fixedWords.has(value) || isCookie || isNetworks,
            `${name}: ${value}`,
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  test('no annotation tells cert-manager or nginx to do more than the route says', () => {
    fc.assert(
      fc.property(arbitraryRoute, (manifest) => {
        for (const [name] of annotationsOf(manifest)) {
          assert.doesNotMatch(name, /snippet|connection-proxy-header|rewrite|regex|auth|cert-manager|acme/);
        }
      }),
    );
  });
});

describe('features', () => {
  for (const dialect of dialects) {
    test(`${dialect.name} honours each feature by something that it writes, or reports it`, () => {
      fc.assert(
        fc.property(arbitraryRoute, (manifest) => {
          const { plan } = decide(observe(defaulted(manifest)));
          const reported = new Map(findLosses(dialect, plan, {}).map(({ field, level }) => [field, level]));
          for (const feature of Object.keys(plan.features) as Feature[]) {
            const level = reported.get(featureFields[feature]);
            const isWritten =
              write(dialect, plan) !== write(dialect, { ...plan, features: without(plan.features, feature) });
            assert.equal(isWritten, level !== 'unsupported', `${feature} is ${level ?? 'native'}`);
          }
        }),
        { numRuns: 100 },
      );
    });

    test(`${dialect.name} says what to do instead for everything that it loses`, () => {
      fc.assert(
        fc.property(arbitraryRoute, (manifest) => {
          for (const { field, because, cure } of decide(observe(defaulted(manifest))).losses) {
            assert.match(field, /^spec\./);
            assert.ok(because.length > 10 && cure.length > 10);
          }
        }),
      );
    });
  }
});

function annotationsOf(manifest: Manifest): readonly [string, string][] {
  const { objects } = decide(observe(defaulted(manifest)));
  return objects.flatMap(({ metadata }) => Object.entries(metadata.annotations ?? {}));
}

function write(dialect: Dialect, plan: RoutePlan): string {
  return JSON.stringify(dialect.emit(plan, {}));
}

/** The same features with one left out; those that are always there get another value. */
function without(features: Features, feature: Feature): Features {
  switch (feature) {
    case 'idleTimeout':
    case 'connectTimeout':
      return { ...features, [feature]: features[feature] + 1 };
    case 'redirect':
      return { ...features, redirect: !features.redirect };
    default: {
      const { [feature]: _left, ...rest } = features;
      return rest as Features;
    }
  }
}

function isGoInt(value: string): boolean {
  return /^[+-]?\d+$/.test(value) && Number.isSafeInteger(Number(value));
}

function isGoBool(value: string): boolean {
  return ['1', 't', 'T', 'TRUE', 'true', 'True', '0', 'f', 'F', 'FALSE', 'false', 'False'].includes(value);
}

function isOneOf(...words: string[]): (value: string) => boolean {
  return (value) => words.includes(value);
}

function matches(pattern: RegExp): (value: string) => boolean {
  return (value) => pattern.test(value) && !/[\r\n]/.test(value);
}

function isNetworkList(value: string): boolean {
  return value.split(',').every((network) => {
    const [address = '', bits = ''] = network.split('/');
    return /^\d+$/.test(bits) && Number(bits) <= (isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1);
  });
}
