import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { marks } from '../gitops/marks.ts';
import { decide, defaulted, observe } from '../unit/state/example.ts';
import { arbitraryRoute } from './arbitrary-route.ts';

/** Whatever tools and people write on a route, among it what GitOps tools know their objects by. */
const metadata = fc.record({
  labels: fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(marks.labels)), fc.string()), fc.string()),
  annotations: fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(marks.annotations)), fc.string()), fc.string()),
});

describe('labels and annotations of a route', () => {
  test('make no difference to its children, so no tool takes a child for its own and prunes it', () => {
    fc.assert(
      fc.property(arbitraryRoute, metadata, (manifest, written) => {
        const plain = { ...manifest.metadata, uid: 'uid-of-route', generation: 1 };
        const bare = decide(observe(defaulted({ ...manifest, metadata: plain })));
        const marked = decide(observe(defaulted({ ...manifest, metadata: { ...plain, ...written } })));
        assert.ok(bare.objects.length > 0);
        assert.deepEqual(marked.objects, bare.objects);
      }),
    );
  });
});
