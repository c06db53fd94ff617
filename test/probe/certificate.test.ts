/** Certificates that clients refuse, and what an operator only reports. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { suite, test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { createTrust, type Trust } from '../../src/probe/trust.ts';
import type { Identity, Wish } from './certificate-maker.ts';
import { answering, composeSwitch } from './loopback.ts';
import { type Expectation, expectReason, host, setUp, targetAt } from './setting.ts';

const { loopback, maker, authority, identity, trust } = await setUp();
const reporting = createTrust('report');
const publicOnly = createTrust('public');

async function serve(certificate: Identity): Promise<number> {
  return await loopback.serveTls(certificate, {}, answering(composeSwitch, answerPing));
}

function answerPing(socket: Socket): void {
  socket.once('data', (frame: Buffer) => {
    const payload = frame.subarray(6, 14).map((byte, index) => byte ^ (frame[2 + (index % 4)] ?? 0));
    socket.write(Buffer.concat([Buffer.from([0x8a, 8]), payload]));
    socket.once('data', () => socket.end());
  });
}

const broken: readonly (readonly [string, Wish, Expectation])[] = [
  [
    'for another name',
    { commonName: host, altNames: ['DNS:other.test'] },
    {
      reason: 'NameMismatch',
      says: /other\.test.*controller's default one, the Secret is missing or the host not taken/,
    },
  ],
  ['with the name as common name only', { commonName: host }, { reason: 'NameMismatch', says: /no name at all/ }],
  ['for an address', { commonName: 'x', altNames: ['IP:127.0.0.1'] }, { reason: 'NameMismatch', says: /127\.0\.0\.1/ }],
  [
    'with words that act on a terminal',
    { commonName: 'x', altNames: ['DNS:\u001b[31mred\u202e'] },
    { reason: 'NameMismatch' },
  ],
  ['that has ended', wishFor({ fromDay: -60, untilDay: -30 }), { reason: 'Expired', says: /ended at 20\d\d-/ }],
  ['that is not valid yet', wishFor({ fromDay: 3 }), { reason: 'NotYetValid', says: /begins at 20\d\d-/ }],
  ['for clients', wishFor({ usage: 'clientAuth' }), { reason: 'NotForServers', says: /server auth/ }],
  [
    'of ingress-nginx itself',
    {
      commonName: 'Kubernetes Ingress Controller Fake Certificate',
      organization: 'Acme Co',
      altNames: ['DNS:ingress.local'],
    },
    { reason: 'ControllerDefaultCertificate', says: /ingress-nginx/ },
  ],
  [
    'of Traefik itself',
    { commonName: 'TRAEFIK DEFAULT CERT', altNames: ['DNS:x.traefik.default'] },
    { reason: 'ControllerDefaultCertificate', says: /Traefik/ },
  ],
  ['of F5 itself', { commonName: 'NGINXIngressController' }, { reason: 'ControllerDefaultCertificate', says: /F5/ }],
];

function wishFor(changes: Partial<Wish>): Wish {
  return { commonName: host, altNames: [`DNS:${host}`], ...changes };
}

suite('a certificate', { concurrency: true }, () => {
  for (const [what, wish, expectation] of broken) {
    test(what, async () => {
      const port = await serve(await maker.make(wish, authority));
      const result = await expectReason(targetAt(port), trust, expectation);
      assert.ok(result.tls !== undefined, 'the certificate is told even when it is wrong');
      assert.equal(result.http, undefined, 'nothing is asked of a server that is not the right one');
    });
  }

  test('that holds the name is no default certificate, whatever its common name', async () => {
    const wish = wishFor({ commonName: 'NGINXIngressController' });
    const port = await serve(await maker.make(wish, authority));
    await expectReason(targetAt(port), trust, { reason: 'Connected' });
  });

  test('of a wildcard, one label too deep', async () => {
    const wish = { commonName: 'x', altNames: ['DNS:*.chat.test'] };
    const port = await serve(await maker.make(wish, authority));
    await expectReason(targetAt(port, { host: 'a.b.chat.test' }), trust, {
      reason: 'NameMismatch',
      says: /\*\.chat\.test/,
    });
    await expectReason(targetAt(port, { host: 'chat.test' }), trust, { reason: 'NameMismatch' });
    await expectReason(targetAt(port, { host: 'a.chat.test' }), trust, { reason: 'Connected' });
  });

  test('with a star for a part of a label', async () => {
    const port = await serve(await maker.make({ commonName: 'x', altNames: ['DNS:ch*.example.test'] }, authority));
    await expectReason(targetAt(port, { host: 'chat.example.test' }), trust, { reason: 'NameMismatch' });
  });

  test('for a name, asked by an address', async () => {
    const port = await serve(identity);
    const expectation = { reason: 'NameMismatch', says: /not 127\.0\.0\.1/ } as const;
    await expectReason(targetAt(port, { host: '127.0.0.1' }), trust, expectation);
  });

  test('for an address, asked by it', async () => {
    const port = await serve(await maker.make({ commonName: 'x', altNames: ['IP:127.0.0.1'] }, authority));
    await expectReason(targetAt(port, { host: '127.0.0.1' }), trust, { reason: 'Connected' });
  });
});

suite('a chain', { concurrency: true }, () => {
  test('to an authority that was given', async () => {
    const { tls } = await expectReason(targetAt(await serve(identity)), trust, { reason: 'Connected' });
    assert.equal(tls?.chain, 'private');
    assert.deepEqual(tls?.names, [host]);
    assert.equal(tls?.issuer, 'CN=Authority of the test');
  });

  test('to a root that everybody brings along', async () => {
    // Roots of the context that were not given stand for the public ones.
    const everybody: Trust = { mode: 'public', context: createSecureContext({ ca: authority.certificate }), roots: [] };
    const { tls } = await expectReason(targetAt(await serve(identity)), everybody, { reason: 'Connected' });
    assert.equal(tls?.chain, 'public');
  });

  test('to an authority that nobody knows', async () => {
    const port = await serve(identity);
    await expectReason(targetAt(port), publicOnly, { reason: 'UntrustedChain', says: /Authority of the test/ });
    const { tls, steps } = await expectReason(targetAt(port), reporting, { reason: 'Connected' });
    assert.equal(tls?.chain, 'private');
    assert.match(steps.find(({ name }) => name === 'certificate')?.detail ?? '', /Authority of the test/);
  });

  test('with the root served along', async () => {
    const port = await serve({ ...identity, certificate: identity.certificate + authority.certificate });
    await expectReason(targetAt(port), publicOnly, { reason: 'UntrustedChain', says: /private authority/ });
    await expectReason(targetAt(port), reporting, { reason: 'Connected' });
    await expectReason(targetAt(port), trust, { reason: 'Connected' });
  });

  test('of one that signed itself', async () => {
    const own = await maker.make(wishFor({}));
    const port = await serve(own);
    await expectReason(targetAt(port), publicOnly, { reason: 'UntrustedChain', says: /signed by itself/ });
    await expectReason(targetAt(port), reporting, { reason: 'Connected' });
    await expectReason(targetAt(port), createTrust('public', own.certificate), { reason: 'Connected' });
  });

  test('without its intermediate', async () => {
    const middle = await maker.make({ commonName: 'Middle', isAuthority: true }, authority);
    const leaf = await maker.make(wishFor({}), middle);
    const expectation = { reason: 'UntrustedChain', says: /without that of "Middle"/ } as const;
    await expectReason(targetAt(await serve(leaf)), trust, expectation);
    const whole = { ...leaf, certificate: leaf.certificate + middle.certificate };
    await expectReason(targetAt(await serve(whole)), trust, { reason: 'Connected' });
    const middleOnly = createTrust('public', middle.certificate);
    await expectReason(targetAt(await serve(leaf)), middleOnly, { reason: 'Connected' });
  });

  test('with an intermediate that has ended', async () => {
    const ended = { commonName: 'Ended', isAuthority: true, fromDay: -60, untilDay: -30 };
    const middle = await maker.make(ended, authority);
    const leaf = await maker.make(wishFor({}), middle);
    const port = await serve({ ...leaf, certificate: leaf.certificate + middle.certificate });
    await expectReason(targetAt(port), trust, { reason: 'Expired', says: /of the authority/ });
    await expectReason(targetAt(port), reporting, { reason: 'Expired' });
  });

  test('of a public authority without its intermediate', async () => {
    const middle = await maker.make({ commonName: 'Middle', isAuthority: true }, authority);
    for (const policy of ['2.23.140.1.2.1', '2.23.140.1.1']) {
      const leaf = await maker.make(wishFor({ policy }), middle);
      const port = await serve(leaf);
      const says = /one of a public authority, and that of "Middle" is not served along: serve the whole chain/;
      const strict = await expectReason(targetAt(port), trust, { reason: 'UntrustedChain', says });
      assert.equal(strict.tls?.chain, 'incomplete');
      const { tls, steps } = await expectReason(targetAt(port), reporting, { reason: 'Connected' });
      assert.equal(tls?.chain, 'incomplete');
      assert.match(steps.find(({ name }) => name === 'certificate')?.detail ?? '', /"Middle" is not served along/);
      const whole = await serve({ ...leaf, certificate: leaf.certificate + middle.certificate });
      const { tls: complete } = await expectReason(targetAt(whole), trust, { reason: 'Connected' });
      assert.equal(complete?.chain, 'private');
      const staging = { reason: 'UntrustedChain', says: /ends at an authority that is not known/ } as const;
      const { tls: unknown } = await expectReason(targetAt(whole), publicOnly, staging);
      assert.equal(unknown?.chain, 'private', 'nothing is missing but a root');
    }
  });

  test('for clients only, whether its authority is known or not', async () => {
    for (const issuer of [undefined, authority]) {
      const port = await serve(await maker.make(wishFor({ usage: 'clientAuth' }), issuer));
      for (const each of [publicOnly, reporting]) {
        const { tls } = await expectReason(targetAt(port), each, { reason: 'NotForServers', says: /"server auth"/ });
        assert.equal(tls?.chain, 'broken');
      }
    }
  });

  test('of an authority that serves its own certificate', async () => {
    for (const issuer of [undefined, authority]) {
      const port = await serve(await maker.make(wishFor({ isAuthority: true }), issuer));
      const says = /that of an authority, whose key may not be used by servers.*"digital signature"/;
      await expectReason(targetAt(port), reporting, { reason: 'NotForServers', says });
    }
  });

  test('signed by an authority for clients', async () => {
    const narrow = await maker.make({ commonName: 'Narrow', isAuthority: true, usage: 'clientAuth' }, authority);
    const leaf = await maker.make(wishFor({}), narrow);
    const port = await serve({ ...leaf, certificate: leaf.certificate + narrow.certificate });
    const says = /through "Narrow", which may not sign for servers/;
    await expectReason(targetAt(port), trust, { reason: 'IssuerNotAuthority', says });
    await expectReason(targetAt(port), reporting, { reason: 'IssuerNotAuthority', says });
  });

  test('signed by one that is no authority', async () => {
    const leaf = await maker.make(wishFor({}), identity);
    const port = await serve({ ...leaf, certificate: leaf.certificate + identity.certificate });
    const says = /through "chat\.test", which is no authority: issue that one anew as an authority/;
    const { tls } = await expectReason(targetAt(port), trust, { reason: 'IssuerNotAuthority', says });
    assert.equal(tls?.chain, 'broken');
    await expectReason(targetAt(port), reporting, { reason: 'IssuerNotAuthority', says });
  });

  test('signed by one that is no authority, and given as a root', async () => {
    const own = await maker.make(wishFor({ commonName: 'Own' }));
    const port = await serve(await maker.make(wishFor({}), own));
    await expectReason(targetAt(port), createTrust('public', own.certificate), {
      reason: 'IssuerNotAuthority',
      says: /through "Own", which is no authority/,
    });
  });
});
