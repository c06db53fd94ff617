/** Paths that break before anybody answers, made in the sandbox's own network: a black hole, a name server that knows no such name. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { digBlackHole } from '../support/black-hole.ts';
import { type NameServer, startNameServer } from '../support/name-server.ts';
import { expectReason, setUp, targetAt } from './setting.ts';

const run = promisify(execFile);
const { loopback, maker, identity, trust } = await setUp();
const known = 'known.example.com';

suite('a network', { concurrency: true }, () => {
  let blackHole: string;
  let nameServer: NameServer | undefined;

  before(async () => {
    blackHole = await digBlackHole();
    nameServer = await startNameServer({ address: '127.0.0.1' }, (name) => (name === known ? '127.0.0.1' : undefined));
    const file = join(maker.directory, 'resolv.conf');
    writeFileSync(file, 'nameserver 127.0.0.1\n');
    await run('mount', ['--bind', file, '/etc/resolv.conf']);
  });

  after(() => nameServer?.close());

  test('that drops packets is silent', async () => {
    const connect = { address: blackHole, port: 443 };
    await expectReason(targetAt(443, { connect }), trust, {
      reason: 'ConnectTimeout',
      says: /nobody answers at 198\.51\.100\.7:443/,
    });
  });

  test('whose name server does not know the name has no address', async () => {
    const connect = { address: 'unknown.example.com', port: 443 };
    const expectation = { reason: 'NameNotResolved', says: /unknown\.example\.com/, details: /ENOTFOUND/ } as const;
    await expectReason(targetAt(443, { connect }), trust, expectation);
    assert.ok(nameServer?.asked.has('unknown.example.com'), 'nobody has asked');
  });

  test('whose name server knows it leads there', async () => {
    const port = await loopback.serveTls(identity, {}, (socket) => socket.end());
    await expectReason(targetAt(port, { connect: { address: known, port } }), trust, { reason: 'BadAnswer' });
  });
});
