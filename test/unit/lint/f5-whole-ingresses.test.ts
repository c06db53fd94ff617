import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { KubeObject } from '../../../src/api/objects.ts';
import { judgeF5 } from '../../../src/lint/judge-f5.ts';
import { judgeF5Hosts } from '../../../src/lint/judge-f5-hosts.ts';
import type { ApiObject } from '../../support/admin-client.ts';
import { decide } from '../../support/f5/rules.ts';
import { refused } from './f5-refused.ts';
import { age, type } from './f5-sketches.ts';
import { taken } from './f5-taken.ts';

/** All that the judges find in Ingresses of one class, as `NAME EFFECT FIELD`; an annotation goes by its name without `nginx.org/`. */
function judge(ingresses: readonly KubeObject[]): readonly string[] {
  const alone = ingresses.flatMap((ingress) => judgeF5(ingress).map((each) => ({ ...each, ingress })));
  return [...alone, ...judgeF5Hosts(ingresses)].map(({ ingress, effect, path }) => {
    const [, annotation = path] = /^metadata\.annotations\["(?:nginx\.org\/)?(.+)"\]$/.exec(path) ?? [];
    return `${ingress.metadata.name} ${effect} ${annotation.replace(/^mergeable-ingress-type$/, 'type')}`;
  });
}

/** Names of those that serve nothing, as the stand-in has it, which does what the controller was seen to do. */
function listRejected(ingresses: readonly KubeObject[]): readonly string[] {
  const { verdicts } = decide({ ingresses: ingresses as unknown as readonly ApiObject[], tlsSecrets: new Set() });
  return verdicts.flatMap(({ ingress, isAccepted }) => (isAccepted ? [] : [ingress.metadata.name as string])).sort();
}

suite("whole Ingresses of F5's controller", () => {
  test('have at least 60 cases each way, no two of which are the same', () => {
    assert.ok(taken.length >= 60 && refused.length >= 60, `${taken.length} taken, ${refused.length} refused`);
    const contents = [...taken.map(([, ...each]) => each), ...refused.map(({ ingresses }) => ingresses)];
    assert.equal(new Set(contents.map((each) => JSON.stringify(each))).size, contents.length);
  });

  test('are masters, minions and plain ones, each way', () => {
    for (const sets of [taken.map(([, ...each]) => each), refused.map(({ ingresses }) => ingresses)]) {
      const kinds = sets.flat().map(({ metadata }) => metadata.annotations?.[type] ?? 'plain');
      for (const kind of ['master', 'minion', 'plain']) assert.ok(kinds.filter((each) => each === kind).length >= 20);
    }
  });

  for (const [what, ...ingresses] of taken) {
    test(`taken: ${what}`, () => {
      const aged = age(ingresses);
      assert.deepEqual(judge(aged), []);
      assert.deepEqual(listRejected(aged), []);
    });
  }

  for (const { what, source, ingresses, found } of refused) {
    test(`refused: ${what}`, () => {
      const aged = age(ingresses);
      assert.deepEqual(judge(aged), found);
      if (source === 'read') return;
      const rejected = found.flatMap((each) => (each.split(' ')[1] === 'rejected' ? [each.split(' ')[0] ?? ''] : []));
      assert.deepEqual(listRejected(aged), [...new Set(rejected)].sort());
    });
  }
});
