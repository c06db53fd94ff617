import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AbortedError, ApiError, ConnectionError } from '../../../src/kube/errors.ts';
import { type EventInput, EventRecorder } from '../../../src/kube/events.ts';
import type { RequestOptions } from '../../../src/kube/request.ts';
import { FakeClock, settle } from './fake-clock.ts';

const request = { method: 'POST', path: '/x' };

/** A recorder whose requests are answered by `judge`: an error, or undefined for a write that is stored. */
function open(judge: (namespace: string) => Error | undefined) {
  const clock = new FakeClock();
  const written: string[] = [];
  const dropped: string[] = [];
  const transport = {
    async request<Body>({ method, path, body }: RequestOptions) {
      const [, namespace = ''] = /namespaces\/([^/]+)\//.exec(path) ?? [];
      const refusal = judge(namespace);
      if (refusal !== undefined) throw refusal;
      written.push(`${method} ${(body as { readonly note?: string }).note ?? ''}`.trim());
      return { status: 201, headers: {}, body: {} as Body };
    },
  };
  const recorder = new EventRecorder({
    transport,
    reportingInstance: 'pod-1',
    now: () => new Date(0),
    clock,
    random: () => 1,
    onDropped: ({ note }, why) => dropped.push(`${note} ${why}`),
  });
  return { clock, recorder, written, dropped };
}

function event(note: string, namespace = 'farm'): EventInput {
  const regarding = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'pig', uid: `uid-of-${namespace}` };
  return { regarding, type: 'Normal', reason: 'Fed', action: 'Feed', note };
}

test('an API server that is away for a minute gets everything when it is back, each once', async () => {
  let isAway = true;
  const { clock, recorder, written, dropped } = open(() =>
    isAway ? new ConnectionError(request, 'refused') : undefined,
  );
  for (const note of ['first', 'second']) recorder.record(event(note));
  await settle();
  await clock.advance(60_000);
  assert.deepEqual(written, []);
  isAway = false;
  await clock.advance(10_000);
  assert.deepEqual([written, dropped], [['POST first', 'POST second'], []]);
});

test('a denial holds up nobody else, and is over when it is taken back', async () => {
  let isDenied = true;
  const { clock, recorder, written, dropped } = open((namespace) =>
    isDenied && namespace === 'walled' ? new ApiError(request, 403, { reason: 'Forbidden' }) : undefined,
  );
  recorder.record(event('inside', 'walled'));
  recorder.record(event('outside'));
  await settle();
  assert.deepEqual(written, ['POST outside']);
  await clock.advance(20_000);
  isDenied = false;
  await clock.advance(10_000);
  assert.deepEqual([written, dropped], [['POST outside', 'POST inside'], []]);
});

test('what a replica may not write between two terms is written in the next one, with what was repeated meanwhile', async () => {
  let leads = false;
  const { clock, recorder, written, dropped } = open(() => (leads ? undefined : new AbortedError('not sent')));
  recorder.record(event('mine'));
  await settle();
  await clock.advance(5_000);
  recorder.record(event('mine'));
  assert.deepEqual(written, []);
  leads = true;
  await clock.advance(60_000);
  assert.deepEqual([written, dropped], [['POST mine', 'PATCH'], []]);
});

test('what is given up is told, and the next occurrence begins anew', async () => {
  let isAway = true;
  const { clock, recorder, written, dropped } = open(() =>
    isAway ? new ApiError(request, 503, { reason: 'ServiceUnavailable' }) : undefined,
  );
  recorder.record(event('lost'));
  await settle();
  await clock.advance(300_000);
  assert.deepEqual(dropped, ['lost failed']);
  assert.equal(clock.pending, 0);
  isAway = false;
  recorder.record(event('lost'));
  await settle();
  assert.deepEqual(written, ['POST lost']);
});

test('nothing is left to wake a recorder that has ended', async () => {
  const { clock, recorder, dropped } = open(() => new ConnectionError(request, 'refused'));
  recorder.record(event('late'));
  await settle();
  recorder.stop();
  await clock.advance(300_000);
  assert.deepEqual([dropped, clock.pending], [[], 0]);
});
