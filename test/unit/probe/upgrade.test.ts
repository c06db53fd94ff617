import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { judgeAnswer, toHttpFacts } from '../../../src/probe/judge-answer.ts';
import { judgeExtensions } from '../../../src/probe/judge-extensions.ts';
import { explainRefusal } from '../../../src/probe/refusal.ts';
import { findFlaw, type Target } from '../../../src/probe/target.ts';
import { mostHeadBytes, readAnswer, type UpgradeAnswer } from '../../../src/probe/upgrade-answer.ts';
import { composeRequest, computeAccept } from '../../../src/probe/upgrade-request.ts';

const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const accept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const target: Target = { host: 'chat.test', port: 443, path: '/ws', connect: { address: '192.0.2.1', port: 443 } };

suite('the request', () => {
  test('has the accept of RFC 6455, section 1.3', () => assert.equal(computeAccept(key), accept));

  test('is the one that browsers send', () => {
    const lines = composeRequest({ ...target, origin: 'https://a.test', subprotocols: ['x', 'y'] }, key).split('\r\n');
    assert.deepEqual(lines, [
      'GET /ws HTTP/1.1',
      'Host: chat.test',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Key: ${key}`,
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
      'Sec-WebSocket-Protocol: x, y',
      'Origin: https://a.test',
      'User-Agent: wss-probe',
      '',
      '',
    ]);
  });

  for (const [changes, host] of [
    [{ port: 8443 }, 'chat.test:8443'],
    [{ port: 443, isTls: false }, 'chat.test:443'],
    [{ port: 80, isTls: false }, 'chat.test'],
    [{ host: '2001:db8::1' }, '[2001:db8::1]'],
    [{ host: '2001:db8::1', port: 1 }, '[2001:db8::1]:1'],
  ] as const) {
    test(`goes to ${host}`, () => {
      assert.ok(composeRequest({ ...target, ...changes }, key).includes(`\r\nHost: ${host}\r\n`));
    });
  }

  test('is not composed of what would break it', () => {
    assert.equal(findFlaw(target), undefined);
    for (const [changes, says] of [
      [{ host: 'a b' }, /^host "a b"/],
      [{ host: '' }, /^host/],
      [{ path: 'ws' }, /^path "ws"/],
      [{ path: '/\r\n' }, /^path/],
      [{ path: '/ü' }, /^path/],
      [{ origin: 'a\nb' }, /^origin/],
      [{ subprotocols: ['a', ''] }, /^subprotocol ""/],
      [{ port: 65_536 }, /^port 65536/],
      [{ connect: { address: '', port: 1 } }, /^the address/],
      [{ connect: { address: 'a', port: 1.5 } }, /^port 1\.5 to connect to/],
    ] as const) {
      assert.match(findFlaw({ ...target, ...changes }) ?? '', says);
    }
  });
});

suite('the head of an answer', () => {
  const head =
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Switching Protocols\r\nUPGRADE: WebSocket\r\nX-A:1\r\nx-a: \t2 \r\n\r\n';

  test('is read however it is cut, interim answers passed over', () => {
    const bytes = Buffer.from(`${head}rest`);
    for (let length = 0; length < head.length; length += 1) {
      assert.deepEqual(readAnswer(bytes.subarray(0, length)), { kind: 'incomplete' }, `${length} bytes`);
    }
    const { version, status, headers, rest } = expectAnswer(bytes);
    assert.deepEqual([version, status, rest.toString()], ['1.1', 101, 'rest']);
    assert.deepEqual(
      [...headers],
      [
        ['upgrade', 'WebSocket'],
        ['x-a', '1, 2'],
      ],
    );
  });

  test('may lack a phrase', () => assert.equal(expectAnswer(Buffer.from('HTTP/1.0 404\r\n\r\n')).status, 404));

  for (const [what, bytes, problem] of [
    ['another protocol', 'SSH-2.0', /HTTP\/1\.1/],
    ['a TLS alert', '\x15\x03\x01', /TLS/],
    ['HTTP/2', 'HTTP/2 200\r\n\r\n', /HTTP\/1\.1/],
    ['a status of two digits', 'HTTP/1.1 99\r\n\r\n', /status/],
    ['a folded header', 'HTTP/1.1 200 OK\r\na: b\r\n c\r\n\r\n', /header/],
    ['a blank before the colon', 'HTTP/1.1 200 OK\r\na : b\r\n\r\n', /header/],
    ['no end', `HTTP/1.1 200 OK\r\na: ${'b'.repeat(mostHeadBytes)}`, /16 KiB/],
    ['an end too late', `HTTP/1.1 200 OK\r\na: ${'b'.repeat(mostHeadBytes)}\r\n\r\n`, /16 KiB/],
  ] as const) {
    test(`with ${what} is none`, () => {
      const reading = readAnswer(Buffer.from(bytes, 'latin1'));
      assert.equal(reading.kind, 'broken');
      if (reading.kind === 'broken') assert.match(reading.problem, problem);
    });
  }

  function expectAnswer(bytes: Buffer): UpgradeAnswer {
    const reading = readAnswer(bytes);
    if (reading.kind !== 'answer') throw new assert.AssertionError({ message: JSON.stringify(reading) });
    return reading.answer;
  }
});

suite('an answer', () => {
  const good = { upgrade: 'WebSocket', connection: 'keep-alive, Upgrade', 'sec-websocket-accept': accept };

  function judge(headers: Readonly<Record<string, string>>, subprotocols: readonly string[] = []) {
    const answer: UpgradeAnswer = {
      version: '1.1',
      status: 101,
      headers: new Map(Object.entries(headers)),
      rest: Buffer.alloc(0),
    };
    return judgeAnswer(answer, { path: '/ws', accept, subprotocols })?.reason;
  }

  test('is judged as browsers do', () => {
    assert.equal(judge(good), undefined);
    assert.equal(judge({ ...good, 'sec-websocket-protocol': 'b' }, ['a', 'b']), undefined);
    assert.equal(judge({ ...good, 'sec-websocket-protocol': 'a, b' }, ['a', 'b']), 'BadSubprotocol');
    assert.equal(judge({ ...good, 'sec-websocket-protocol': 'A' }, ['a']), 'BadSubprotocol');
    assert.equal(judge({ ...good, 'sec-websocket-accept': `${accept}, ${accept}` }), 'BadAccept');
    assert.equal(judge({ ...good, 'sec-websocket-accept': accept.toLowerCase() }), 'BadAccept');
    assert.equal(judge({ ...good, connection: 'close' }), 'BadAnswer');
  });

  for (const extensions of [
    'permessage-deflate',
    'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
    'permessage-deflate;server_max_window_bits=15;client_max_window_bits="8"',
  ]) {
    test(`may take ${extensions}`, () => {
      assert.equal(judge({ ...good, 'sec-websocket-extensions': extensions }), undefined);
    });
  }

  for (const [extensions, says] of [
    ['permessage-deflate, x-zip', /extension "x-zip", which was not offered/],
    ['permessage-deflate, permessage-deflate', /permessage-deflate twice/],
    ['permessage-deflate; x=1', /"x=1", which is none/],
    ['permessage-deflate; toString', /"toString", which is none/],
    ['permessage-deflate;', /"", which is none/],
    ['permessage-deflate; server_no_context_takeover=1', /has no value/],
    ['permessage-deflate; server_no_context_takeover; server_no_context_takeover', /takeover twice/],
    ['permessage-deflate; client_max_window_bits', /must be 8 to 15/],
    ['permessage-deflate; client_max_window_bits=7', /must be 8 to 15/],
    ['permessage-deflate; server_max_window_bits=16', /must be 8 to 15/],
    ['permessage-deflate; server_max_window_bits=08', /must be 8 to 15/],
    ['permessage-deflate; server_max_window_bits="1\u001b[2J"', /"1 \[2J""?, which must be/],
  ] as const) {
    test(`must not take ${JSON.stringify(extensions)}`, () => {
      assert.match(judgeExtensions(extensions)?.found ?? '', says);
      assert.equal(judge({ ...good, 'sec-websocket-extensions': extensions }), 'BadAnswer');
    });
  }

  test('is told without what acts on a terminal', () => {
    const headers = new Map([['location', `/\u001b[2J\u009b\u202e${'x'.repeat(10_000)}`]]);
    const { location = '' } = toHttpFacts({ version: '1.1', status: 302, headers, rest: Buffer.alloc(0) });
    assert.equal(location.length, 200);
    assert.doesNotMatch(location, /[\p{Cc}\p{Cf}]/u);
  });

  test('that leads somewhere is told without what changes from try to try', () => {
    for (const [location, shown] of [
      ['https://login.test/sign-in?state=1#x', 'a redirect to https://login.test/sign-in, and'],
      ['/app;jsessionid=1/x', 'a redirect to /app, and'],
      ['?retry=1', 'a redirect to the same path, and'],
      [undefined, 'a redirect to nowhere, and'],
    ] as const) {
      const { found, detail } = explainRefusal({
        status: 302,
        path: '/ws',
        ...(location !== undefined && { location }),
      });
      assert.ok(found.includes(shown), found);
      assert.equal(detail, location === undefined ? undefined : `to ${location}`);
    }
  });

  test('that only adds a slash is explained so', () => {
    const slash = /with the slash/;
    assert.match(explainRefusal({ status: 301, path: '/ws', location: 'https://chat.test/ws/' }).cure, slash);
    assert.match(explainRefusal({ status: 308, path: '/ws?a=b', location: '/ws/?a=b' }).cure, slash);
    assert.doesNotMatch(explainRefusal({ status: 308, path: '/ws/', location: '/ws/' }).cure, slash);
    assert.doesNotMatch(explainRefusal({ status: 308, path: '/ws', location: 'https://[' }).cure, slash);
  });
});
