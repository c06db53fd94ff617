import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Groups } from '../../../src/state/groups.ts';

interface Member {
  readonly key: string;
  readonly value: number;
}

const names = fc.constantFrom('a', 'b', 'c');
const step = fc.record({ group: names, key: names, value: fc.option(fc.nat(3), { nil: undefined }) });

describe('groups', () => {
  test('know what a Map of Maps would know, whatever comes and goes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const groups = new Groups<Member>(({ key }) => key);
        const model = new Map<string, Map<string, Member>>();
        for (const { group, key, value } of steps) {
          const members = model.get(group) ?? new Map<string, Member>();
          model.set(group, members);
          if (value === undefined) {
            groups.delete(group, key);
            members.delete(key);
          } else {
            groups.set(group, { key, value });
            members.set(key, { key, value });
          }
          assert.deepEqual([...groups.membersOf(group)], [...members.values()]);
          assert.equal(groups.isCrowded(group), members.size > 1);
          for (const each of ['a', 'b', 'c']) assert.deepEqual(groups.find(group, each), members.get(each));
        }
      }),
    );
  });
});
