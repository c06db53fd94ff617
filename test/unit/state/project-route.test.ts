import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { projectRoute } from '../../../src/state/project-route.ts';
import { exampleRoute } from './example.ts';
import { measureGrowth } from './measure-growth.ts';

const condition = {
  type: 'Programmed',
  status: 'False' as const,
  reason: 'AddressPending',
  message: 'the controller has published no address yet',
  lastTransitionTime: '2026-05-01T12:00:00Z',
  observedGeneration: 1,
};
const status = {
  observedGeneration: 1,
  urls: ['wss://chat.example.com/ws'],
  attachments: [
    { ref: 'IngressClass/nginx', addresses: ['192.0.2.1'], conditions: [condition] },
    { ref: 'Gateway/a/b' },
  ],
  conditions: [condition],
};

describe('a WssRoute', () => {
  test('is kept without labels, annotations and managed fields', () => {
    const { metadata, ...rest } = exampleRoute();
    const marks = { labels: { a: 'b' }, annotations: { c: 'd' }, managedFields: [{ manager: 'kubectl' }] };
    assert.deepEqual(projectRoute({ ...rest, metadata: { ...metadata, ...marks } }), { ...rest, metadata });
  });

  test('is kept with its whole status', () => {
    const route = { ...exampleRoute(), status };
    assert.deepEqual(projectRoute(structuredClone(route)), route);
  });

  test('is kept where its spec is none, as another schema let it in', () => {
    for (const spec of [undefined, null, 'none', []] as never[]) {
      assert.deepEqual(projectRoute({ ...exampleRoute(), spec }).spec, spec);
    }
  });

  test('has its defaults where the cluster has a schema without them', () => {
    const { spec, ...rest } = exampleRoute();
    const { redirect: _, ...sparse } = spec;
    assert.deepEqual(projectRoute({ ...rest, spec: sparse }), { ...rest, spec });
  });

  /** 2,000 messages of 16 KiB would be 32 MiB; of one attachment, and of the route. */
  test('has the words of its conditions in memory once, however many have the same', () => {
    const text = JSON.stringify({ ...exampleRoute(), status }).replaceAll(condition.message, 'm'.repeat(8 * 1024));
    const grown = measureGrowth(2000, () => projectRoute(JSON.parse(text)));
    assert.ok(grown < 8 * 1024 * 1024, `${grown} bytes more`);
  });

  test('shares what it says like another one: whole conditions, and whole parts of its spec', () => {
    const text = JSON.stringify({ ...exampleRoute(), status });
    const [one, other] = [text, text].map((each) => projectRoute(JSON.parse(each)));
    assert.notEqual(one, other);
    assert.equal(one?.status?.conditions?.[0], other?.status?.conditions?.[0]);
    assert.equal(one?.spec.paths, other?.spec.paths);
  });
});
