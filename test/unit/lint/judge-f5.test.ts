import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { formatProblem } from '../../../src/api/problem.ts';
import { f5Annotations } from '../../../src/lint/f5-annotations.ts';
import { forms } from '../../../src/lint/f5-forms.ts';
import { judgeF5 } from '../../../src/lint/judge-f5.ts';
import type { Effect } from '../../../src/lint/violation.ts';
import { buildIngress, buildPath, type IngressOptions } from './example.ts';

const org = 'nginx.org/';

/** Values that the controller takes: name without `nginx.org/`, value, what must stand beside it. */
const good: readonly (readonly [name: string, value: string, beside?: Readonly<Record<string, string>>])[] = [
  ['proxy-read-timeout', '3600'],
  ['proxy-read-timeout', '3600s'],
  ['proxy-read-timeout', '1h'],
  ['proxy-read-timeout', '1h30m'],
  ['proxy-read-timeout', '1h 30m'],
  ['proxy-read-timeout', '3600000ms'],
  ['proxy-send-timeout', '1y2M3w4d5h6m7s8ms'],
  ['proxy-connect-timeout', '5s'],
  ['fail-timeout', '0'],
  ['proxy-next-upstream-timeout', '0s'],
  ['websocket-services', 'chat'],
  ['websocket-services', 'chat,feed'],
  ['websocket-services', 'feed,chat'],
  ['websocket-services', 'chat,chat'],
  ['ssl-services', 'feed'],
  ['grpc-services', 'chat'],
  ['rewrites', 'serviceName=chat rewrite=/'],
  ['rewrites', 'serviceName=chat rewrite=/a/; serviceName=feed rewrite=/b'],
  ['rewrite-target', '/a/$1'],
  ['sticky-cookie-services', 'serviceName=chat wss expires=1h path=/ws'],
  ['sticky-cookie-services', 'serviceName=chat wss;serviceName=feed feed expires=1h'],
  ['lb-method', 'round_robin'],
  ['lb-method', 'least_conn'],
  ['lb-method', ' ip_hash '],
  ['lb-method', 'random two least_conn'],
  ['lb-method', 'hash $remote_addr'],
  ['lb-method', 'hash $remote_addr consistent'],
  ['limit-req-rate', '10r/s'],
  ['limit-req-rate', '600r/m'],
  ['limit-req-key', '$binary_remote_addr'],
  ['limit-req-burst', '20'],
  ['limit-req-no-delay', 'true'],
  ['limit-req-zone-size', '10m'],
  ['limit-req-reject-code', '429'],
  ['limit-req-log-level', 'warn'],
  ['client-max-body-size', '1g'],
  ['client-body-buffer-size', '16k'],
  ['proxy-buffers', '8 4k'],
  ['proxy-buffer-size', '8k'],
  ['upstream-zone-size', '256k'],
  ['proxy-buffering', 'false'],
  ['ssl-redirect', 'False'],
  ['redirect-to-https', 't'],
  ['http-redirect-code', '308'],
  ['hsts', '1'],
  ['hsts-max-age', '31536000', { hsts: 'true' }],
  ['hsts-include-subdomains', 'true', { hsts: 'true' }],
  ['keepalive', '-1'],
  ['max-conns', '0'],
  ['max-fails', '3'],
  ['listen-ports', '8080,8081'],
  ['listen-ports-ssl', '8443'],
  ['proxy-hide-headers', 'X-Internal, X-Debug'],
  ['proxy-set-headers', 'X-Team: blue, X-Forwarded-ABC'],
  ['proxy-next-upstream', 'error timeout http_502'],
  ['path-regex', 'case_insensitive'],
  ['basic-auth-realm', '', { 'basic-auth-secret': 'users' }],
  ['policies', 'team/allow-office,limits'],
  ['custom-http-errors', '502,503'],
  ['app-root', '/app'],
  ['ssl-ciphers', 'ECDHE+AESGCM:!aNULL'],
  ['server-tokens', 'false'],
  ['use-cluster-ip', 'true'],
  ['proxy-redirect-from', 'http://chat.example.com/', { 'proxy-redirect-to': '/' }],
];

/** Values that it does not take, and the message. */
const bad: readonly (readonly [name: string, value: string, message: RegExp, effect?: Effect])[] = [
  ['proxy-read-timeout', '', /found "", must be a time of nginx with a unit, such as "3600s" or "1h30m"$/],
  ['proxy-read-timeout', ' ', /must be a time of nginx/],
  ['proxy-read-timeout', '3600S', /found "3600S", must be a time of nginx/],
  ['proxy-read-timeout', '60 s', /found "60 s", must be a time of nginx/],
  ['proxy-read-timeout', 'abc', /must be a time of nginx/],
  ['proxy-read-timeout', '-1', /must be a time of nginx/],
  ['proxy-read-timeout', '1.5h', /must be a time of nginx/],
  ['proxy-read-timeout', '30m1h', /must be a time of nginx/],
  ['proxy-read-timeout', '0', /found "0", must be more than 0: every request would get 504$/, 'harmful'],
  ['proxy-send-timeout', '0s', /must be more than 0/, 'harmful'],
  ['proxy-connect-timeout', '0h 0m', /must be more than 0/, 'harmful'],
  ['fail-timeout', 'never', /must be a time of nginx/],
  ['websocket-services', '', /found "", must have a value, or be removed$/],
  [
    'websocket-services',
    'nope',
    /must name Services of this Ingress' own paths only, "nope" is none: write "chat,feed" or some of them$/,
  ],
  ['websocket-services', 'chat,nope,none', /"nope", "none" is none/],
  ['websocket-services', 'chat, feed', /must have no blanks, they would belong to the names: write "chat,feed"/],
  ['websocket-services', ' chat ', /must have no blanks/],
  ['websocket-services', 'chat,', /must have a name between its commas, and none at its end/],
  ['websocket-services', ',chat', /must have a name between its commas/],
  ['websocket-services', 'chat;feed', /"chat;feed" is none/],
  ['websocket-services', 'team/chat', /"team\/chat" is none/],
  ['ssl-services', 'Chat', /"Chat" is none/],
  ['grpc-services', '', /must have a value, or be removed/],
  ['rewrites', 'chat=/', /must be "serviceName=NAME rewrite=\/PATH", with ; between several and none at the end$/],
  ['rewrites', 'serviceName=chat rewrite=/;', /must be "serviceName=NAME rewrite=\/PATH"/],
  ['rewrites', 'serviceName=chat rewrite=a', /must rewrite to a path that begins with \//],
  ['rewrites', 'serviceName=nope rewrite=/', /"nope" is none/],
  ['rewrite-target', 'http://evil.example.com/', /must be a path that begins with one \//],
  ['rewrite-target', '//evil.example.com/', /must be a path that begins with one \//],
  ['rewrite-target', '/a/../b', /must be a path that begins with one \//],
  ['rewrite-target', '/a;b', /must be a path that begins with one \//],
  ['sticky-cookie-services', 'chat wss', /must be "serviceName=NAME COOKIE/],
  ['sticky-cookie-services', 'serviceName=chat', /must be "serviceName=NAME COOKIE/],
  ['sticky-cookie-services', 'serviceName=chat wss; serviceName=feed feed', /with ; and no blank between several/],
  ['sticky-cookie-services', 'serviceName=chat wss path=$uri', /must have every '"' escaped, no \$/],
  ['sticky-cookie-services', 'serviceName=nope wss', /"nope" is none.*only its log tells$/, 'ignored'],
  ['lb-method', 'least_time header', /must be one of "round_robin", .* or "hash KEY \[consistent\]"$/],
  ['lb-method', 'leastconn', /must be one of "round_robin"/],
  ['lb-method', 'hash', /or "hash KEY \[consistent\]"/],
  ['lb-method', 'hash $remote_addr sticky', /or "hash KEY \[consistent\]"/],
  ['lb-method', 'hash $a; ip_hash', /or "hash KEY \[consistent\]"/],
  [
    'limit-req-rate',
    '10',
    /must be requests per second or minute, more than 0, such as "10r\/s", or the controller goes on without it; only its log tells$/,
    'ignored',
  ],
  ['limit-req-rate', '0r/s', /more than 0/, 'ignored'],
  ['limit-req-rate', '10r/h', /must be requests per second/, 'ignored'],
  ['limit-req-burst', 'many', /must be a whole number that is not negative/, 'ignored'],
  ['limit-req-reject-code', '200', /must be an HTTP code from 400 to 599/, 'ignored'],
  ['limit-req-log-level', 'debug', /must be one of "info", "notice", "warn", "error"/, 'ignored'],
  ['client-max-body-size', '1t', /must be a size such as "10m" or "1g"$/],
  ['proxy-buffer-size', '1g', /must be a size such as "8k" or "10m"$/],
  ['proxy-buffers', '4k', /must be a number of buffers, a blank and their size/],
  ['proxy-buffering', 'on', /found "on", must be "true" or "false"$/],
  ['ssl-redirect', 'yes', /must be "true" or "false"/],
  ['http-redirect-code', '303', /must be one of "301", "302", "307", "308"$/],
  ['hsts-max-age', '31536000', /must have nginx\.org\/hsts beside it$/],
  ['keepalive', '16s', /must be a whole number/],
  ['max-conns', '-1', /must be a whole number that is not negative/],
  ['listen-ports', '80, 81', /must be ports from 1 to 65535 with commas and without blanks/],
  ['listen-ports', '0', /must be ports from 1 to 65535/],
  ['listen-ports-ssl', '70000', /must be ports from 1 to 65535/],
  ['proxy-hide-headers', 'X_Internal', /must be names of headers with commas/],
  ['proxy-set-headers', 'X-Host: $host', /must be headers with commas, each a name or "Name: value", without \$$/],
  ['proxy-next-upstream', 'error,timeout', /must be cases of proxy_next_upstream/],
  ['path-regex', 'true', /must be one of "case_sensitive", "case_insensitive", "exact"/],
  ['basic-auth-realm', 'Chat', /must have nginx\.org\/basic-auth-secret beside it/],
  ['mergeable-ingress-type', 'slave', /must be one of "master", "minion"$/],
  ['mergeable-ingress-type', 'Master', /must be one of "master", "minion"$/],
  ['server-snippets', 'deny all;', /must be removed: snippets are off by default \(-enable-snippets\)$/],
  ['location-snippets', '', /must be removed: snippets are off/],
  ['app-root', '/', /must be a path such as "\/app"/],
  ['websocket-service', 'chat', /must be an annotation that F5's controller knows: this one does nothing$/, 'ignored'],
];

function judge(options: IngressOptions): readonly string[] {
  return judgeF5(buildIngress({ paths: ['/ws chat', '/feed feed'], ...options })).map(
    (violation) => `${violation.effect} ${formatProblem(violation)}`,
  );
}

suite("annotations of F5's controller", () => {
  test('have at least 60 cases each way', () => {
    assert.ok(good.length >= 60 && bad.length >= 60, `${good.length} good, ${bad.length} bad`);
  });

  for (const [name, value, beside = {}] of good) {
    test(`${name}: ${JSON.stringify(value)} is taken`, () => {
      const others = Object.entries(beside).map(([other, text]) => [org + other, text] as const);
      assert.deepEqual(judge({ annotations: { ...Object.fromEntries(others), [org + name]: value } }), []);
    });
  }

  for (const [name, value, message, effect = 'rejected'] of bad) {
    test(`${name}: ${JSON.stringify(value)} is ${effect}`, () => {
      const found = judge({ annotations: { [org + name]: value } });
      assert.equal(found.length, 1, found.join('\n'));
      assert.ok(found[0]?.startsWith(`${effect} metadata.annotations["${org}${name}"]: found `), found.join());
      assert.match(found[0] ?? '', message);
    });
  }

  test('of NGINX Plus are refused by the open controller', () => {
    assert.match(
      judge({ annotations: { 'nginx.com/health-checks': 'true' } }).join(),
      /must be removed: it takes NGINX Plus$/,
    );
    const object = buildIngress({ annotations: { 'nginx.com/health-checks': 'true' } });
    assert.deepEqual(judgeF5(object, { isPlus: true }), []);
  });

  test('are judged in no time, whatever they are', () => {
    const start = process.hrtime.bigint();
    for (const name of f5Annotations.keys()) {
      for (const unit of ['a', 'a,', '1', ' ', 'a.', 'error ', '/', '1h ', 'serviceName=a ', '\\', '%']) {
        judge({ annotations: { [name]: `${unit.repeat(5000)}!` }, paths: [`/${unit.repeat(2000)}!`] });
      }
    }
    assert.ok(process.hrtime.bigint() - start < 5_000_000_000n);
  });

  test('of others are none of its business', () => {
    const annotations = { 'nginx.ingress.kubernetes.io/proxy-read-timeout': '3600s', 'example.com/a': '' };
    assert.deepEqual(judge({ annotations }), []);
  });

  test('of every name in the table have a form', () => {
    for (const [name, { form, needs }] of f5Annotations) {
      const named = ['services', 'rewrites', 'stickyServices', 'plus', 'snippet'];
      assert.ok(named.includes(form) || form in forms, `${name}: ${form}`);
      assert.ok(needs === undefined || f5Annotations.has(needs), name);
    }
  });
});

const master = { [`${org}mergeable-ingress-type`]: 'master' };
const minion = { [`${org}mergeable-ingress-type`]: 'minion' };
const twoRules = {
  rules: ['a', 'b'].map((name) => ({ host: `${name}.example.com`, http: { paths: [buildPath('/ws')] } })),
};

const specs: readonly (readonly [what: string, IngressOptions, expected: readonly RegExp[]])[] = [
  ['a master with TLS and no paths', { annotations: master, paths: [], tls: true }, []],
  ['a master without TLS', { annotations: master, paths: [] }, []],
  ['a minion with paths', { annotations: { ...minion, [`${org}websocket-services`]: 'chat' } }, []],
  ['a plain Ingress with TLS', { tls: true }, []],
  ['a plain Ingress with two hosts', { spec: twoRules }, []],
  ['a wildcard', { host: '*.example.com', tls: true }, []],
  ['a path of a regular expression', { paths: ['/chat/[a-z]{2,4}'], pathType: 'ImplementationSpecific' }, []],
  [
    'a master with paths',
    { annotations: master },
    [/^rejected spec\.rules\[0\]\.http\.paths: found 2, must be none on a master: they belong to its minions$/],
  ],
  [
    'a master with two rules',
    { annotations: master, spec: { rules: [{ host: 'a.example.com' }, { host: 'b.example.com' }] } },
    [/^rejected spec\.rules: found 2, must be exactly 1 on a master$/],
  ],
  [
    'websocket-services on a master',
    { annotations: { ...master, [`${org}websocket-services`]: 'chat' }, paths: [] },
    [
      /^rejected .*websocket-services.*: found "chat", must name Services of this Ingress' own paths only, "chat" is none: it has no paths, remove it$/,
    ],
  ],
  [
    'use-cluster-ip on a master',
    { annotations: { ...master, [`${org}use-cluster-ip`]: 'true' }, paths: [] },
    [/^ignored .*must stand on the minion: the controller ignores it on a master, and only its log tells$/],
  ],
  [
    'a minion with TLS',
    { annotations: minion, tls: true },
    [/^rejected spec\.tls: found 1, must be none on a minion: TLS belongs to the master$/],
  ],
  [
    'a minion with two rules',
    { annotations: minion, spec: twoRules },
    [/^rejected spec\.rules: found 2, must be exactly 1 on a minion$/],
  ],
  [
    'a minion without paths',
    { annotations: minion, paths: [] },
    [/^rejected spec\.rules\[0\]\.http\.paths: must be at least one on a minion$/],
  ],
  ...['ssl-redirect', 'redirect-to-https', 'hsts', 'server-tokens'].map(
    (name) =>
      [
        `${name} on a minion`,
        { annotations: { ...minion, [org + name]: 'true' } },
        [/^ignored .*must stand on the master: the controller ignores it on a minion/],
      ] as const,
  ),
  [
    'listen-ports-ssl on a minion',
    { annotations: { ...minion, [`${org}listen-ports-ssl`]: '8443' } },
    [/must stand on the master/],
  ],
  [
    'the old ssl-redirect on a minion',
    { annotations: { ...minion, 'ingress.kubernetes.io/ssl-redirect': 'false' } },
    [/must stand on the master/],
  ],
  [
    'a rule without a host',
    { host: '' },
    [/^rejected spec\.rules\[0\]\.host: must be a host: F5's controller takes no rule without one$/],
  ],
  [
    'a host twice',
    { spec: { rules: [...twoRules.rules, twoRules.rules[0]] } },
    [/^rejected spec\.rules\[2\]\.host: found "a\.example\.com", must be in one rule only/],
  ],
  [
    'no rules',
    { spec: { rules: [], defaultBackend: { service: { name: 'chat' } } } },
    [/^rejected spec\.rules: must have a rule$/],
  ],
  [
    'a path with a blank',
    { spec: { rules: [{ host: 'a.example.com', http: { paths: [{ ...buildPath('/'), path: '/a b' }] } }] } },
    [
      /^rejected spec\.rules\[0\]\.http\.paths\[0\]\.path: found "\/a b", must begin with \/ and have no blanks and no ;$/,
    ],
  ],
  ['a path with letters in braces', { paths: ['/{id}'] }, [/must have no letters in curly braces$/]],
  [
    'no path',
    { spec: { rules: [{ host: 'a.example.com', http: { paths: [{ ...buildPath('/'), path: '' }] } }] } },
    [/must be given for Exact and Prefix$/],
  ],
  [
    'a backend that is no Service',
    {
      spec: {
        rules: [
          {
            host: 'a.example.com',
            http: { paths: [{ path: '/', pathType: 'Prefix', backend: { resource: { kind: 'Bucket', name: 'b' } } }] },
          },
        ],
      },
    },
    [/^rejected spec\.rules\[0\]\.http\.paths\[0\]\.backend: must be a Service/],
  ],
  [
    'TLS for another host',
    { spec: { tls: [{ hosts: ['other.example.com'], secretName: 'a' }] } },
    [
      /^harmful spec\.tls: must hold every host of the rules, word by word: without it clients get TLS alert 112; add chat\.example\.com$/,
    ],
  ],
  ['TLS without hosts', { spec: { tls: [{ secretName: 'a' }] } }, [/^harmful spec\.tls: /]],
];

suite("whole Ingresses and F5's controller", () => {
  for (const [what, options, expected] of specs) {
    test(`${what} ${expected.length === 0 ? 'is taken' : 'is found'}`, () => {
      const found = judge(options);
      assert.equal(found.length, expected.length, found.join('\n'));
      for (const [index, pattern] of expected.entries()) assert.match(found[index] ?? '', pattern);
    });
  }
});
