import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAddress, parseAddress } from '../../../src/telemetry/address.ts';

test('addresses are read as Kubernetes components read them', () => {
  const flag = '--metrics-address';
  assert.deepEqual(parseAddress(':8080', flag), { port: 8080 });
  assert.deepEqual(parseAddress('127.0.0.1:0', flag), { host: '127.0.0.1', port: 0 });
  assert.deepEqual(parseAddress('localhost:8080', flag), { host: 'localhost', port: 8080 });
  assert.deepEqual(parseAddress('[::]:8080', flag), { host: '::', port: 8080 });
  assert.deepEqual(parseAddress('[fe80::1]:65535', flag), { host: 'fe80::1', port: 65535 });
  assert.equal(parseAddress('0', flag), undefined);
});

test('anything else is refused with the flag, what was found and what to write', () => {
  for (const text of ['', '8080', ':', ':port', ':65536', ':-1', '::8080', '[::1]', 'http://localhost:8080', 'a b:1']) {
    assert.throws(
      () => parseAddress(text, '--health-address'),
      (error: Error) =>
        error.message.startsWith(`--health-address ${JSON.stringify(text)} is not an address: write ":8080"`),
      text,
    );
  }
});

test('an address is written so that it can be read again', () => {
  assert.equal(formatAddress('127.0.0.1', 80), '127.0.0.1:80');
  assert.equal(formatAddress('::1', 80), '[::1]:80');
});
