/** `wss probe` as people run it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { WebSocketServer } from 'ws';
import type { ProbeResult } from '../../src/probe/result.ts';
import { main, wssProbe } from './command.ts';
import { afterSwitch } from './loopback.ts';
import { host, setUp } from './setting.ts';

const { loopback, maker, authority, identity } = await setUp();
const caFile = join(maker.directory, 'ca.pem');
writeFileSync(caFile, authority.certificate);

suite('wss probe', { concurrency: true }, () => {
  const close1000 = Buffer.from([0x88, 2, 0x03, 0xe8]);
  const good = afterSwitch(close1000, (socket) => socket.end());

  test('prints a line for each step and exits with 0', async () => {
    const connect = `127.0.0.1:${await loopback.serveTls(identity, {}, good)}`;
    const { exitCode, out, err } = await wssProbe(`wss://${host}/a?b=c`, '--connect', connect, '--ca', caFile);
    assert.equal(err, '');
    assert.match(out, /^tcp +passed +\d+ ms +127\.0\.0\.1:\d+\ntls +passed .*TLSv1\.3.*\ncertificate +passed /);
    assert.match(out, /\n\nConnected: .*\n$/);
    assert.equal(exitCode, 0);
  });

  test('names the first broken link and exits with 1', async () => {
    const connect = `127.0.0.1:${await loopback.serveTls(identity, {}, good)}`;
    const { exitCode, out } = await wssProbe(`wss://${host}/`, '--connect', connect);
    assert.match(out, /^certificate +failed +\d+ ms +UntrustedChain\nupgrade +skipped\n/m);
    assert.match(out, /\n\nUntrustedChain: .*Authority of the test.*\ncure: .*give a private authority as a root\n$/);
    assert.equal(exitCode, 1);
  });

  test('prints the result as JSON', async () => {
    const port = await loopback.findFreePort();
    const { exitCode, out } = await wssProbe(`wss://127.0.0.1:${port}`, '--json');
    const result = JSON.parse(out) as ProbeResult;
    assert.equal(result.reason, 'ConnectRefused');
    assert.equal(result.isReachable, false);
    assert.equal(exitCode, 1);
  });

  test('probes ws:// plainly and says what browsers think of it', async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    const port = await loopback.listen(server);
    const subprotocols = ['--subprotocol', 'stomp', '--subprotocol', 'mqtt'];
    const url = `ws://127.0.0.1:${port}/`;
    const [[, request], { exitCode, out, err }] = await Promise.all([
      once(sockets, 'connection'),
      wssProbe(...subprotocols, '--origin', 'https://app.test', url),
    ]);
    assert.equal(request.headers['sec-websocket-protocol'], 'stomp, mqtt');
    assert.equal(request.headers.origin, 'https://app.test');
    assert.match(out, /Connected/);
    assert.match(err, /^warning: .*wss:\/\//);
    assert.equal(exitCode, 0);
  });

  for (const [what, args, says] of [
    ['a URL of another kind', ['https://chat.test/'], /must be a URL such as wss:/],
    ['a file that is not there', ['wss://chat.test/', '--ca', 'nowhere.pem'], /--ca nowhere\.pem: ENOENT/],
    ['a file without a certificate', ['wss://chat.test/', '--ca', main], /holds no PEM certificate/],
    ['an unknown option', ['wss://chat.test/', '--insecure'], /unknown option '--insecure'/],
  ] as const) {
    test(`refuses ${what} with 2`, async () => {
      const { exitCode, err, out } = await wssProbe(...args);
      assert.match(err, says);
      assert.equal(out, '');
      assert.equal(exitCode, 2);
    });
  }
});
