/** What goes wrong behind a good certificate: the upgrade and the first frames. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { suite, test } from 'node:test';
import type { Target } from '../../src/probe/target.ts';
import { afterSwitch, answering, composeSwitch } from './loopback.ts';
import { type Expectation, expectReason, setUp, targetAt } from './setting.ts';

const { loopback, identity, trust } = await setUp();

const refusals: readonly (readonly [number, RegExp])[] = [
  [200, /web server/],
  [400, /Upgrade headers/],
  [401, /login/],
  [403, /origin/],
  [404, /pathType/],
  [405, /no GET/],
  [421, /does not serve this host/],
  [426, /Upgrade headers were lost/],
  [429, /limit/],
  [500, /backend failed/],
  [502, /cannot talk to the backend/],
  [503, /no Pod of the backend is ready/],
  [504, /in time/],
  [418, /takes no WebSocket/],
];

suite('an answer', { concurrency: true }, () => {
  for (const [status, says] of refusals) {
    test(`with ${status}`, async () => {
      const port = await loopback.serveHttps(identity, (_request, response) => {
        response.writeHead(status).end('x'.repeat(1_000_000));
      });
      const { http, steps } = await expectReason(targetAt(port), trust, { reason: 'UpgradeRefused', says });
      assert.equal(http?.status, status);
      assert.equal(steps.find(({ result }) => result === 'failed')?.name, 'upgrade');
    });
  }

  for (const [status, location, says] of [
    [301, 'https://chat.test/socket/', /slash/],
    [308, 'https://other.test/', /https:\/\/other\.test\/.*browsers follow none/],
    [302, '/login?\u001b[2Jx', /login/],
    [307, undefined, /to nowhere/],
  ] as const) {
    test(`with ${status} to ${JSON.stringify(location)}`, async () => {
      const head = `HTTP/1.1 ${status} Moved\r\n${location === undefined ? '' : `Location: ${location}\r\n`}\r\n`;
      const port = await loopback.serveTls(
        identity,
        {},
        answering(() => head),
      );
      const { http } = await expectReason(targetAt(port), trust, { reason: 'UpgradeRefused', says });
      assert.doesNotMatch(http?.location ?? '', /\p{Cc}/u);
    });
  }
});

type Case = readonly [string, (socket: Socket) => void, Expectation, Partial<Target>?];

const text = Buffer.from([0x81, 2, 0x68, 0x69]);
const close1008 = composeClose(1008, 'login');

const cases: readonly Case[] = [
  [
    'a wrong accept',
    answering((head) => composeSwitch(head, { 'Sec-WebSocket-Accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' })),
    { reason: 'BadAccept', says: /another key/ },
  ],
  [
    'no accept',
    answering((head) => composeSwitch(head, { 'Sec-WebSocket-Accept': undefined })),
    { reason: 'BadAccept', says: /lacks/ },
  ],
  [
    'an upgrade to something else',
    answering((head) => composeSwitch(head, { Upgrade: 'h2c' })),
    { reason: 'BadAnswer', says: /h2c/ },
  ],
  [
    'no Connection',
    answering((head) => composeSwitch(head, { Connection: undefined })),
    { reason: 'BadAnswer', says: /Connection/ },
  ],
  [
    'a subprotocol that was not offered',
    answering((head) => composeSwitch(head, { 'Sec-WebSocket-Protocol': 'mqtt' })),
    { reason: 'BadSubprotocol', says: /"mqtt".*none was offered/ },
  ],
  [
    'no subprotocol',
    answering(composeSwitch),
    { reason: 'BadSubprotocol', says: /none, stomp/ },
    { subprotocols: ['stomp'] },
  ],
  [
    'another subprotocol',
    answering((head) => composeSwitch(head, { 'Sec-WebSocket-Protocol': 'mqtt' })),
    { reason: 'BadSubprotocol', says: /"mqtt", stomp, wamp was offered/ },
    { subprotocols: ['stomp', 'wamp'] },
  ],
  [
    'an extension that was not offered',
    answering((head) => composeSwitch(head, { 'Sec-WebSocket-Extensions': 'x-zip' })),
    { reason: 'BadAnswer', says: /x-zip/ },
  ],
  ...['client_max_window_bits', 'server_max_window_bits=16', 'x=1'].map(
    (parameter): Case => [
      `compression with ${parameter}`,
      answering((head) => composeSwitch(head, { 'Sec-WebSocket-Extensions': `permessage-deflate; ${parameter}` })),
      { reason: 'BadAnswer', says: new RegExp(`permessage-deflate with the parameter "${parameter}"`) },
    ],
  ),
  [
    'compression with windows of its own',
    answering(
      (head) =>
        composeSwitch(head, {
          'Sec-WebSocket-Extensions': 'permessage-deflate; server_max_window_bits=9; client_max_window_bits=15',
        }),
      (socket) => socket.end(close1008),
    ),
    { reason: 'Connected' },
  ],
  [
    'HTTP/1.0',
    answering((head) => composeSwitch(head).replace('HTTP/1.1', 'HTTP/1.0')),
    { reason: 'BadAnswer', says: /HTTP\/1\.0/ },
  ],
  ['another protocol', answering(() => 'SSH-2.0-OpenSSH_9.2\r\n'), { reason: 'BadAnswer', says: /not speak HTTP/ }],
  [
    'a header that is none',
    answering(() => 'HTTP/1.1 101 OK\r\nfoo\r\n\r\n'),
    { reason: 'BadAnswer', says: /no header/ },
  ],
  [
    'headers without end',
    answering(
      () => 'HTTP/1.1 101 OK\r\n',
      (socket) => pour(socket, `X-Long: ${'x'.repeat(1000)}\r\n`),
    ),
    { reason: 'BadAnswer', says: /16 KiB/ },
  ],
  [
    'interim answers without end',
    answering(
      () => 'HTTP/1.1 100 Continue\r\n\r\n',
      (socket) => pour(socket, 'HTTP/1.1 100 Continue\r\n\r\n'),
    ),
    { reason: 'BadAnswer', says: /16 KiB/ },
  ],
  ['no answer', () => {}, { reason: 'UpgradeTimeout', details: /no answer within 400 ms/ }],
  ['half an answer', answering(() => 'HTTP/1.1 101 Switch'), { reason: 'UpgradeTimeout' }],
  [
    'an answer drop by drop',
    (socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 100 Continue\r\n\r\n'), 20);
      socket.on('close', () => clearInterval(timer));
    },
    { reason: 'UpgradeTimeout' },
  ],
  [
    'an end instead of an answer',
    (socket) => socket.once('data', () => socket.end()),
    { reason: 'BadAnswer', says: /closed before/ },
  ],
  [
    'an end after 101',
    afterSwitch('', (socket) => socket.end()),
    { reason: 'ClosedAtOnce', says: /without a close frame/ },
  ],
  [
    'an end after 101, without a ping',
    afterSwitch('', (socket) => socket.end()),
    { reason: 'ClosedAtOnce' },
    { isPinged: false },
  ],
  ['a reset after 101', afterSwitch('', (socket) => socket.destroy()), { reason: 'ClosedAtOnce' }],
  ['an end after a message', afterSwitch(text, (socket) => socket.end()), { reason: 'ClosedAtOnce' }],
  [
    'an end after a message, without a ping',
    afterSwitch(text, (socket) => setTimeout(() => socket.end(), 50)),
    { reason: 'ClosedAtOnce', says: /without a close frame/ },
    { isPinged: false },
  ],
  ...([1011, 1012, 1013, 1014] as const).flatMap((code): readonly Case[] =>
    [true, false].map((isPinged) => [
      `a close with ${code} after a message, ${isPinged ? 'with' : 'without'} a ping`,
      afterSwitch(Buffer.concat([text, composeClose(code, 'sorry')]), (socket) => socket.end()),
      {
        reason: 'ClosedAtOnce',
        says: new RegExp(`closed with ${code}, which says that .*with 1008`),
        details: /"sorry"/,
      },
      { isPinged },
    ]),
  ),
  [
    'an end after 101, sooner or later, with and without an error',
    afterSwitch('', (socket) =>
      setTimeout(() => (Math.random() < 0.5 ? socket.end() : socket.destroy()), 100 * Math.random()),
    ),
    { reason: 'ClosedAtOnce', details: /^after \d+ ms/ },
  ],
  ['noise after 101', afterSwitch('', noise), { reason: 'BadAnswer', says: /no WebSocket frame/ }],
  [
    'another login each time',
    answering(
      () => `HTTP/1.1 302 Found\r\nLocation: /login;jsessionid=${Math.random()}?state=${Math.random()}\r\n\r\n`,
    ),
    { reason: 'UpgradeRefused', says: /a redirect to \/login, and/, details: /to \/login;jsessionid=0\.\d+\?state=/ },
  ],
  [
    'a part of an answer, or none, and then the end',
    answering(
      () => 'HTTP/1.1 101'.slice(0, Math.round(12 * Math.random())),
      (socket) => (Math.random() < 0.5 ? socket.end() : socket.destroy()),
    ),
    { reason: 'BadAnswer', says: /closed before/ },
  ],
  ['HTML after 101', afterSwitch('<html>'), { reason: 'BadAnswer', says: /no WebSocket frame/ }],
  ['a masked frame', afterSwitch(Buffer.from([0x81, 0x80, 1, 2, 3, 4])), { reason: 'BadAnswer', details: /masked/ }],
  [
    'compression that was not agreed',
    afterSwitch(Buffer.from([0xc1, 0])),
    { reason: 'BadAnswer', details: /reserved/ },
  ],
  ['silence after 101', afterSwitch(''), { reason: 'PingTimeout' }],
  ['messages and no pong', afterSwitch(text, (socket) => socket.write(text)), { reason: 'PingTimeout' }],
  ['a pong to nobody', afterSwitch(Buffer.from([0x8a, 1, 0x61])), { reason: 'PingTimeout' }],
  // What follows is a working chain.
  ['a close of the application', afterSwitch(close1008, (socket) => socket.end()), { reason: 'Connected' }],
  [
    'a close of the application after a message, without a ping',
    afterSwitch(Buffer.concat([text, close1008]), (socket) => socket.end()),
    { reason: 'Connected' },
    { isPinged: false },
  ],
  ['a close with 1000', afterSwitch(composeClose(1000, ''), (socket) => socket.end()), { reason: 'Connected' }],
  ['silence, without a ping', afterSwitch('', endAfterClose), { reason: 'Connected' }, { isPinged: false }],
  ['a message, without a ping', afterSwitch(text, endAfterClose), { reason: 'Connected' }, { isPinged: false }],
  [
    'a flood of messages',
    afterSwitch('', (socket) =>
      pour(socket, Buffer.concat([Buffer.from([0x82, 126, 0xff, 0xff]), Buffer.alloc(65_535)])),
    ),
    { reason: 'Connected' },
  ],
];

suite('after the request', { concurrency: true }, () => {
  for (const [what, serve, expectation, changes] of cases) {
    test(what, async () => {
      await expectReason(targetAt(await loopback.serveTls(identity, {}, serve), changes), trust, expectation);
    });
  }
});

suite('without TLS', { concurrency: true }, () => {
  test('a WebSocket', async () => {
    const port = await loopback.serveBytes(afterSwitch(text, endAfterClose));
    const result = await expectReason(targetAt(port, { isTls: false, isPinged: false }), trust, {
      reason: 'Connected',
    });
    assert.equal(result.tls, undefined);
    assert.deepEqual(
      result.steps.map(({ name }) => name),
      ['tcp', 'upgrade', 'open', 'close'],
    );
  });

  test('a port that speaks TLS', async () => {
    const port = await loopback.serveTls(identity, {}, () => {});
    await expectReason(targetAt(port, { isTls: false }), trust, { reason: 'BadAnswer', says: /wss:\/\// });
  });
});

function composeClose(code: number, words: string): Buffer {
  return Buffer.from([0x88, 2 + words.length, code >> 8, code & 0xff, ...Buffer.from(words)]);
}

/** Whatever it is, it is no frame: an opcode or bits that are reserved, or a mask. */
function noise(socket: Socket): void {
  const [first = 0, ...rest] = randomBytes(200);
  socket.write(Buffer.from([first | (Math.random() < 0.5 ? 0x30 : 0x03), 0x80, ...rest]));
}

function endAfterClose(socket: Socket): void {
  socket.once('data', () => socket.end());
}

/** Writes the same until the other side is gone, no faster than it reads. */
function pour(socket: Socket, bytes: string | Buffer): void {
  const write = () => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on('drain', write);
  write();
}
