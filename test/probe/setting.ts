import assert from 'node:assert/strict';
import { after } from 'node:test';
import { probe } from '../../src/probe/probe.ts';
import type { ProbeReason, ProbeResult } from '../../src/probe/result.ts';
import type { Deadlines, Target } from '../../src/probe/target.ts';
import { createTrust, type Trust } from '../../src/probe/trust.ts';
import { CertificateMaker, type Identity } from './certificate-maker.ts';
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
}

/** Probes and sees that the result has the reason, a message of one line, and one failed step at most, in order. */
export async function expectReason(target: Target, trust: Trust, { reason, says }: Expectation): Promise<ProbeResult> {
  const deadline = awaited[reason];
  const deadlines = deadline === undefined ? patient : { ...patient, [deadline]: 400 };
  const result = await probe(target, { trust, deadlines, now: new Date() });
  const { message, steps } = result;
  assert.equal(result.reason, reason, message);
  assert.equal(result.isReachable, reason === 'Connected');
  assert.doesNotMatch(message, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  assert.ok(message.length > 20 && message.length < 500, message);
  if (says !== undefined) assert.match(message, says);
  const order = steps.map((step) => step.result).join(' ');
  assert.match(order, reason === 'Connected' ? /^(passed ?)+$/ : /^(passed )*failed( skipped)*$/, order);
  return result;
}
