/** Paths that break before anybody answers, made in the sandbox's own network: a black hole, a name server that knows no such name. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { createVerification } from '../../src/cli/verification.ts';
import { probe } from '../../src/probe/probe.ts';
import type { ProbeResult } from '../../src/probe/result.ts';
import { defaultDeadlines, type Target } from '../../src/probe/target.ts';
import { digBlackHole } from '../support/black-hole.ts';
import { failure, type NameServer, silence, startNameServer } from '../support/name-server.ts';
import { wssProbe } from './command.ts';
import { expectReason, setUp, targetAt } from './setting.ts';

const run = promisify(execFile);
const { loopback, maker, identity, trust } = await setUp();
const known = 'known.example.com';
const limits = { concurrency: 1, perSecond: 1, minIntervalMs: 1000 };

async function probeAsOperator(target: Target): Promise<ProbeResult | undefined> {
  return await createVerification({ enabled: true, ...limits })?.probe(target, new AbortController().signal);
}

suite('a network', { concurrency: true }, () => {
  let blackHole: string;
  let nameServer: NameServer | undefined;
  const broken = new Map<string, typeof silence | typeof failure>([
    ['silent.example.com', silence],
    ['failing.example.com', failure],
  ]);

  before(async () => {
    blackHole = await digBlackHole();
    nameServer = await startNameServer({ address: '127.0.0.1' }, (name) =>
      name === known ? '127.0.0.1' : broken.get(name),
    );
    const file = join(maker.directory, 'resolv.conf');
    writeFileSync(file, 'nameserver 127.0.0.1\noptions timeout:2 attempts:1\n');
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
    assert.equal((await probeAsOperator(targetAt(443, { connect })))?.reason, 'NameNotResolved');
  });

  for (const [name, details] of [
    ['silent.example.com', /^(?:silent for|EAI_AGAIN)/],
    ['failing.example.com', /^EAI_AGAIN$/],
  ] as const) {
    test(`whose name server is ${name.replace('.example.com', '')} has no address, and the operator no verdict`, async () => {
      const target = targetAt(443, { connect: { address: name, port: 443 } });
      const says = new RegExp(`^no name server tells the address of ${name}: see the DNS of the machine that probes`);
      const { isOwnLack } = await expectReason(target, trust, { reason: 'NameNotResolved', says, details });
      assert.equal(isOwnLack, true);
      await assert.rejects(probeAsOperator(target), { message: says });
    });
  }

  test('whose name server is too slow is told by the name server, not by a firewall', async () => {
    const target = targetAt(443, { connect: { address: 'silent.example.com', port: 443 } });
    const deadlines = { ...defaultDeadlines, connectMs: 100 };
    const { reason, steps } = await probe(target, { trust, deadlines, now: new Date() });
    assert.deepEqual([reason, steps[0]?.detail], ['NameNotResolved', 'silent for 100 ms']);
  });

  test('whose name server knows it leads there', async () => {
    const port = await loopback.serveTls(identity, {}, (socket) => socket.end());
    await expectReason(targetAt(port, { connect: { address: known, port } }), trust, { reason: 'BadAnswer' });
  });
});

suite('a machine', () => {
  test('that has no port left says nothing about the target', async () => {
    const place = { address: '127.0.0.1', port: await loopback.serveBytes((socket) => socket.resume()) };
    const range = '/proc/sys/net/ipv4/ip_local_port_range';
    const before = await readFile(range, 'utf8');
    await writeFile(range, '61000 61000');
    const taken = connect(place.port, place.address);
    try {
      await once(taken, 'connect');
      const says = /^this machine has no socket to probe 127\.0\.0\.1:\d+ with \(EADDRNOTAVAIL\): see/;
      const target = targetAt(443, { connect: place });
      await assert.rejects(probe(target, { trust, now: new Date() }), { message: says });
      await assert.rejects(probeAsOperator(target), { message: says });
      const { exitCode, out, err } = await wssProbe('wss://chat.test/', '--connect', `127.0.0.1:${place.port}`);
      assert.deepEqual([exitCode, out], [1, '']);
      assert.match(err, /^error: this machine has no socket .*\(EADDRNOTAVAIL\)/);
    } finally {
      taken.destroy();
      await writeFile(range, before);
    }
  });
});
