import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WssRoute } from '../../../src/api/wssroute.ts';
import { HostIndex, type Presence } from '../../../src/state/host-index.ts';
import { exampleRoute } from './example.ts';

/** A route of the host, made on a day of May, with one path. */
function build(name: string, day: number, path: string, hosts = ['chat.example.com']): WssRoute {
  const creationTimestamp = `2026-05-${String(day).padStart(2, '0')}T00:00:00Z`;
  const paths = [{ path, service: { name: 'chat', port: 80 } }];
  return exampleRoute({ hosts, paths }, { name, uid: name, creationTimestamp });
}

const first = build('first', 1, '/a');
const second = build('second', 2, '/b');
const third = build('third', 3, '/c');
const exampleRouteHead = { apiVersion: 'wssroute.dev/v1alpha1', kind: 'WssRoute' };

function fill(...routes: readonly WssRoute[]): HostIndex {
  const index = new HostIndex();
  for (const route of routes) index.change(route.metadata.name, undefined, route);
  return index;
}

const at = 'nginx chat.example.com';

/** Of each route whether an older one serves the host, and whether it leads it. */
function standings(index: HostIndex, ...routes: readonly WssRoute[]): readonly string[] {
  return routes.map((route) => {
    const { rank, leads } = index.standingsOf(route.metadata.name, route).get(at) ?? {};
    return `${rank}${leads ? ' leads' : ''}`;
  });
}

function say(index: HostIndex, route: WssRoute, presence: Presence): readonly string[] {
  return [...index.setPresence(route.metadata.name, route, () => presence)].sort();
}

describe('the routes of a host', () => {
  test('go by age, whatever the order in which they are seen, and the two oldest lead it', () => {
    for (const order of [
      [first, second, third],
      [third, second, first],
      [second, third, first],
    ]) {
      assert.deepEqual(standings(fill(...order), first, second, third), ['0 leads', '1 leads', '1']);
    }
  });

  test('move up when the oldest goes, and those whose standing is another are named', () => {
    const index = fill(first, second, third);
    assert.deepEqual([...index.change('first', first, undefined)].sort(), ['second', 'third']);
    assert.deepEqual(standings(index, second, third), ['0 leads', '1 leads']);
  });

  test('are passed over where nothing is written for them, and those whose standing is another are named', () => {
    const index = fill(first, second, third);
    assert.deepEqual(say(index, first, 'idle'), ['second', 'third']);
    assert.deepEqual(say(index, second, 'idle'), ['third']);
    assert.deepEqual(standings(index, first, second, third), ['0', '0', '0 leads']);
    assert.deepEqual(say(index, first, 'idle'), []);
    const fourth = build('fourth', 4, '/d');
    index.change('fourth', undefined, fourth);
    assert.deepEqual(standings(index, first, second, third, fourth), ['0', '0', '0 leads', '1 leads']);
    assert.deepEqual(say(index, first, 'ready'), ['fourth', 'third']);
    assert.deepEqual(standings(index, first, second, third, fourth), ['0 leads', '1', '1 leads', '1']);
  });

  test('lead it when they have a certificate; where none has one, the oldest leads alone', () => {
    const index = fill(first, second, third);
    assert.deepEqual(say(index, second, 'bare'), ['third']);
    assert.deepEqual(standings(index, first, second, third), ['0 leads', '1', '1 leads']);
    say(index, first, 'bare');
    assert.deepEqual(standings(index, first, second, third), ['0', '1', '1 leads']);
    assert.deepEqual(say(index, third, 'bare'), ['first']);
    assert.deepEqual(standings(index, first, second, third), ['0 leads', '1', '1']);
    assert.deepEqual(index.findFirst(at), { leader: 'first', oldest: 'first' });
    assert.deepEqual(say(index, second, 'ready'), ['first']);
    assert.deepEqual(index.findFirst(at), { leader: 'second', oldest: 'first' });
  });

  test('are at one host what they are not at another', () => {
    const hosts = ['chat.example.com', 'other.example.com'];
    const [old, young] = [build('old', 1, '/a', hosts), build('young', 2, '/b', hosts)];
    const index = fill(old, young);
    index.setPresence('old', old, (place) => (place === at ? 'idle' : 'ready'));
    assert.deepEqual(
      [...index.standingsOf('young', young)].map(([place, { rank }]) => `${place} ${rank}`),
      [`${at} 0`, 'nginx other.example.com 1'],
    );
  });

  test('keep what they are where they change, and not where another of the name comes', () => {
    const index = fill(first, second);
    say(index, first, 'idle');
    index.change('first', first, build('first', 1, '/z'));
    assert.deepEqual(standings(index, first, second), ['0', '0 leads']);
    const anew = { ...first, metadata: { ...first.metadata, uid: 'anew' } };
    index.change('first', first, anew);
    assert.deepEqual(standings(index, anew, second), ['0 leads', '1 leads']);
  });

  test('are the same whatever has come, waited and gone before', () => {
    let seed = 7;
    const draw = (below: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    const index = new HostIndex();
    const present = new Map<string, WssRoute>();
    const presences = new Map<string, Presence>();
    for (let step = 0; step < 600; step += 1) {
      const key = `route-${draw(6)}`;
      const before = present.get(key);
      const route = build(key, (Number(key.at(-1)) * 5) % 7, `/${draw(3)}`);
      if (before !== undefined && draw(2) === 0) {
        const presence = (['idle', 'bare', 'ready'] as const)[draw(3)] ?? 'idle';
        say(index, before, presence);
        presences.set(key, presence);
      } else if (draw(3) === 0) {
        index.change(key, before, undefined);
        present.delete(key);
        presences.delete(key);
      } else {
        index.change(key, before, route);
        present.set(key, route);
      }
      const now = [...present.values()];
      const fresh = fill(...now.toReversed());
      for (const [each, presence] of presences) say(fresh, present.get(each) ?? route, presence);
      assert.deepEqual(standings(index, ...now), standings(fresh, ...now));
    }
  });

  test('of a route that has gone hold nothing against one of its name that comes', () => {
    const index = fill(first, second);
    say(index, first, 'idle');
    index.change('first', first, undefined);
    assert.deepEqual([...index.change('first', undefined, first)], ['second']);
    assert.deepEqual(standings(index, first, second), ['0 leads', '1 leads']);
  });

  test('concern nobody else when the youngest comes or goes', () => {
    const index = fill(first, second);
    assert.deepEqual([...index.change('third', undefined, third)], []);
    assert.deepEqual([...index.change('third', third, undefined)], []);
  });

  test('are those of each class and host on its own', () => {
    const other = build('other', 1, '/a', ['other.example.com']);
    const index = fill(first, other, second);
    assert.equal(index.standingsOf('other', other).get('nginx other.example.com')?.rank, 0);
    assert.equal(index.standingsOf('second', second).get(at)?.rank, 1);
  });

  test('are found at once, however many routes the host has', () => {
    const { metadata, spec } = exampleRoute();
    const index = new HostIndex();
    let touched = 0;
    for (let number = 0; number < 5_000; number += 1) {
      const minute = String(number % 60).padStart(2, '0');
      const route = {
        ...exampleRouteHead,
        metadata: {
          ...metadata,
          name: `${number}`,
          uid: `${number}`,
          creationTimestamp: `2026-05-01T12:${minute}:00Z`,
        },
        // Each look at the paths is counted.
        get spec() {
          touched += 1;
          return spec;
        },
      };
      index.change(`${number}`, undefined, route);
      index.standingsOf(`${number}`, route);
    }
    assert.ok(touched < 5_000 * 20, `${touched} looks`);
  });
});
