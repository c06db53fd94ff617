import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { formatProblem } from '../../../src/api/problem.ts';
import { ingressNginxAnnotations } from '../../../src/lint/ingress-nginx-annotations.ts';
import { forms } from '../../../src/lint/ingress-nginx-forms.ts';
import { type IngressNginxOptions, judgeIngressNginx } from '../../../src/lint/judge-ingress-nginx.ts';
import type { Effect } from '../../../src/lint/violation.ts';
import { buildIngress, type IngressOptions } from './example.ts';

const prefix = 'nginx.ingress.kubernetes.io/';

/** Values that ingress-nginx takes; its own validators said so when they were run. */
const good: readonly (readonly [name: string, ...values: readonly string[]])[] = [
  ['proxy-read-timeout', '3600', '+7', '-5', '00012', ''],
  ['proxy-http-version', '1.1', ' 1.0'],
  ['proxy-buffering', 'on', ' off '],
  ['proxy-body-size', '8k', '10 m', '3600', '5G'],
  ['proxy-next-upstream', 'error timeout', 'http_502'],
  ['backend-protocol', 'HTTPS', 'auto_http'],
  ['affinity', 'cookie'],
  ['affinity-mode', 'persistent'],
  ['session-cookie-name', 'wss', 'a/b:c'],
  ['session-cookie-path', '/', '/x?y=1'],
  ['session-cookie-max-age', '0', '3600', '-1'],
  ['session-cookie-samesite', 'None', 'LAX'],
  ['upstream-hash-by', '$remote_addr', '$host-x'],
  ['load-balance', 'ewma'],
  ['limit-rps', '10'],
  ['allowlist-source-range', '10.0.0.0/8, 10.1.0.1', '2001:db8::/32'],
  ['whitelist-source-range', ''],
  ['ssl-redirect', 'true', 'True', '1', 'F'],
  ['ssl-ciphers', 'HIGH@STRENGTH', 'ALL:@SECLEVEL=0'],
  ['auth-url', 'https://$host/x', 'https://example.com/x?y=1'],
  ['auth-tls-match-cn', 'CN=x.*'],
  ['cors-allow-origin', '*', 'https://*.example.com', 'https://a.example.com,https://b.example.com'],
  ['server-alias', 'a.example.com, b.example.com', '~^www\\d+\\.example\\.com$'],
  ['rewrite-target', '/a/$1'],
  ['custom-http-errors', '404,503'],
];

const bad: readonly (readonly [name: string, value: string, effect: Effect, message: RegExp])[] = [
  [
    'proxy-read-timeout',
    '3600s',
    'ignored',
    /found "3600s", must be a whole number of seconds without a unit, such as "3600", or ingress-nginx goes on with its default, without a word$/,
  ],
  ['proxy-send-timeout', '1h', 'ignored', /must be a whole number of seconds without a unit/],
  ['proxy-connect-timeout', '9223372036854775808', 'ignored', /must be a whole number of seconds/],
  ['proxy-buffering', 'true', 'ignored', /must be one of "on", "off"/],
  ['proxy-body-size', '1.5g', 'ignored', /must be a size/],
  ['limit-rps', '10r/s', 'rejected', /must be a whole number, such as "10", or ingress-nginx drops the whole Ingress$/],
  ['limit-connections', 'ten', 'rejected', /drops the whole Ingress$/],
  ['load-balance', 'least_conn', 'rejected', /must be one of "round_robin", "chash", .*drops the whole Ingress$/],
  ['connection-proxy-header', 'upgrade', 'rejected', /must be "close" or "keep-alive"/],
  [
    'allowlist-source-range',
    '10.0.0.0/33',
    'denied',
    /must be networks or addresses with commas.*, or ingress-nginx answers 503 at all its paths$/,
  ],
  ['allowlist-source-range', '', 'denied', /answers 503/],
  ['denylist-source-range', '10.0.0.0/8,', 'denied', /answers 503/],
  ['whitelist-source-range', '010.0.0.1', 'denied', /answers 503/],
  ['affinity', 'ip', 'ignored', /must be "cookie"/],
  ['session-cookie-secure', 'yes', 'ignored', /must be "true" or "false"/],
  ['session-cookie-name', 'a;b', 'ignored', /must be letters, digits and any of/],
  [
    'upstream-hash-by',
    '$remote_addr\nreturn 200;',
    'rejected',
    /found "\$remote_addr\\nreturn 200;", must be nginx variables/,
  ],
  ['auth-url', 'https://example.com/<x>', 'rejected', /must be a URL/],
  ['auth-signin', 'https://example.com/"', 'ignored', /must be a URL/],
  ['auth-tls-match-cn', 'CN=(', 'ignored', /must be "CN=" and a regular expression/],
  ['permanent-redirect', 'https://a b', 'rejected', /must be a URL without blanks/],
  ['rewrite-target', '/a;b', 'ignored', /must be a path/],
  ['ssl-ciphers', 'ALL;', 'rejected', /must be ciphers/],
  ['server-alias', 'a b', 'rejected', /must be server names/],
  [
    'configuration-snippet',
    'deny all;',
    'rejected',
    /must be removed: snippets are off by default \(allow-snippet-annotations\), and then the webhook refuses the Ingress$/,
  ],
  ['server-snippet', '', 'rejected', /must be removed: snippets are off/],
  ['websocket-services', 'chat', 'ignored', /must be an annotation that ingress-nginx knows: this one does nothing$/],
  ['proxy-read-timeouts', '3600', 'ignored', /must be an annotation that ingress-nginx knows/],
];

function judge(options: IngressOptions, settings: IngressNginxOptions = {}): readonly string[] {
  return judgeIngressNginx(buildIngress(options), settings).map(
    (violation) => `${violation.effect} ${formatProblem(violation)}`,
  );
}

suite('annotations of ingress-nginx', () => {
  for (const [name, ...values] of good) {
    for (const value of values) {
      test(`${name}: ${JSON.stringify(value)} is taken`, () => {
        assert.deepEqual(judge({ annotations: { [prefix + name]: value } }), []);
      });
    }
  }

  for (const [name, value, effect, message] of bad) {
    test(`${name}: ${JSON.stringify(value)} is ${effect}`, () => {
      const found = judge({ annotations: { [prefix + name]: value } });
      assert.equal(found.length, 1, found.join('\n'));
      assert.ok(found[0]?.startsWith(`${effect} metadata.annotations["${prefix}${name}"]: found `), found.join());
      assert.match(found[0] ?? '', message);
    });
  }

  test('are a table without holes', () => {
    assert.equal(ingressNginxAnnotations.size, 139);
    for (const [name, { form, risk, effect }] of ingressNginxAnnotations) {
      assert.ok(form in forms, `${name}: ${form}`);
      assert.match(risk, /^(Low|Medium|High|Critical)$/, name);
      assert.match(effect, /^(rejected|denied|ignored)$/, name);
      assert.equal(risk === 'Critical', name.endsWith('-snippet'), name);
    }
  });

  test('above the risk that the controller takes cost the whole Ingress', () => {
    const annotations = { [`${prefix}upstream-hash-by`]: '$remote_addr' };
    assert.deepEqual(judge({ annotations }), []);
    assert.match(
      judge({ annotations }, { riskLevel: 'Medium' }).join(),
      /^rejected .*must be removed: its risk is High, annotations-risk-level is Medium, and ingress-nginx drops the whole Ingress$/,
    );
    const snippet = { annotations: { [`${prefix}configuration-snippet`]: 'deny all;' } };
    assert.match(
      judge(snippet, { allowsSnippets: true }).join(),
      /its risk is Critical, annotations-risk-level is High/,
    );
    assert.deepEqual(judge(snippet, { allowsSnippets: true, riskLevel: 'Critical' }), []);
  });

  test('of others are none of its business', () => {
    assert.deepEqual(
      judge({ annotations: { 'nginx.org/proxy-read-timeout': 'x', 'nginx.ingress.kubernetes.io': 'x' } }),
      [],
    );
  });

  test('are judged in no time, whatever they are', () => {
    const start = process.hrtime.bigint();
    for (const name of ingressNginxAnnotations.keys()) {
      for (const unit of ['a', 'a,', '1', ' ', 'a.', 'error ', '/'])
        judge({ annotations: { [prefix + name]: `${unit.repeat(5000)}!` } });
    }
    assert.ok(process.hrtime.bigint() - start < 5_000_000_000n);
  });
});

suite('paths of ingress-nginx', () => {
  for (const path of ['/', '/ws', '/a.b/c_d-e/', '/WS', '/..']) {
    test(`${path} is taken`, () => assert.deepEqual(judge({ paths: [path] }), []));
  }

  for (const path of ['/a~b', '/ws$', '/{id}', '/a%20b', '/ä', 'ws', '/(a|b)']) {
    test(`${path} is refused, but for ImplementationSpecific`, () => {
      const found = judge({ paths: [path], pathType: 'Exact' });
      assert.deepEqual(found, [
        `rejected spec.rules[0].http.paths[0].path: found ${JSON.stringify(path)}, must be / and letters, digits or any of . _ - / where pathType is Exact (strict-validate-path-type), or the webhook refuses the Ingress`,
      ]);
      assert.deepEqual(judge({ paths: [path], pathType: 'ImplementationSpecific' }), []);
    });
  }
});
