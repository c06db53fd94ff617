import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { labelRoute, nameAuthority, nameChildren, nameHostChild } from '../../src/route/names.ts';
import { decide, defaulted, observe } from '../unit/state/example.ts';
import { arbitraryRoute, routeName } from './arbitrary-route.ts';

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const labelValue = /^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$/;

describe('names', () => {
  test('the name of a child is a DNS subdomain of at most 63 characters', () => {
    fc.assert(
      fc.property(routeName, (name) => {
        for (const child of [nameChildren(name), nameAuthority(name), nameHostChild(name, '*.example.com', 'minion')]) {
          assert.match(child, subdomain);
          assert.ok(child.length <= 63);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('the name of a route fits into a label', () => {
    fc.assert(
      fc.property(routeName, (name) => {
        assert.match(labelRoute(name), labelValue);
        assert.ok(labelRoute(name).length <= 63);
      }),
      { numRuns: 100 },
    );
  });

  test('routes of different names have children and labels of different names', () => {
    fc.assert(
      fc.property(routeName, routeName, (one, other) => {
        fc.pre(one !== other);
        assert.notEqual(nameChildren(one), nameChildren(other));
        assert.notEqual(nameAuthority(one), nameAuthority(other));
        assert.notEqual(nameHostChild(one, '', 'master'), nameHostChild(other, '', 'master'));
        assert.notEqual(labelRoute(one), labelRoute(other));
      }),
      { numRuns: 100 },
    );
  });

  test('no two objects of a route have the same kind and name, and all are in its namespace', () => {
    fc.assert(
      fc.property(arbitraryRoute, (manifest) => {
        const { objects } = decide(observe(defaulted(manifest)));
        const identities = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
        assert.equal(new Set(identities).size, objects.length);
        for (const { metadata } of objects) assert.equal(metadata.namespace, manifest.metadata.namespace);
      }),
    );
  });
});
