import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { judgeF5 } from '../../src/lint/judge-f5.ts';
import type { ApiObject } from '../support/admin-client.ts';
import { findError } from '../support/f5/validation.ts';
import { buildIngress } from '../unit/lint/example.ts';

/** The judge of F5's rules, which follows the controller's source, and the stand-in, which does as the controller was seen to do. */

const services = fc.oneof(
  { weight: 3, arbitrary: fc.constant('chat') },
  fc.constantFrom('chat', 'feed', 'chat,feed', 'chat, feed', ' chat ', 'chat,', '', 'nope', 'chat,nope'),
  fc.array(fc.constantFrom('chat', 'feed', 'nope', ' ', ',', ';')).map((parts) => parts.join('')),
);
/** What the controller was seen to take and to refuse; of blanks and of order the stand-in knows less. */
const time = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('3600', '3600s', '1h', '1h30m', '3600000ms', '0') },
  fc.constantFrom('3600S', '60 s', 'abc', '-1', ''),
);
const annotations = fc.record(
  {
    'nginx.org/mergeable-ingress-type': fc.constantFrom('master', 'minion', 'minion', 'Master'),
    'nginx.org/websocket-services': services,
    'nginx.org/proxy-read-timeout': time,
    'nginx.org/proxy-connect-timeout': time,
  },
  { requiredKeys: [] },
);
const ingress = fc
  .record({
    annotations,
    host: fc.constantFrom('chat.example.com', '*.example.com', 'feed.example.com', ''),
    paths: fc.constantFrom([], ['/ws chat'], ['/ws chat', '/feed feed']),
    tls: fc.boolean(),
    isDouble: fc.boolean(),
  })
  .map(({ isDouble, ...options }) => {
    const one = buildIngress(options);
    const { rules } = one.spec as { readonly rules: readonly { readonly host: string }[] };
    const second = { ...rules[0], host: 'second.example.com' };
    return isDouble ? { ...one, spec: { ...(one.spec as object), rules: [...rules, second] } } : one;
  });

describe("the judge and the stand-in of F5's controller", () => {
  test('refuse the same: what the stand-in refuses, the judge rejects', () => {
    let refused = 0;
    fc.assert(
      fc.property(ingress, (object) => {
        const error = findError(object as unknown as ApiObject);
        if (error === undefined) return;
        refused += 1;
        assert.ok(
          judgeF5(object).some(({ effect }) => effect === 'rejected'),
          `${error}: ${JSON.stringify(object)}`,
        );
      }),
      { numRuns: 1000 },
    );
    assert.ok(refused > 500, `${refused} were refused`);
  });

  test('take the same, but for minions without paths, which nobody has tried', () => {
    let taken = 0;
    fc.assert(
      fc.property(ingress, (object) => {
        const rejected = judgeF5(object).filter(({ effect }) => effect === 'rejected');
        if (rejected.some(({ expected }) => expected === 'must be at least one on a minion')) return;
        taken += rejected.length === 0 ? 1 : 0;
        assert.equal(findError(object as unknown as ApiObject) === undefined, rejected.length === 0);
      }),
      { numRuns: 1000 },
    );
    assert.ok(taken > 50, `${taken} were taken`);
  });
});
