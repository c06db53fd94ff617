/**
 * Our own cases after the categories of Autobahn's test suite, each played twice: straight to a backend that speaks plain ws://, and
 * through what the operator makes of a WssRoute. What comes back is what RFC 6455 and RFC 7692 ask for, and it is the same on both
 * ways, byte for byte of every message.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { anyBrokenScript, anyScript } from './arbitrary-script.ts';
import { categories } from './cases/all.ts';
import { converse } from './converse.ts';
import { assertVerdict } from './judge.ts';
import type { Script, Transcript } from './script.ts';
import { type Stage, setStage } from './stage.ts';

describe('WebSocket conformance', () => {
  let stage: Stage;

  before(async () => {
    stage = await setStage();
  });

  after(() => stage?.stop());

  function converseBothWays(script: Script): Promise<[Transcript, Transcript]> {
    return Promise.all([converse(stage.direct, script), converse(stage.tls, script)]);
  }

  for (const [category, cases] of Object.entries(categories)) {
    describe(category, () => {
      for (const each of cases) {
        test(`${each.id}: ${each.what}`, async () => {
          const script = each.compose();
          const [direct, tls] = await converseBothWays(script);
          assertVerdict(each, script, { direct, tls });
        });
      }
    });
  }

  test('the cases are many, and their ids are unique', () => {
    const ids = Object.values(categories).flatMap((cases) => cases.map(({ id }) => id));
    assert.ok(ids.length >= 120, `${ids.length} cases`);
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    );
  });

  for (const [what, anyOne] of [
    ['any valid conversation', anyScript],
    ['any conversation that ends with a violation', anyBrokenScript],
  ] as const) {
    test(`${what} brings back the same on both ways`, async () => {
      const property = fc.asyncProperty(anyOne, async (script) => {
        const [direct, tls] = await converseBothWays(script);
        assert.deepEqual(direct, script.strict, 'direct');
        assert.deepEqual(tls, direct, 'through TLS');
      });
      await fc.assert(property, { seed: 6455, numRuns: 30 });
    });
  }
});
