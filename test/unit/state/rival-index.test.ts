import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WssRoute } from '../../../src/api/wssroute.ts';
import { describeBackends } from '../../../src/route/balancing.ts';
import { validateRoute } from '../../../src/route/validate.ts';
import { RivalIndex } from '../../../src/state/rival-index.ts';

function buildRoute(name: string, spec: object = {}): WssRoute {
  const validation = validateRoute({
    apiVersion: 'wssroute.dev/v1alpha1',
    kind: 'WssRoute',
    metadata: { namespace: 'shop', name },
    spec: {
      hosts: [`${name}.example.com`],
      ingressClassName: 'nginx',
      tls: { secretName: 'tls' },
      paths: [{ service: { name: 'chat', port: 8080 } }],
      ...spec,
    },
  });
  assert.ok(validation.isValid);
  return validation.route;
}

const plain = buildRoute('plain');
const sticky = buildRoute('sticky', { affinity: { type: 'SourceIP' } });

describe('routes that share a Service and port', () => {
  test('are no rivals while they want the same', () => {
    const index = new RivalIndex(describeBackends);
    index.change('shop/plain', undefined, plain);
    const twin = buildRoute('twin');
    assert.deepEqual([...index.change('shop/twin', undefined, twin)], []);
    assert.deepEqual(index.findRivals(twin), []);
  });

  test('name each other when they do not', () => {
    const index = new RivalIndex(describeBackends);
    index.change('shop/plain', undefined, plain);
    assert.deepEqual([...index.change('shop/sticky', undefined, sticky)], ['shop/plain', 'shop/sticky']);
    assert.deepEqual(index.findRivals(plain), ['shop/sticky']);
    assert.deepEqual(index.findRivals(sticky), ['shop/plain']);
  });

  test('are at peace again when one of them changes or goes, and the other is told', () => {
    const index = new RivalIndex(describeBackends);
    index.change('shop/plain', undefined, plain);
    index.change('shop/sticky', undefined, sticky);
    const calm = buildRoute('sticky');
    assert.deepEqual([...index.change('shop/sticky', sticky, calm)].sort(), ['shop/plain', 'shop/sticky']);
    assert.deepEqual(index.findRivals(plain), []);
    index.change('shop/sticky', calm, sticky);
    assert.deepEqual([...index.change('shop/sticky', sticky, undefined)], ['shop/plain']);
    assert.deepEqual(index.findRivals(plain), []);
  });

  test('tell nobody when a second route joins a way that is known', () => {
    const index = new RivalIndex(describeBackends);
    index.change('shop/plain', undefined, plain);
    index.change('shop/sticky', undefined, sticky);
    const second = buildRoute('z-second', { affinity: { type: 'SourceIP' } });
    assert.deepEqual([...index.change('shop/z-second', undefined, second)], []);
    assert.deepEqual(index.findRivals(second), ['shop/plain']);
  });

  test('keep their names through an event that changes nothing', () => {
    const index = new RivalIndex(describeBackends);
    for (const name of ['a', 'b', 'c']) index.change(`shop/${name}`, undefined, buildRoute(name));
    index.change('shop/sticky', undefined, sticky);
    assert.deepEqual(index.findRivals(sticky), ['shop/a']);
    const echo = buildRoute('a');
    assert.deepEqual([...index.change('shop/a', echo, echo)], []);
    assert.deepEqual(index.findRivals(sticky), ['shop/a']);
  });

  test('are told when the one that was named goes and another takes its place', () => {
    const index = new RivalIndex(describeBackends);
    index.change('shop/a', undefined, buildRoute('a'));
    index.change('shop/b', undefined, buildRoute('b'));
    index.change('shop/sticky', undefined, sticky);
    assert.ok(index.change('shop/a', buildRoute('a'), undefined).has('shop/sticky'));
    assert.deepEqual(index.findRivals(sticky), ['shop/b']);
  });

  test('are apart on another port, and in another class', () => {
    const index = new RivalIndex(describeBackends);
    index.change('shop/sticky', undefined, sticky);
    assert.deepEqual(index.findRivals(buildRoute('a', { paths: [{ service: { name: 'chat', port: 'ws' } }] })), []);
    assert.deepEqual(index.findRivals(buildRoute('b', { ingressClassName: 'internal' })), []);
  });
});
