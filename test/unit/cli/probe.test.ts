import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type ProbeFlags, readOrder } from '../../../src/cli/probe-order.ts';
import { formatResult } from '../../../src/cli/probe-report.ts';
import { defaultDeadlines } from '../../../src/probe/target.ts';

const flags: ProbeFlags = { ping: true };

suite('what wss probe is asked for', () => {
  test('is a target', () => {
    const order = readOrder('wss://Chat.test:8443/a b?c', { ...flags, connect: '[::1]:1', timeout: '500ms' });
    assert.deepEqual(order, {
      isValid: true,
      subject: {
        kind: 'url',
        target: {
          host: 'chat.test',
          port: 8443,
          path: '/a%20b?c',
          connect: { address: '::1', port: 1 },
          isTls: true,
          isPinged: true,
        },
      },
      deadlines: { connectMs: 500, tlsMs: 500, upgradeMs: 500, pingMs: 500 },
    });
  });

  test('leads to the address of the URL where none is given', () => {
    const order = readOrder('ws://[::1]', { ...flags, ping: false });
    assert.ok(order.isValid && order.subject.kind === 'url');
    assert.deepEqual(order.subject.target, {
      host: '::1',
      port: 80,
      path: '/',
      connect: { address: '::1', port: 80 },
      isTls: false,
      isPinged: false,
    });
  });

  for (const [url, changes, says] of [
    ['chat.test', {}, /^"chat\.test" must be a URL such as wss:/],
    ['https://chat.test', {}, /must be a URL/],
    ['wss://a:b@chat.test', {}, /user/],
    ['wss://chat.test/#x', {}, /fragment/],
    ['wss://chat.test:0/', {}, /^port 0/],
    ['wss://chat.test', { timeout: '10' }, /^--timeout "10" must be/],
    ['wss://chat.test', { timeout: '0s' }, /^--timeout/],
    ['wss://chat.test', { timeout: '11m' }, /^--timeout/],
    ['wss://chat.test', { connect: 'a' }, /^--connect "a" must be HOST:PORT/],
    ['wss://chat.test', { connect: 'a:70000' }, /^--connect/],
    ['wss://chat.test', { connect: '::1:443' }, /^--connect/],
    ['wss://chat.test', { origin: 'app.test' }, /^--origin/],
    ['wss://chat.test', { origin: 'https://app.test/' }, /^--origin/],
    ['wss://chat.test', { subprotocol: ['a b'] }, /^subprotocol "a b"/],
    ['wss://chat.test', { idle: '200h' }, /^--idle "200h" must be/],
    ['wss://chat.test', { idle: '' }, /^--idle "" must be/],
    ['wss://chat.test', { namespace: 'a' }, /^--namespace goes with --all or --route/],
    ['wss://chat.test', { kubeconfig: 'a' }, /^--kubeconfig goes with/],
    ['wss://chat.test', { all: true }, /^give one of a URL/],
    [undefined, {}, /^give one of a URL/],
    [undefined, { all: true, route: 'a/b' }, /^give one of a URL/],
    [undefined, { all: true, idle: '5s' }, /^--idle goes with a URL or --route/],
    [undefined, { all: true, connect: 'a:1' }, /^--connect goes with a URL/],
    [undefined, { all: true, namespace: '' }, /^--namespace "" must be/],
    [undefined, { route: 'a/b/c' }, /^--route "a\/b\/c" must be NAMESPACE\/NAME/],
    [undefined, { route: 'a/b', namespace: 'c' }, /must not differ/],
    [undefined, { route: 'a/b', subprotocol: ['c'] }, /^--subprotocol goes with a URL/],
    ['wss://chat.test/\u202e\u001b', { timeout: '\u202e\u001b' }, /\\u202e\\u001b/],
  ] as const) {
    test(`must not be ${JSON.stringify([url, changes])}`, () => {
      const order = readOrder(url, { ...flags, ...changes });
      assert.ok(!order.isValid);
      assert.match(order.because, says);
    });
  }
});

suite('the routes that wss probe is asked for', () => {
  test('get the time that the operator gives them', () => {
    const order = readOrder(undefined, { ...flags, route: 'a/b' });
    assert.deepEqual(order.isValid && order.deadlines, defaultDeadlines);
  });

  for (const [changes, subject] of [
    [{ all: true }, { kind: 'all' }],
    [
      { all: true, namespace: 'a' },
      { kind: 'all', namespace: 'a' },
    ],
    [{ route: 'b' }, { kind: 'route', name: 'b' }],
    [
      { route: 'b', namespace: 'a' },
      { kind: 'route', name: 'b', namespace: 'a' },
    ],
    [
      { route: 'a/b.c', namespace: 'a' },
      { kind: 'route', name: 'b.c', namespace: 'a' },
    ],
  ] as const) {
    test(`are those of ${JSON.stringify(changes)}`, () => {
      const order = readOrder(undefined, { ...flags, ...changes });
      assert.deepEqual(order.isValid && order.subject, subject);
    });
  }

  test('may be silent for a week', () => {
    const order = readOrder(undefined, { ...flags, route: 'a/b', idle: '168h' });
    assert.deepEqual(order.isValid && order.idle, { ms: 604_800_000, isPinged: true });
  });
});

test('the table names the first broken link, then what was found and the cure', () => {
  const text = formatResult({
    isReachable: false,
    reason: 'NoTLS',
    message: 'plain HTTP: turn TLS on',
    found: 'plain HTTP',
    cure: 'turn TLS on',
    steps: [
      { name: 'tcp', result: 'passed', ms: 3, detail: '192.0.2.1:443' },
      { name: 'tls', result: 'failed', ms: 1234, detail: 'plain HTTP' },
      { name: 'certificate', result: 'skipped', ms: 0, detail: '' },
    ],
    latencyMs: 1237,
  });
  assert.deepEqual(text.split('\n'), [
    'tcp          passed       3 ms  192.0.2.1:443',
    'tls          failed    1234 ms  NoTLS',
    'certificate  skipped',
    '',
    'NoTLS: plain HTTP',
    'cure: turn TLS on',
    '',
  ]);
});
