import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { formatObjects } from '../../src/cli/render.ts';
import { dialects } from '../../src/dialects/registry.ts';
import { openPolicy } from '../../src/route/policy.ts';
import { desire } from '../../src/state/desired.ts';
import { toyDialect } from '../unit/dialects/toy-dialect.ts';
import { exampleRoute, observe } from '../unit/state/example.ts';

const expected = fileURLToPath(new URL('toy-dialect.yaml', import.meta.url));

test('a dialect is one file and one line: the rest of the operator writes, and reports, in it', (t) => {
  const route = exampleRoute({ redirect: false, hsts: { maxAge: '1h' }, timeouts: { idle: '90s' } });
  const observed = observe(route, { ingressClass: { controller: 'toy.example.com/ingress-controller' } });
  const [unknown] = desire(observed).placements;
  assert.equal(unknown?.isDecided === false && unknown.reason, 'UnsupportedController');
  const { placements, objects } = desire(observed, openPolicy, [...dialects, toyDialect]);
  t.assert.fileSnapshot(formatObjects(objects, 'yaml'), expected, { serializers: [String] });
  const [placement] = placements;
  assert.ok(placement?.isDecided);
  assert.deepEqual(
    placement.losses.map(({ field }) => field),
    ['spec.timeouts.connect', 'spec.redirect', 'spec.hsts'],
  );
});
