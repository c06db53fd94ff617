/** Sockets on which nobody sends anything: how long they live, and how they are cut. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { suite, test } from 'node:test';
import { WebSocketServer } from 'ws';
import { probe } from '../../src/probe/probe.ts';
import type { IdleEnd, ProbeReason, ProbeResult } from '../../src/probe/result.ts';
import { main } from './command.ts';
import { afterSwitch } from './loopback.ts';
import { setUp, targetAt } from './setting.ts';

const { loopback, identity, trust } = await setUp();
const close1001 = Buffer.concat([Buffer.from([0x88, 6, 0x03, 0xe9]), Buffer.from('idle')]);
const patient = { connectMs: 20_000, tlsMs: 20_000, upgradeMs: 20_000, pingMs: 20_000 };

interface Wish {
  readonly ms?: number;
  readonly pingMs?: number;
  readonly isTls?: boolean;
  readonly isPinged?: boolean;
}

/** Five at once: what a result says must not differ from try to try. */
async function holdOpen(port: number, { ms = 600, pingMs, isTls = true, isPinged = true }: Wish = {}) {
  const deadlines = pingMs === undefined ? patient : { ...patient, pingMs };
  const options = { trust, deadlines, now: new Date(), idle: { ms, isPinged } };
  const attempts = Array.from({ length: 5 }, () => probe(targetAt(port, { isTls, isPinged }), options));
  const [result, ...others] = (await Promise.all(attempts)) as [ProbeResult, ...ProbeResult[]];
  for (const { message } of others) assert.equal(message, result.message);
  return result;
}

function expectEnd({ idle, reason, steps, message }: ProbeResult, expected: ProbeReason, end: IdleEnd): string {
  assert.deepEqual([reason, idle?.end], [expected, end], message);
  const step = steps.find(({ name }) => name === 'idle');
  assert.equal(step?.result, reason === 'Connected' ? 'passed' : 'failed');
  return step.detail;
}

/** Answers the first ping, and then does something a while later. */
function afterPong(act: (socket: Socket) => void): (socket: Socket) => void {
  return afterSwitch('', (socket) => {
    socket.once('data', (frame: Buffer) => {
      const payload = frame.subarray(6, 14).map((byte, index) => byte ^ (frame[2 + (index % 4)] ?? 0));
      socket.write(Buffer.concat([Buffer.from([0x8a, 8]), payload]));
      setTimeout(() => act(socket), 200);
    });
  });
}

suite('an idle socket', { concurrency: true }, () => {
  test('that nobody cuts lives, and is closed with 1000', async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    const port = await loopback.listen(server);
    const [[socket], result] = await Promise.all([once(sockets, 'connection'), holdOpen(port, { isTls: false })]);
    assert.match(expectEnd(result, 'Connected', 'outlived'), /^open for \d(?:\.\d)? s, alive at the end$/);
    assert.ok(result.idle !== undefined && result.idle.seconds >= 0.6);
    assert.deepEqual(
      result.steps.map(({ name }) => name),
      ['tcp', 'upgrade', 'open', 'idle', 'close'],
    );
    if (socket.readyState !== socket.CLOSED) await once(socket, 'close');
    assert.equal(socket._closeCode, 1000);
  });

  test('whose server pings is answered, and the path is not called idle', async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    const port = await loopback.listen(server);
    let pongs = 0;
    sockets.on('connection', (socket) => {
      const timer = setInterval(() => socket.ping('alive?'), 100);
      socket.on('pong', (payload) => {
        if (String(payload) === 'alive?') pongs += 1;
      });
      socket.on('close', () => clearInterval(timer));
    });
    const result = await holdOpen(port, { isTls: false });
    assert.match(
      expectEnd(result, 'Connected', 'outlived'),
      /the server sent \d pings, so the path was idle for 0\.\d s/,
    );
    assert.ok(result.idle !== undefined && result.idle.pings >= 2 && result.idle.longestSilentSeconds < 0.6);
    assert.ok(pongs >= 2, `${pongs} pongs`);
  });

  test('that is cut by FIN is told so', async () => {
    const port = await loopback.serveTls(
      identity,
      {},
      afterPong((socket) => socket.end()),
    );
    const result = await holdOpen(port, { ms: 20_000 });
    assert.match(expectEnd(result, 'CutWhenIdle', 'fin'), /^after \d(?:\.\d)? s, silent for \d(?:\.\d)? s$/);
    assert.match(result.message, /without a close frame, by FIN: raise timeouts\.idle of the route/);
    assert.equal(result.steps.at(-1)?.result, 'skipped');
  });

  test('that is cut by RST is told so', async () => {
    const port = await loopback.serveBytes(afterPong((socket) => socket.resetAndDestroy()));
    const result = await holdOpen(port, { ms: 20_000, isTls: false });
    expectEnd(result, 'CutWhenIdle', 'rst');
    assert.match(result.message, /by RST/);
  });

  test('that breaks by another error is told so, and of no ping, which nobody sent', async () => {
    // Something on the way that spoils a connection: what comes is no record of TLS.
    const spoil = new Map<number, () => void>();
    const backend = await loopback.serveTls(
      identity,
      {},
      afterPong(({ remotePort = 0 }) => spoil.get(remotePort)?.()),
    );
    const port = await loopback.serveBytes((socket) => {
      const onward = connect(backend, '127.0.0.1', () =>
        spoil.set(onward.localPort ?? 0, () => socket.write('HTTP/1.1 408 Request Timeout\r\n\r\n')),
      );
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
      socket.pipe(onward).pipe(socket);
    });
    const result = await holdOpen(port, { ms: 20_000 });
    assert.match(expectEnd(result, 'CutWhenIdle', 'error'), /^after \d(?:\.\d)? s, .*, ERR_SSL_/);
    assert.match(result.message, /without a close frame, by an error of the connection: something on the way/);
    assert.doesNotMatch(result.message, /a ping at the end/);
  });

  test('of a route, which is not pinged when it opens, is pinged at the end', async () => {
    const port = await loopback.serveTls(
      identity,
      {},
      afterSwitch('', (socket) => socket.resume()),
    );
    const options = { trust, deadlines: { ...patient, pingMs: 300 }, now: new Date() };
    const target = targetAt(port, { isPinged: false });
    const result = await probe(target, { ...options, idle: { ms: 300, isPinged: true } });
    expectEnd(result, 'CutWhenIdle', 'lost');
  });

  test('that is closed by a close frame is told with its code', async () => {
    const port = await loopback.serveTls(
      identity,
      {},
      afterPong((socket) => socket.write(close1001)),
    );
    const result = await holdOpen(port, { ms: 20_000 });
    assert.match(expectEnd(result, 'CutWhenIdle', 'close'), /: "idle"$/);
    assert.equal(result.idle?.closeCode, 1001);
    assert.match(result.message, /closed by close frame 1001: see the idle timeout of the backend/);
  });

  test('that the application has closed already is no living one', async () => {
    const port = await loopback.serveTls(identity, {}, afterSwitch(close1001));
    expectEnd(await holdOpen(port, { ms: 20_000 }), 'CutWhenIdle', 'close');
  });

  test('that something on the way has forgotten is found out at the end', async () => {
    const port = await loopback.serveTls(
      identity,
      {},
      afterPong((socket) => socket.resume()),
    );
    const result = await holdOpen(port, { ms: 300, pingMs: 1000 });
    expectEnd(result, 'CutWhenIdle', 'lost');
    assert.match(result.message, /a ping at the end did not come through/);
    const unpinged = await holdOpen(port, { ms: 300, isPinged: false });
    assert.match(expectEnd(unpinged, 'Connected', 'outlived'), /nobody asked whether it was alive/);
  });

  test('on which a server sends without a break ends in time', async () => {
    const flood = Buffer.concat([Buffer.from([0x82, 126, 0xff, 0xff]), Buffer.alloc(65_535)]);
    const port = await loopback.serveBytes(
      afterPong((socket) => {
        const write = () => {
          while (!socket.destroyed && socket.write(flood));
        };
        socket.on('drain', write);
        write();
      }),
    );
    const result = await holdOpen(port, { isTls: false });
    assert.match(expectEnd(result, 'Connected', 'outlived'), /messages, so the path was idle/);
  });

  test('that brings no frames is no WebSocket', async () => {
    const port = await loopback.serveTls(
      identity,
      {},
      afterPong((socket) => socket.write('<html>')),
    );
    expectEnd(await holdOpen(port, { ms: 20_000 }), 'BadAnswer', 'broken');
  });

  test('is let go politely by SIGINT, and what was seen is told', { timeout: 60_000 }, async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    const port = await loopback.listen(server);
    const args = [main, 'probe', `ws://127.0.0.1:${port}/`, '--idle', '1h', '--json'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const [socket] = await once(sockets, 'connection');
    // An answer to the second ping comes from a socket that has been found working: the silence has begun.
    socket.once('ping', () => socket.ping('1'));
    socket.once('pong', () => {
      socket.ping('2');
      socket.once('pong', () => child.kill('SIGINT'));
    });
    const [[code], out, [exitCode]] = await Promise.all([
      once(socket, 'close'),
      text(child.stdout),
      once(child, 'close'),
    ]);
    assert.equal(code, 1000);
    assert.equal(exitCode, 130);
    const result = JSON.parse(out) as ProbeResult;
    assert.match(expectEnd(result, 'Connected', 'stopped'), /^stopped after 0(?:\.\d)? s, open until then/);
  });

  test('that is ended by SIGTERM before it is open gives no result', { timeout: 60_000 }, async () => {
    const port = await loopback.serveBytes(() => {});
    const connected = loopback.waitForConnection(port);
    const args = [main, 'probe', `wss://127.0.0.1:${port}/`, '--idle', '1h', '--timeout', '10m'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    await connected;
    child.kill('SIGTERM');
    const [out, err, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    assert.deepEqual({ out, err, exitCode }, { out: '', err: '', exitCode: 143 });
  });
});
