/** What goes wrong before a certificate is seen: TCP and the TLS handshake. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { suite, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { expectReason, setUp, targetAt } from './setting.ts';

const { loopback, identity, authority, maker, trust } = await setUp();

suite('TCP', { concurrency: true }, () => {
  test('a port where nothing listens', async () => {
    const result = await expectReason(targetAt(await loopback.findFreePort()), trust, {
      reason: 'ConnectRefused',
      says: /nothing listens at 127\.0\.0\.1:\d+/,
    });
    assert.equal(result.tls, undefined);
    assert.equal(result.http, undefined);
  });

  test('a name that cannot be resolved', async () => {
    // The label is longer than DNS allows, so that nobody is asked.
    const address = `${'a'.repeat(64)}.invalid`;
    await expectReason(targetAt(1, { connect: { address, port: 1 } }), trust, { reason: 'NameNotResolved' });
  });

  test('an address to which no way leads', async () => {
    const connect = { address: '255.255.255.255', port: 1 };
    await expectReason(targetAt(1, { connect }), trust, { reason: 'NetworkUnreachable' });
  });

  test('a port that drops packets', async () => {
    // A listener that never accepts: once its backlog is full, the kernel drops what comes.
    const script = `
      const { parentPort } = require('node:worker_threads');
      const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
        parentPort.postMessage(server.address().port);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      });`;
    const worker = new Worker(script, { eval: true });
    const fillers: Socket[] = [];
    try {
      const [port] = await once(worker, 'message');
      for (let index = 0; index < 4; index += 1) fillers.push(connect(port, '127.0.0.1').on('error', () => {}));
      await Promise.all(fillers.slice(0, 2).map((socket) => once(socket, 'connect')));
      await expectReason(targetAt(port), trust, {
        reason: 'ConnectTimeout',
        says: /nobody answers/,
        details: /silent for 400 ms/,
      });
    } finally {
      for (const socket of fillers) socket.destroy();
      await worker.terminate();
    }
  });
});

suite('the TLS handshake', { concurrency: true }, () => {
  test('a port that takes connections and is silent', async () => {
    const port = await loopback.serveBytes(() => {});
    await expectReason(targetAt(port), trust, { reason: 'TLSTimeout' });
  });

  test('a server that answers drop by drop', async () => {
    const port = await loopback.serveBytes((socket) => {
      const drops = Buffer.from([22, 3, 3, 0, 122, 2, 0, 0, 118, 3, 3, ...Array(100).fill(7)]);
      let sent = 0;
      const timer = setInterval(() => socket.write(drops.subarray(sent, ++sent)), 20);
      socket.on('close', () => clearInterval(timer));
    });
    await expectReason(targetAt(port), trust, { reason: 'TLSTimeout' });
  });

  test('plain HTTP on the port', async () => {
    const port = await loopback.listen(createHttpServer());
    await expectReason(targetAt(port), trust, { reason: 'NoTLS', says: /plain HTTP/ });
  });

  test('another protocol on the port', async () => {
    const port = await loopback.serveBytes((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
    await expectReason(targetAt(port), trust, { reason: 'NoTLS' });
  });

  test('a server that hangs up', async () => {
    const port = await loopback.serveBytes((socket) => socket.once('data', () => socket.end()));
    await expectReason(targetAt(port), trust, { reason: 'TLSFailed', says: /closed the connection during/ });
  });

  test('a server that resets', async () => {
    const port = await loopback.serveBytes((socket) => socket.once('data', () => socket.resetAndDestroy()));
    await expectReason(targetAt(port), trust, { reason: 'TLSFailed', details: /ECONNRESET/ });
  });

  test('a server that hangs up or resets, as it happens', async () => {
    const port = await loopback.serveBytes((socket) =>
      socket.once('data', () => (Math.random() < 0.5 ? socket.end() : socket.resetAndDestroy())),
    );
    await expectReason(targetAt(port), trust, { reason: 'TLSFailed', says: /closed the connection during/ });
  });

  test('TLS 1.1 and nothing later', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const port = await loopback.serveTls(identity, old, () => {});
    await expectReason(targetAt(port), trust, { reason: 'TLSFailed', says: /TLS 1\.2/, details: /^TLSv1\.1 and/ });
  });

  test('HTTP/2 and nothing else', async () => {
    const port = await loopback.serveTls(identity, { ALPNProtocols: ['h2'] }, () => {});
    await expectReason(targetAt(port), trust, { reason: 'TLSFailed', says: /HTTP\/1\.1 \(ALPN\)/ });
  });

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`a server that asks for a client certificate by ${version}`, async () => {
      const options = { requestCert: true, maxVersion: version, ca: authority.certificate };
      const port = await loopback.serveTls(identity, options, (socket) => socket.resume());
      await expectReason(targetAt(port), trust, {
        reason: 'TLSFailed',
        says: /client certificate|closed the connection/,
      });
    });
  }

  test('a server that finds no context for the name', async () => {
    const SNICallback = (_name: string, done: (error: Error) => void) => done(new Error('nobody'));
    const port = await loopback.serveTls(identity, { SNICallback }, () => {});
    await expectReason(targetAt(port), trust, { reason: 'TLSFailed', says: /closed the connection during/ });
  });

  test('alert 112 of OpenSSL, for a name that nobody serves', async () => {
    const files = { certificate: join(maker.directory, 'sni.crt'), key: join(maker.directory, 'sni.key') };
    writeFileSync(files.certificate, identity.certificate);
    writeFileSync(files.key, identity.key);
    const pair = ['-cert', files.certificate, '-key', files.key, '-cert2', files.certificate, '-key2', files.key];
    const names = ['-servername', 'other.test', '-servername_fatal'];
    const server = spawn('openssl', ['s_server', '-accept', '127.0.0.1:0', ...pair, ...names], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    try {
      const port = await readPort(server.stdout);
      await expectReason(targetAt(port), trust, { reason: 'UnrecognizedName', says: /nobody serves chat\.test/ });
    } finally {
      server.kill('SIGKILL');
      await once(server, 'close');
    }
  });

  test('alert 112 in the bytes of nginx with ssl_reject_handshake', async () => {
    const alert = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x70]);
    const port = await loopback.serveBytes((socket) => socket.once('data', () => socket.end(alert)));
    await expectReason(targetAt(port), trust, { reason: 'UnrecognizedName' });
  });
});

/** openssl says `ACCEPT 127.0.0.1:PORT`. */
async function readPort(output: NodeJS.ReadableStream): Promise<number> {
  for await (const line of createInterface({ input: output })) {
    const port = /^ACCEPT .*:(\d+)$/.exec(line)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error('openssl s_server does not listen');
}
