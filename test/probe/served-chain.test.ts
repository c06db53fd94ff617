import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { suite, test } from 'node:test';
import { readServedChain } from '../../src/probe/served-chain.ts';
import type { Identity } from './certificate-maker.ts';
import { host, setUp, targetAt } from './setting.ts';

const { loopback, maker, authority, identity } = await setUp();
const ms = 20_000;

/** What a server shows that has the certificates in its file, its own first. */
async function read(own: Identity, ...rest: readonly Identity[]): Promise<readonly string[]> {
  const certificate = [own, ...rest].map((each) => each.certificate).join('');
  const port = await loopback.serveTls({ key: own.key, certificate }, {}, (socket) => socket.end());
  const outcome = await readServedChain(targetAt(port), ms);
  assert.ok(outcome.failure === undefined, JSON.stringify(outcome.failure));
  assert.equal(outcome.value.isPubliclyTrusted, false);
  return outcome.value.certificates.map(({ fingerprint256 }) => fingerprint256);
}

function print(...identities: readonly Identity[]): readonly string[] {
  return identities.map(({ certificate }) => new X509Certificate(certificate).fingerprint256);
}

suite('the served chain', { concurrency: true }, () => {
  test('is the certificate of the server alone, where it shows no other', async () => {
    assert.deepEqual(await read(identity), print(identity));
  });

  test('goes up to the root, where that is shown', async () => {
    const middle = await maker.make({ commonName: 'Middle', isAuthority: true }, authority);
    const leaf = await maker.make({ commonName: host, altNames: [`DNS:${host}`] }, middle);
    assert.deepEqual(await read(leaf, middle, authority), print(leaf, middle, authority));
    assert.deepEqual(await read(leaf, middle), print(leaf, middle));
  });

  test('ends before a certificate that has not signed the one below, be it of the right name', async () => {
    const [stranger, namesake] = await Promise.all([
      maker.make({ commonName: 'Stranger', isAuthority: true }),
      maker.make({ commonName: 'Authority of the test', isAuthority: true }),
    ]);
    assert.deepEqual(await read(identity, stranger), print(identity));
    assert.deepEqual(await read(identity, namesake), print(identity));
  });

  test('of a certificate that signed itself is that certificate', async () => {
    const lonely = await maker.make({ commonName: host, altNames: [`DNS:${host}`] });
    assert.deepEqual(await read(lonely), print(lonely));
  });

  test('is a failure where nobody listens, and where no TLS is spoken', async () => {
    const closed = await readServedChain(targetAt(await loopback.findFreePort()), ms);
    assert.equal(closed.failure?.reason, 'ConnectRefused');
    const plain = await loopback.serveBytes((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const outcome = await readServedChain(targetAt(plain), ms);
    assert.ok(outcome.failure !== undefined && outcome.failure.found !== '');
  });
});
