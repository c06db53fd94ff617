import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { listNames, readAttribute } from '../../../src/probe/certificate-facts.ts';
import { explainConnect, explainLookupTimeout } from '../../../src/probe/network-failure.ts';
import { explainTls, isTooOld } from '../../../src/probe/tls-failure.ts';
import { createTrust } from '../../../src/probe/trust.ts';

function makeError(code: string, message = code): Error & { readonly code: string } {
  return Object.assign(new Error(message), { code });
}

suite('errors of a connection', () => {
  const place = { address: '2001:db8::1', port: 443 };
  for (const [code, reason] of [
    ['ENOTFOUND', 'NameNotResolved'],
    ['EAI_AGAIN', 'NameNotResolved'],
    ['ECONNREFUSED', 'ConnectRefused'],
    ['ETIMEDOUT', 'ConnectTimeout'],
    ['EHOSTUNREACH', 'NetworkUnreachable'],
    ['ENETUNREACH', 'NetworkUnreachable'],
    ['EPERM', 'NetworkUnreachable'],
  ] as const) {
    test(`${code} is ${reason}`, () => assert.equal(explainConnect(makeError(code), place).reason, reason));
  }

  test('name the place', () => {
    assert.match(explainConnect(makeError('ECONNREFUSED'), place).found, /\[2001:db8::1\]:443/);
  });

  for (const code of ['EMFILE', 'ENOBUFS', 'EADDRNOTAVAIL']) {
    test(`${code} is the own machine’s, and says nothing about the route`, () => {
      const cause = makeError(code);
      assert.throws(() => explainConnect(cause, place), {
        message: new RegExp(`no socket .* \\(${code}\\): see`),
        cause,
      });
    });
  }

  test('of DNS are told apart: a name that is not there, and nobody to ask', () => {
    assert.equal(explainConnect(makeError('ENOTFOUND'), place).isOwnLack, undefined);
    const silent = explainConnect(makeError('EAI_AGAIN'), place);
    assert.equal(silent.isOwnLack, true);
    assert.match(silent.found, /^no name server tells/);
    assert.deepEqual(explainLookupTimeout(place, 5), { ...silent, detail: 'silent for 5 ms' });
  });
});

suite('errors of TLS', () => {
  for (const [code, message, reason] of [
    ['ERR_SSL_WRONG_VERSION_NUMBER', '', 'NoTLS'],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', '', 'NoTLS'],
    ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'SSL alert number 112', 'UnrecognizedName'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'SSL alert number 70', 'TLSFailed'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'SSL alert number 40', 'TLSFailed'],
    ['ERR_SSL_SOMETHING', 'SSL alert number 255', 'TLSFailed'],
    ['ERR_SSL_EE_KEY_TOO_SMALL', '', 'TLSFailed'],
    ['ECONNRESET', '', undefined],
  ] as const) {
    test(`${code} is ${reason}`, () => assert.equal(explainTls(makeError(code, message), 'chat.test')?.reason, reason));
  }

  test('tell a server that is too old', () => {
    assert.ok(isTooOld(makeError('ERR_SSL_UNSUPPORTED_PROTOCOL')));
    assert.ok(!isTooOld(makeError('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'SSL alert number 40')));
  });
});

suite('names of a certificate', () => {
  test('are told one from the other', () => {
    const text = 'DNS:a.test, DNS:*.b.test, IP Address:192.0.2.1, email:x@a.test, URI:https://c.test';
    assert.deepEqual(listNames(text), ['a.test', '*.b.test', '192.0.2.1']);
    assert.deepEqual(listNames(''), []);
  });

  test('cannot pretend to be several', () => {
    assert.deepEqual(listNames('DNS:"a.test\\", DNS:b.test", DNS:c.test'), ['"a.test\\", DNS:b.test"', 'c.test']);
  });

  test('are a hundred at most', () => {
    assert.equal(listNames(Array.from({ length: 1000 }, (_, index) => `DNS:a${index}.test`).join(', ')).length, 100);
  });

  test('in a subject are whole lines', () => {
    assert.equal(readAttribute('O=Acme Co\nCN=a', 'CN'), 'a');
    assert.equal(readAttribute('O=CN=b', 'CN'), undefined);
    assert.equal(readAttribute(undefined, 'CN'), undefined);
  });
});

suite('trust', () => {
  test('takes no file without a certificate', () => {
    assert.throws(() => createTrust('public', ''), { message: /holds no PEM certificate/ });
    const odd = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
    assert.throws(() => createTrust('public', odd), { message: 'certificate 1 cannot be read' });
  });
});
