/** The same through a real nginx, which is what stands before most WebSockets: what it answers, and what it does with ours. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { probe } from '../../src/probe/probe.ts';
import { type Expectation, expectReason, host, setUp, targetAt } from './setting.ts';

const { loopback, maker, identity, trust } = await setUp();

const backend = createServer((_request, response) => response.writeHead(426).end());
const sockets = new WebSocketServer({ server: backend });
const ports = {
  backend: await loopback.listen(backend),
  dead: await loopback.findFreePort(),
  silent: await loopback.serveBytes((socket) => socket.resume()),
  tls: await loopback.findFreePort(),
  plain: await loopback.findFreePort(),
};

writeFileSync(join(maker.directory, 'tls.crt'), identity.certificate);
writeFileSync(join(maker.directory, 'tls.key'), identity.key);
writeFileSync(
  join(maker.directory, 'nginx.conf'),
  `
  daemon off; master_process off; pid nginx.pid; error_log error.log;
  events {}
  http {
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
    map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
    ssl_certificate tls.crt; ssl_certificate_key tls.key;
    proxy_http_version 1.1; proxy_read_timeout 1s;
    proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;
    server { listen 127.0.0.1:${ports.tls} ssl http2 default_server; ssl_reject_handshake on; }
    server { listen 127.0.0.1:${ports.plain}; return 308 https://$host$request_uri; }
    server {
      listen 127.0.0.1:${ports.tls} ssl http2;
      server_name ${host};
      location /socket { proxy_pass http://127.0.0.1:${ports.backend}; }
      location /lost {
        proxy_set_header Connection close;
        proxy_pass http://127.0.0.1:${ports.backend};
      }
      location /dead { proxy_pass http://127.0.0.1:${ports.dead}; }
      location /silent { proxy_pass http://127.0.0.1:${ports.silent}; }
      location /slash/ { proxy_pass http://127.0.0.1:${ports.backend}; }
      location /denied { deny all; }
      location /drop { return 444; }
      location /page { return 200 '<html>'; }
    }
  }`,
);

const nginx = await startNginx();
after(async () => {
  nginx.kill('SIGKILL');
  if (nginx.exitCode === null && nginx.signalCode === null) await once(nginx, 'close');
});

suite('behind nginx', { concurrency: true }, () => {
  test('a WebSocket opens, and the backend sees a close with 1000', async () => {
    const ended = new Promise((resolve) => sockets.once('connection', (socket) => socket.on('close', resolve)));
    const result = await expectReason(targetAt(ports.tls), trust, { reason: 'Connected' });
    assert.equal(result.tls?.alpn, 'http/1.1');
    assert.equal(await ended, 1000);
  });

  for (const [path, expectation] of Object.entries({
    '/nowhere': { reason: 'UpgradeRefused', says: /with 404/ },
    '/lost': { reason: 'UpgradeRefused', says: /with 4(?:00|26)/ },
    '/dead': { reason: 'UpgradeRefused', says: /with 502/ },
    '/silent': { reason: 'UpgradeRefused', says: /with 504/ },
    '/slash': { reason: 'UpgradeRefused', says: /with 301 .*with the slash/ },
    '/denied': { reason: 'UpgradeRefused', says: /with 403/ },
    '/drop': { reason: 'BadAnswer', says: /closed before/ },
    '/page': { reason: 'UpgradeRefused', says: /with 200/ },
  } satisfies Readonly<Record<string, Expectation>>)) {
    test(`${path} is ${expectation.says.source}`, async () => {
      await expectReason(targetAt(ports.tls, { path }), trust, expectation);
    });
  }

  test('an idle WebSocket is cut by FIN when nginx has seen nothing for its timeout', async () => {
    const options = { trust, now: new Date(), idle: { isPinged: true, ms: 20_000 } };
    const { reason, idle, message } = await probe(targetAt(ports.tls), options);
    assert.deepEqual([reason, idle?.end], ['CutWhenIdle', 'fin'], message);
    // nginx leaves a timer as it is when it would move by less than 300 ms (NGX_TIMER_LAZY_DELAY of src/event/ngx_event_timer.h).
    assert.ok(idle !== undefined && idle.silentSeconds >= 0.6 && idle.silentSeconds < 10, `${idle?.silentSeconds} s`);
  });

  test('a name that nobody serves is alert 112', async () => {
    await expectReason(targetAt(ports.tls, { host: 'other.test' }), trust, { reason: 'UnrecognizedName' });
  });

  test('the port without TLS has none', async () => {
    await expectReason(targetAt(ports.plain), trust, { reason: 'NoTLS' });
  });

  test('plain ws:// is redirected, which no browser follows', async () => {
    const expectation = { reason: 'UpgradeRefused', says: /308 .*https:\/\/chat\.test\/socket/ } as const;
    await expectReason(targetAt(ports.plain, { isTls: false }), trust, expectation);
  });

  test('plain ws:// on the port of TLS is refused', async () => {
    await expectReason(targetAt(ports.tls, { isTls: false }), trust, { reason: 'UpgradeRefused', says: /with 400/ });
  });
});

async function startNginx(): Promise<ChildProcess> {
  const child = spawn('nginx', ['-p', maker.directory, '-c', 'nginx.conf'], { stdio: 'inherit' });
  for (;;) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`);
    const socket = connect(ports.tls, '127.0.0.1');
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isThere) return child;
    await sleep(20);
  }
}
