import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WssRoute } from '../../../src/api/wssroute.ts';
import { SharingIndex } from '../../../src/state/sharing-index.ts';
import { exampleRoute } from './example.ts';
import { attachedRoute } from './gateway-example.ts';

const service = { name: 'chat', port: 8443 };

function build(serverName: string | undefined, changes: object = {}): WssRoute {
  const paths = [{ path: '/ws', service, ...(serverName && { backendTLS: { serverName } }) }];
  return attachedRoute({}, { paths, ...changes });
}

/** What is known of the first route when the second is there, and who was told of it. */
function compare(first: WssRoute, second: WssRoute): readonly unknown[] {
  const index = new SharingIndex();
  index.change('chat/first', undefined, first);
  const told = [...index.change('chat/second', undefined, second)].sort();
  const { rivals, isShared } = index.describe('chat/first', first).backendTls;
  return [rivals, isShared, told];
}

describe('the TLS of a port of a Service', () => {
  test('is shared by routes that want the same', () => {
    assert.deepEqual(compare(build('a'), build('a')), [[], true, []]);
  });

  test('cannot be as both want it where they differ, and both are told', () => {
    const both = ['chat/first', 'chat/second'];
    assert.deepEqual(compare(build('a'), build('b')), [['chat/second'], true, both]);
  });

  test('is nobody else’s business', () => {
    const alone = [[], false, []];
    assert.deepEqual(compare(build('a'), build(undefined)), alone);
    const { spec } = build('b');
    assert.deepEqual(compare(build('a'), exampleRoute({ paths: spec.paths })), alone);
    assert.deepEqual(compare(build('a'), { ...build('b'), metadata: { name: 'chat', namespace: 'other' } }), alone);
  });

  test('is nobody’s rival within one route', () => {
    const paths = ['a', 'b'].map((serverName) => ({ path: `/${serverName}`, service, backendTLS: { serverName } }));
    assert.deepEqual(compare(build('a', { paths }), build(undefined)), [[], false, []]);
  });
});
