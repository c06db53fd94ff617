/** The path that works, against the server of the package ws; and the end of a probe by its signal. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { suite, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { type WebSocket, WebSocketServer } from 'ws';
import { probe } from '../../src/probe/probe.ts';
import type { Deadlines } from '../../src/probe/target.ts';
import { afterSwitch } from './loopback.ts';
import { expectReason, host, setUp, targetAt } from './setting.ts';

const { loopback, identity, trust } = await setUp();
const options = { trust, now: new Date() };

/** Longer than a test may take: it is the signal that ends the probe. */
const endless: Deadlines = { connectMs: 600_000, tlsMs: 600_000, upgradeMs: 600_000, pingMs: 600_000 };

interface Backend {
  readonly port: number;
  readonly sockets: WebSocketServer;
  /** Status and server name of each connection, in the order of their ends. */
  readonly ends: Promise<readonly [number, IncomingMessage]>;
}

async function startBackend(onSocket: (socket: WebSocket) => void = () => {}): Promise<Backend> {
  const server = createServer({ cert: identity.certificate, key: identity.key });
  const sockets = new WebSocketServer({ server, perMessageDeflate: { threshold: 0 } });
  const ends = new Promise<readonly [number, IncomingMessage]>((resolve) => {
    sockets.on('connection', (socket, request) => {
      socket.on('close', (code) => resolve([code, request]));
      onSocket(socket);
    });
  });
  return { port: await loopback.listen(server), sockets, ends };
}

suite('a WebSocket', { concurrency: true }, () => {
  test('opens, answers a ping and is closed with 1000', async () => {
    const { port, ends } = await startBackend();
    const target = targetAt(port, {
      path: '/socket?room=1',
      origin: 'https://app.test',
      subprotocols: ['stomp', 'mqtt'],
    });
    const result = await expectReason(target, trust, { reason: 'Connected' });
    assert.deepEqual(
      result.steps.map(({ name }) => name),
      ['tcp', 'tls', 'certificate', 'upgrade', 'open', 'close'],
    );
    assert.equal(result.tls?.protocol, 'TLSv1.3');
    assert.equal(result.tls?.alpn, 'http/1.1');
    assert.match(result.tls?.notAfter ?? '', /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.match(result.tls?.fingerprint256 ?? '', /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    assert.deepEqual(result.http, { status: 101, subprotocol: 'stomp', extensions: result.http?.extensions });
    assert.match(result.http?.extensions ?? '', /permessage-deflate/);
    const [code, request] = await ends;
    assert.equal(code, 1000);
    assert.equal(request.url, '/socket?room=1');
    assert.equal(request.headers.host, host);
    assert.equal(request.headers.origin, 'https://app.test');
    assert.equal((request.socket as TLSSocket).servername, host);
  });

  test('opens among compressed messages, however large', async () => {
    const { port, ends } = await startBackend((socket) => {
      socket.send(Buffer.alloc(300_000, 'a'));
      socket.send(Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7919) % 251)));
      socket.ping('are you there?');
    });
    const result = await expectReason(targetAt(port), trust, { reason: 'Connected' });
    assert.equal(result.steps.find(({ name }) => name === 'open')?.detail, 'ping answered');
    assert.equal((await ends)[0], 1000);
  });

  test('on a port of its own has it in the Host header', async () => {
    const { port, ends } = await startBackend();
    await expectReason(targetAt(port, { port: 8443 }), trust, { reason: 'Connected' });
    assert.equal((await ends)[1].headers.host, `${host}:8443`);
  });

  test('that the application closes at once is one all the same', async () => {
    const { port } = await startBackend((socket) => socket.close(4401, 'log in\u001b[2J'));
    const { steps } = await expectReason(targetAt(port), trust, { reason: 'Connected' });
    assert.match(steps.find(({ name }) => name === 'open')?.detail ?? '', /closed at once with 4401: "log in \[2J"/);
  });

  test('opens a hundred times at once, and nothing is left open', async () => {
    const { port, sockets } = await startBackend();
    const results = await Promise.all(Array.from({ length: 100 }, () => probe(targetAt(port), options)));
    assert.deepEqual([...new Set(results.map(({ reason }) => reason))], ['Connected']);
    await Promise.all([...sockets.clients].map((socket) => once(socket, 'close')));
    assert.equal(sockets.clients.size, 0);
  });
});

suite('a signal', { concurrency: true }, () => {
  const stages: Readonly<Record<string, (reach: () => void) => Promise<number>>> = {
    'during the TLS handshake': (reach) => loopback.serveBytes((socket) => socket.once('data', reach)),
    'during the upgrade': (reach) => loopback.serveTls(identity, {}, (socket) => socket.once('data', reach)),
    'while a pong is awaited': (reach) =>
      loopback.serveTls(
        identity,
        {},
        afterSwitch('', (socket) => socket.once('data', reach)),
      ),
  };
  for (const [when, serve] of Object.entries(stages)) {
    test(`ends the probe ${when}, and its connection`, { timeout: 20_000 }, async () => {
      const reached = Promise.withResolvers<void>();
      const port = await serve(reached.resolve);
      const ended = loopback.waitForEnd(port);
      const controller = new AbortController();
      const running = probe(targetAt(port), { ...options, deadlines: endless, signal: controller.signal });
      await reached.promise;
      const reason = new Error('enough');
      controller.abort(reason);
      await assert.rejects(running, (error) => error === reason);
      await ended;
    });
  }

  test('that has been given already opens nothing', async () => {
    const port = await loopback.findFreePort();
    const signal = AbortSignal.abort();
    await assert.rejects(probe(targetAt(port), { ...options, signal }), { name: 'AbortError' });
  });
});

suite('a target', () => {
  for (const [what, changes] of Object.entries({
    host: { host: 'chat.test\r\nX: y' },
    path: { path: '/a b' },
    origin: { origin: 'https://app.test\r\nX: y' },
    subprotocol: { subprotocols: ['a, b'] },
    port: { port: 0 },
  })) {
    test(`that would break the request by its ${what} is refused`, async () => {
      await assert.rejects(probe(targetAt(1, changes), options), { name: 'TypeError', message: new RegExp(what) });
    });
  }
});
