import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { labelRoute, nameChildren, nameHostChild } from '../../../src/route/names.ts';

describe('the name of a child', () => {
  test('is the name of the route and -wss', () => assert.equal(nameChildren('chat'), 'chat-wss'));

  test('is kept whole up to 63 characters', () => {
    const longest = 'a'.repeat(59);
    assert.equal(nameChildren(longest), `${longest}-wss`);
  });

  test('is cut and ends in a hash of the whole beyond that', () => {
    const name = nameChildren('a'.repeat(60));
    assert.equal(name.length, 63);
    assert.match(name, /^a{42}-[0-9a-f]{16}-wss$/);
  });

  test('does not end its first part in a dot or a hyphen', () => {
    assert.match(nameChildren(`${'a'.repeat(40)}.-.${'b'.repeat(40)}`), /^a{40}-[0-9a-f]{16}-wss$/);
  });

  test('stays the same from release to release: another one would leave the old objects behind', () => {
    assert.equal(
      nameChildren('a-very-long-name-of-a-route-that-somebody-generated-from-a-branch-name1'),
      'a-very-long-name-of-a-route-that-somebody-e5de5636fe71da26-wss',
    );
  });
});

describe('the name of a child that each host has', () => {
  test('has a hash of the host and says what it is', () => {
    assert.equal(nameHostChild('chat', 'chat.example.com', 'master'), 'chat-wss-13f05a1dc4-master');
    assert.equal(nameHostChild('chat', '*.example.org', 'minion'), 'chat-wss-1a6998e973-minion');
  });

  test('is cut like the others', () => {
    const name = nameHostChild('a'.repeat(253), 'chat.example.com', 'master');
    assert.equal(name.length, 63);
    assert.match(name, /^a{24}-[0-9a-f]{16}-wss-13f05a1dc4-master$/);
  });
});

describe('the label of a route', () => {
  test('is its name, up to 63 characters', () => {
    assert.equal(labelRoute('chat'), 'chat');
    assert.equal(labelRoute('a'.repeat(63)), 'a'.repeat(63));
  });

  test('is cut and hashed beyond that', () => {
    assert.match(labelRoute('a'.repeat(64)), /^a{46}-[0-9a-f]{16}$/);
    assert.notEqual(labelRoute('a'.repeat(64)), labelRoute('a'.repeat(65)));
  });
});
