import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { Slots } from '../../src/kube/slots.ts';
import { probe } from '../../src/probe/probe.ts';
import type { ProbeReason, ProbeResult } from '../../src/probe/result.ts';
import type { Deadlines, Target } from '../../src/probe/target.ts';
import { createTrust, type Trust } from '../../src/probe/trust.ts';
import { CertificateMaker, type Identity } from './certificate-maker.ts';
import { composeArguments, wssProbe } from './command.ts';
import { Loopback } from './loopback.ts';

/** The name that everything is probed by; it exists nowhere. */
export const host = 'chat.test';

/** An authority, a certificate of it for the host, and servers. All of it ends with the file's tests. */
export interface Setting {
  readonly loopback: Loopback;
  readonly maker: CertificateMaker;
  readonly authority: Identity;
  readonly identity: Identity;
  /** The public roots and the authority. */
  readonly trust: Trust;
}

/** Far longer than it takes, so that a busy machine changes no verdict. */
const patient: Deadlines = { connectMs: 20_000, tlsMs: 20_000, upgradeMs: 20_000, pingMs: 20_000 };

/** Which deadline is what a test waits for. */
const awaited: Partial<Record<ProbeReason, keyof Deadlines>> = {
  ConnectTimeout: 'connectMs',
  TLSTimeout: 'tlsMs',
  UpgradeTimeout: 'upgradeMs',
  PingTimeout: 'pingMs',
};

/** More of them at once would take each other's time limits. */
const commands = new Slots(2);

const directory = mkdtempSync(join(tmpdir(), 'wss-probe-'));
after(() => rmSync(directory, { recursive: true, force: true }));

export async function setUp(): Promise<Setting> {
  const maker = new CertificateMaker();
  const loopback = new Loopback();
  after(async () => {
    maker[Symbol.dispose]();
    await loopback[Symbol.asyncDispose]();
  });
  const authority = await maker.make({ commonName: 'Authority of the test', isAuthority: true });
  const identity = await maker.make({ commonName: host, altNames: [`DNS:${host}`] }, authority);
  return { loopback, maker, authority, identity, trust: createTrust('public', authority.certificate) };
}

export function targetAt(port: number, changes: Partial<Target> = {}): Target {
  return { host, port: 443, path: '/socket', connect: { address: '127.0.0.1', port }, ...changes };
}

export interface Expectation {
  readonly reason: ProbeReason;
  /** What the message must say. */
  readonly says?: RegExp;
  /** What the step that fails must say besides. */
  readonly details?: RegExp;
}

/**
 * Probes and sees that the result has the reason, a message of one line, and one failed step at most, in order. What is broken is
 * probed again and again: the message must stay as it is, because a status that is written holds it. The command says the same.
 */
export async function expectReason(target: Target, trust: Trust, expectation: Expectation): Promise<ProbeResult> {
  const { reason } = expectation;
  const deadline = awaited[reason];
  const deadlines = deadline === undefined ? patient : { ...patient, [deadline]: 400 };
  const options = { trust, deadlines };
  const result = await probe(target, { ...options, now: new Date() });
  judge(result, expectation);
  if (reason === 'Connected') return result;
  for (let attempt = 2; attempt <= 5; attempt += 1) {
    const { message } = await probe(target, { ...options, now: new Date() });
    assert.equal(message, result.message, `attempt ${attempt}`);
  }
  if (trust.mode === 'public') await expectOfCommand(target, trust, result);
  return result;
}

function judge(result: ProbeResult, { reason, says, details }: Expectation): void {
  const { message, found, cure, steps } = result;
  assert.equal(result.reason, reason, message);
  assert.equal(result.isReachable, reason === 'Connected');
  assert.doesNotMatch(message, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  assert.ok(message.length > 20 && message.length < 500, message);
  if (reason !== 'Connected') assert.equal(message, `${found}: ${cure}`);
  if (says !== undefined) assert.match(message, says);
  const failed = steps.find((step) => step.result === 'failed');
  if (details !== undefined) assert.match(failed?.detail ?? '', details);
  const order = steps.map((step) => step.result).join(' ');
  assert.match(order, reason === 'Connected' ? /^(passed ?)+$/ : /^(passed )*failed( skipped)*$/, order);
}

async function expectOfCommand(target: Target, { roots }: Trust, { reason, message }: ProbeResult): Promise<void> {
  const ca = join(directory, `${randomUUID()}.pem`);
  if (roots.length > 0) writeFileSync(ca, roots.join(''));
  await commands.take();
  const { exitCode, out, err } = await wssProbe(
    ...composeArguments(target),
    ...['--json', '--timeout', awaited[reason] === undefined ? '20s' : '3s'],
    ...(roots.length > 0 ? ['--ca', ca] : []),
  ).finally(() => commands.give());
  assert.match(err, target.isTls === false ? /^warning: .*\n$/ : /^$/);
  const result = JSON.parse(out) as ProbeResult;
  assert.deepEqual({ reason: result.reason, message: result.message }, { reason, message });
  assert.equal(exitCode, 1);
}
