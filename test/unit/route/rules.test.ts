import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StructuralSchema } from '../../../src/api/schema.ts';
import { checkRules } from '../../../src/route/rules.ts';

function isTrue(rule: string, self: unknown): boolean {
  const schema = { 'x-kubernetes-validations': [{ rule, message: 'no' }] } as StructuralSchema;
  return checkRules(schema, self, 'self', []).length === 0;
}

describe('isIP, as Kubernetes judges (Go net/netip, no zones, no IPv4 in IPv6)', () => {
  for (const address of [
    '192.0.2.10',
    '0.0.0.0',
    '255.255.255.255',
    '2001:db8::10',
    '::',
    '::1',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
    '64:ff9b::192.0.2.1',
    '::192.0.2.1',
    '::ffff:0:1:2',
    '2001:DB8::A',
  ]) {
    test(`${address} is one`, () => assert.equal(isTrue('isIP(self)', address), true));
  }
  for (const address of [
    '',
    '192.0.2',
    '192.0.2.10.1',
    '192.0.2.256',
    '192.0.02.10',
    '192.0.2.10/32',
    '192.0.2.10:80',
    ' 192.0.2.10',
    '192.0.2.10\n',
    '0x7f.0.0.1',
    '3232235786',
    '[::1]',
    'fe80::1%eth0',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '12345::',
    '::ffff:192.0.2.1',
    '::FFFF:192.0.2.1',
    '::ffff:c000:201',
    '0:0:0:0:0:ffff:c000:201',
    '0000:0000:0000:0000:0000:ffff:192.0.2.1',
    '::ffff:0:0',
    'localhost',
  ]) {
    test(`${JSON.stringify(address)} is none`, () => assert.equal(isTrue('isIP(self)', address), false));
  }
});

describe('isCIDR, as Kubernetes judges', () => {
  for (const network of [
    '192.0.2.0/24',
    '192.0.2.10/24',
    '0.0.0.0/0',
    '10.0.0.0/32',
    '::/0',
    '2001:db8::/128',
    'fe80::/10',
  ]) {
    test(`${network} is one`, () => assert.equal(isTrue('isCIDR(self)', network), true));
  }
  for (const network of [
    '192.0.2.0',
    '192.0.2.0/',
    '/24',
    '192.0.2.0/33',
    '192.0.2.0/-1',
    '192.0.2.0/+8',
    '192.0.2.0/08',
    '192.0.2.0/8/8',
    '192.0.2.0/ 8',
    '192.0.2.0/8\n',
    '192.0.2.0/1e1',
    '192.0.2.0/255.255.255.0',
    '2001:db8::/129',
    'fe80::%eth0/64',
    '::ffff:192.0.2.0/120',
    '::ffff:c000:200/120',
    'example.com/8',
  ]) {
    test(`${JSON.stringify(network)} is none`, () => assert.equal(isTrue('isCIDR(self)', network), false));
  }
});

describe('rules', () => {
  test('see whole numbers as CEL does', () => {
    assert.equal(isTrue('self.size >= 2048', { size: 2048 }), true);
    assert.equal(isTrue('type(self) == int', 5), true);
  });

  test('compare durations', () => {
    assert.equal(isTrue("duration(self) <= duration('75s')", '1m15s'), true);
    assert.equal(isTrue("duration(self) <= duration('75s')", '76s'), false);
  });

  test('take $ for the end of the text only, not for the end of a line', () => {
    assert.equal(isTrue("self.matches('^a$')", 'a'), true);
    assert.equal(isTrue("self.matches('^a$')", 'a\n'), false);
    assert.equal(isTrue("self.matches('^a$')", 'a\nb'), false);
  });

  test('are left out where the part has a problem already, so that one mistake is told once', () => {
    const schema = { 'x-kubernetes-validations': [{ rule: 'self.size() > 3', message: 'no' }] } as StructuralSchema;
    const earlier = [{ path: 'self.inner[0]', found: '', expected: 'wrong' }];
    assert.deepEqual(checkRules(schema, [], 'self', earlier), []);
    assert.equal(checkRules(schema, [], 'self', [{ path: 'selfish', found: '', expected: 'wrong' }]).length, 1);
  });

  test('are checked on every item of a list, which is then named by its place', () => {
    const items = { 'x-kubernetes-validations': [{ rule: "self == 'a'", message: 'must be a' }] } as StructuralSchema;
    const problems = checkRules({ items }, ['a', 'b', 'a', 'c'], 'list', []);
    assert.deepEqual(
      problems.map(({ path, found, expected }) => [path, found, expected]),
      [
        ['list[1]', '"b"', 'must be a'],
        ['list[3]', '"c"', 'must be a'],
      ],
    );
  });

  test('tell of every item of a map list that has the keys of an earlier one', () => {
    const schema = { 'x-kubernetes-list-map-keys': ['path'], items: {} } as StructuralSchema;
    const problems = checkRules(schema, [{ path: '/a' }, { path: '/b' }, { path: '/a' }, { path: '/a' }], 'paths', []);
    assert.deepEqual(
      problems.map(({ path }) => path),
      ['paths[2]', 'paths[3]'],
    );
  });
});
