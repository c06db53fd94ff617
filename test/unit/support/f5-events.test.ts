import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Announcer } from '../../support/f5/events.ts';
import { decideAll, master, minion, plain, upgrade } from './f5-ingresses.ts';

const front = master({ name: 'front', namespace: 'edge' });
const chat = minion({ name: 'chat', annotations: upgrade });

function tell(announcer: Announcer, ...ingresses: Parameters<typeof decideAll>[0]): readonly string[] {
  const announcements = announcer.announce(decideAll(ingresses));
  return announcements.map(({ ingress, event }) => `${ingress.metadata.name} ${event.reason}: ${event.message}`);
}

describe('Events of F5 NGINX', () => {
  test('come with a change of the spec or an annotation, and not with a label or a status', () => {
    const announcer = new Announcer();
    const ingress = plain({ name: 'web' });
    const added = 'web AddedOrUpdated: Configuration for app/web was added or updated ';
    assert.deepEqual(tell(announcer, ingress), [added]);
    const touched = { ...ingress, metadata: { ...ingress.metadata, labels: { a: 'b' } }, status: { loadBalancer: {} } };
    assert.deepEqual(tell(announcer, touched), []);
    assert.deepEqual(tell(announcer, plain({ name: 'web', annotations: { 'some/annot': 'x' } })), [added]);
    assert.deepEqual(tell(announcer), []);
  });

  test('of a minion are repeated with every change of its master', () => {
    const announcer = new Announcer();
    tell(announcer, front, chat);
    const changed = master({ name: 'front', namespace: 'edge', annotations: { 'some/annot': 'x' } });
    assert.deepEqual(tell(announcer, changed, chat), [
      'chat AddedOrUpdated: Configuration for app/chat was added or updated',
      'front AddedOrUpdated: Configuration for edge/front was added or updated',
    ]);
  });

  test('say twice that what was served is refused, and once what never was', () => {
    const bad = minion({ name: 'chat', annotations: { 'nginx.org/websocket-services': 'nope' } });
    const served = new Announcer();
    tell(served, front, chat);
    const [first = '', second = ''] = tell(served, front, bad);
    assert.match(first, /^chat Rejected: annotations\.nginx\.org/);
    assert.equal(second, first.replace('Rejected: ', 'Rejected: app/chat was rejected: with error: '));
    assert.equal(tell(new Announcer(), front, bad).filter((line) => line.startsWith('chat')).length, 1);
  });

  test('tell a minion that its master is gone', () => {
    const announcer = new Announcer();
    tell(announcer, front, chat);
    assert.deepEqual(tell(announcer, chat), ["chat NoIngressMasterFound: Ingress master is invalid or doesn't exist"]);
  });
});
