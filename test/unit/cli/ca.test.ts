import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, suite, test } from 'node:test';
import { rootCertificates } from 'node:tls';
import { describeAuthority, readAuthority } from '../../../src/cli/describe-authority.ts';
import { findPublicRoot, isSelfSigned } from '../../../src/cli/judge-authority.ts';
import { readRouteName } from '../../../src/cli/route-name.ts';
import { formatTrustSteps, listTrustSteps } from '../../../src/cli/trust-steps.ts';
import { CertificateMaker } from '../../probe/certificate-maker.ts';

const maker = new CertificateMaker();
after(() => maker[Symbol.dispose]());
const top = await maker.make({ commonName: 'Root\u001b[2J', isAuthority: true });
const middle = await maker.make({ commonName: 'Middle', isAuthority: true }, top);
const lonely = await maker.make({ commonName: 'lonely' });
const [root, intermediate, server] = [top, middle, lonely].map(
  ({ certificate }) => new X509Certificate(certificate),
) as [X509Certificate, X509Certificate, X509Certificate];
const [publicRoot = ''] = rootCertificates;

suite('the route that wss ca is asked for', () => {
  test('is a name, with the namespace of the flag, or of the context', () => {
    assert.deepEqual(readRouteName('chat', undefined), { isValid: true, name: 'chat', namespace: undefined });
    assert.deepEqual(readRouteName('chat.v1', 'shop'), { isValid: true, name: 'chat.v1', namespace: 'shop' });
    assert.deepEqual(readRouteName('shop/chat', 'shop'), { isValid: true, name: 'chat', namespace: 'shop' });
  });

  for (const [name, flag, says] of [
    ['', undefined, /^"" must be the name of a WssRoute, or namespace\/name$/],
    ['a/b/c', undefined, /must be the name of a WssRoute/],
    ['../secrets', undefined, /"\.\." must be the name of a namespace/],
    ['chat?x', undefined, /must be the name of a WssRoute/],
    ['a\u001b[2J', undefined, /^"a\\u001b\[2J" must be/],
    ['chat', 'a.b', /"a\.b" must be the name of a namespace/],
    ['chat', '', /"" must be the name of a namespace/],
    ['/chat', undefined, /"" must be the name of a namespace/],
    ['shop/chat', 'other', /must name the same namespace/],
  ] as const) {
    test(`is not ${JSON.stringify(name)} in ${JSON.stringify(flag)}`, () => {
      const answer = readRouteName(name, flag);
      assert.match(answer.isValid ? 'valid' : answer.because, says);
    });
  }
});

suite('a certificate', () => {
  test('is a root when it has signed itself, whatever it may sign', () => {
    assert.deepEqual([root, intermediate, server].map(isSelfSigned), [true, false, true]);
  });

  test('of the same name as its issuer is no root', async () => {
    const namesake = await maker.make({ commonName: 'Root\u001b[2J', isAuthority: true }, top);
    assert.equal(isSelfSigned(new X509Certificate(namesake.certificate)), false);
  });

  test('is public when it is a public root, and not when a root only has the name of one', async () => {
    assert.equal(String(findPublicRoot(new X509Certificate(publicRoot))), String(new X509Certificate(publicRoot)));
    const { subject } = new X509Certificate(publicRoot);
    const commonName = /^CN=(.*)$/m.exec(subject)?.[1] ?? '';
    const forged = new X509Certificate((await maker.make({ commonName, isAuthority: true })).certificate);
    assert.deepEqual([forged, root, intermediate].map(findPublicRoot), [undefined, undefined, undefined]);
  });
});

suite('what is told of a certificate', () => {
  const now = new Date();
  const tell = (certificate: X509Certificate, at = now, isPubliclyTrusted = false) =>
    describeAuthority(readAuthority({ isFound: true, certificate, source: 's', isPubliclyTrusted, remarks: [] }), at);

  test('is nothing that acts on a terminal', () => {
    const lines = tell(root);
    assert.equal(lines[0], 'subject      CN=Root\\1B[2J');
    assert.ok(lines.every((line) => !/[\p{Cc}\p{Cf}]/u.test(line)));
    assert.equal(lines.length, 5);
  });

  test('warns of an intermediate, of a server that signed itself, and of dates', () => {
    const warn = (...args: Parameters<typeof tell>) => tell(...args).filter((line) => line.startsWith('warning: '));
    assert.match(warn(intermediate).join(), /^warning: it is no root, but issued by CN=Root/);
    assert.match(warn(server).join(), /^warning: it is no authority, but the certificate of a server/);
    assert.match(warn(root, new Date(root.validToDate.getTime() + 1000)).join(), /^warning: it expired at /);
    assert.match(warn(root, new Date(root.validFromDate.getTime() - 1000)).join(), /^warning: it is not valid before /);
    assert.deepEqual(warn(intermediate, now, true), []);
  });
});

suite('the steps to trust it', () => {
  test('are for every system, browser and runtime that there is to think of', () => {
    const names = listTrustSteps({ file: 'chat-ca.crt', alias: 'chat-ca' }).map(({ on }) => on);
    for (const wanted of [
      ...['Debian', 'Fedora', 'Alpine', 'Arch', 'macOS', 'Windows', 'Chrome, Chromium', 'Firefox', 'Android', 'iPhone'],
      ...['Node.js', 'Python', 'Java', 'Go', 'curl'],
    ]) {
      assert.equal(names.filter((name) => name.startsWith(wanted)).length, 1, wanted);
    }
  });

  test('name the file as a shell takes it', () => {
    assert.match(
      formatTrustSteps({ file: '/tmp/chat-ca.crt', alias: 'chat-ca' }),
      /curl --cacert \/tmp\/chat-ca\.crt /,
    );
    const text = formatTrustSteps({ file: "it's $HOME.crt", alias: 'chat-ca' });
    assert.match(text, /curl --cacert 'it'\\''s \$HOME\.crt' /);
  });
});
