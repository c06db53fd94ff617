import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { tlsProfiles } from '../../src/route/tls-profile.ts';
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
  'backend-protocol': (value) => isOneOf('auto_http', 'http', 'https', 'grpc', 'grpcs', 'fcgi')(value.toLowerCase()),
  'proxy-ssl-name': isDnsName,
  'proxy-ssl-protocols': matches(/^(TLSv1\.2|TLSv1\.3| )*$/),
  'proxy-ssl-secret': matches(/^[-A-Za-z0-9.]+\/[-A-Za-z0-9.]+$/),
  'proxy-ssl-server-name': isOneOf('on', 'off'),
  'proxy-ssl-verify': isOneOf('on', 'off'),
  'ssl-ciphers': matches(/^(?:(?:[A-Za-z0-9!:+-])*(?:@STRENGTH)*(?:@SECLEVEL=[0-5])*(?:@STRENGTH)*)*$/),
  'ssl-prefer-server-ciphers': isGoBool,
};

/** The only texts that may stand in a value, beside numbers, networks and names. */
const fixedWords = new Set([
  ...['true', 'false', 'cookie', 'persistent', '/', 'None', '$remote_addr', 'ewma', 'HTTPS', 'on', 'TLSv1.2 TLSv1.3'],
  tlsProfiles.Intermediate.ciphers.join(':'),
]);

describe('annotations', () => {
  test('every annotation is one that ingress-nginx knows, with a value that it takes', () => {
    fc.assert(
      fc.property(arbitraryRoute, (manifest) => {
        for (const [name, value] of annotationsOf(manifest)) {
          assert.ok(name.startsWith(prefix), name);
          assert.equal(validators[name.slice(prefix.length)]?.(value), true, `${name}: ${value}`);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('nothing of a route reaches an annotation but numbers, fixed words, networks and names', () => {
    fc.assert(
      fc.property(arbitraryRoute, (manifest) => {
        for (const [name, value] of annotationsOf(manifest)) {
          const isCookie = name === `${prefix}session-cookie-name` && /^[A-Za-z0-9_-]{1,64}$/.test(value);
          const isNetworks = name === `${prefix}allowlist-source-range` && isNetworkList(value);
          const isServer = name === `${prefix}proxy-ssl-name` && isDnsName(value);
          const isSecret = name === `${prefix}proxy-ssl-secret` && value.startsWith(`${manifest.metadata.namespace}/`);
          const isName = isCookie || isServer || isSecret;
          assert.ok(/^[1-9]\d{0,8}$/.test(value) || fixedWords.has(value) || isNetworks || isName, `${name}: ${value}`);
        }
      }),
      { numRuns: 50 },
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

function annotationsOf(manifest: Manifest): readonly [string, string][] {
  const { objects } = decide(observe(defaulted(manifest)));
  return objects.flatMap(({ metadata }) => Object.entries(metadata.annotations ?? {}));
}

function isDnsName(value: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/.test(value);
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
