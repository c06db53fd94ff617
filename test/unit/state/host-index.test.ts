import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WssRoute } from '../../../src/api/wssroute.ts';
import { HostIndex } from '../../../src/state/host-index.ts';
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

function ranks(index: HostIndex, ...routes: readonly WssRoute[]): readonly (number | undefined)[] {
  return routes.map((route) => index.ranksOf(route.metadata.name, route).get('nginx chat.example.com'));
}

describe('the ranks of the routes of a host', () => {
  test('go by age, whatever the order in which they are seen; after the second all are alike', () => {
    for (const order of [
      [first, second, third],
      [third, second, first],
      [second, third, first],
    ]) {
      assert.deepEqual(ranks(fill(...order), first, second, third), [0, 1, 2]);
    }
  });

  test('pass over a route whose every path is an older one’s: it has nothing to follow up with', () => {
    const same = build('same', 2, '/a');
    assert.deepEqual(ranks(fill(first, same, third), first, same, third), [0, 2, 1]);
  });

  test('move up when the oldest goes, and those whose rank is another are named', () => {
    const index = fill(first, second, third);
    assert.deepEqual([...index.change('first', first, undefined)].sort(), ['second', 'third']);
    assert.deepEqual(ranks(index, second, third), [0, 1]);
  });

  test('pass over those for which nothing can be written, and those whose rank is another are named', () => {
    const index = fill(first, second, third);
    assert.deepEqual([...index.setIdle('first', first, true)].sort(), ['second', 'third']);
    assert.deepEqual([...index.setIdle('second', second, true)], ['third']);
    assert.deepEqual(ranks(index, first, second, third), [2, 2, 0]);
    assert.deepEqual([...index.setIdle('first', first, true)], []);
    const fourth = build('fourth', 4, '/d');
    index.change('fourth', undefined, fourth);
    assert.deepEqual(ranks(index, first, second, third, fourth), [2, 2, 0, 1]);
    assert.deepEqual([...index.setIdle('first', first, false)].sort(), ['fourth', 'third']);
    assert.deepEqual(ranks(index, first, second, third, fourth), [0, 2, 1, 2]);
  });

  test('pass over those whose every path is one of a route for which nothing can be written', () => {
    const index = fill(first, build('same', 2, '/a'), third);
    index.setIdle('first', first, true);
    assert.deepEqual(ranks(index, build('same', 2, '/a'), third), [2, 0]);
    assert.deepEqual([...index.change('first', first, undefined)].sort(), ['same', 'third']);
    assert.deepEqual(ranks(index, build('same', 2, '/a'), third), [0, 1]);
  });

  test('are the same whatever has come, waited and gone before', () => {
    let seed = 7;
    const draw = (below: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    const index = new HostIndex();
    const present = new Map<string, WssRoute>();
    const idle = new Set<string>();
    for (let step = 0; step < 2_000; step += 1) {
      const key = `route-${draw(6)}`;
      const before = present.get(key);
      const route = build(key, (Number(key.at(-1)) * 5) % 7, `/${draw(3)}`);
      if (before !== undefined && draw(2) === 0) {
        const isIdle = draw(2) === 0;
        index.setIdle(key, before, isIdle);
        if (isIdle) idle.add(key);
        else idle.delete(key);
      } else if (draw(3) === 0) {
        index.change(key, before, undefined);
        present.delete(key);
        idle.delete(key);
      } else {
        index.change(key, before, route);
        present.set(key, route);
      }
      const now = [...present.values()];
      const fresh = fill(...now.toReversed());
      for (const each of idle) fresh.setIdle(each, present.get(each) ?? route, true);
      assert.deepEqual(ranks(index, ...now), ranks(fresh, ...now));
    }
  });

  test('of a route that has gone hold nothing against one of its name that comes', () => {
    const index = fill(first, second);
    index.setIdle('first', first, true);
    index.change('first', first, undefined);
    assert.deepEqual([...index.change('first', undefined, first)], ['second']);
    assert.deepEqual(ranks(index, first, second), [0, 1]);
  });

  test('concern nobody else when the youngest comes or goes', () => {
    const index = fill(first, second);
    assert.deepEqual([...index.change('third', undefined, third)], []);
    assert.deepEqual([...index.change('third', third, undefined)], []);
  });

  test('are those of each class and host on its own', () => {
    const other = build('other', 1, '/a', ['other.example.com']);
    const index = fill(first, other, second);
    assert.equal(index.ranksOf('other', other).get('nginx other.example.com'), 0);
    assert.equal(index.ranksOf('second', second).get('nginx chat.example.com'), 1);
  });

  test('are the same whatever has come, changed and gone before', () => {
    const days = [3, 1, 4, 2, 6, 5];
    const routes = days.map((day, at) => build(`route-${at}`, day, `/${at % 3}`));
    const moved = routes.map((_, at) => build(`route-${at}`, days[at] ?? 1, `/${(at + 1) % 2}`));
    const index = new HostIndex();
    const present = new Map<string, WssRoute>();
    for (const wanted of [...routes, ...moved, undefined, undefined, undefined, undefined]) {
      const [eldest] = [...present.values()].sort((left, right) =>
        `${left.metadata.creationTimestamp}` < `${right.metadata.creationTimestamp}` ? -1 : 1,
      );
      const key = (wanted ?? eldest)?.metadata.name ?? '';
      index.change(key, present.get(key), wanted);
      if (wanted === undefined) present.delete(key);
      else present.set(key, wanted);
      const now = [...present.values()];
      assert.deepEqual(ranks(index, ...now), ranks(fill(...now.toReversed()), ...now));
    }
  });

  test('are found at once, however many routes the host has', () => {
    const { metadata, spec } = exampleRoute();
    const index = new HostIndex();
    let touched = 0;
    for (let at = 0; at < 5_000; at += 1) {
      const minute = String(at % 60).padStart(2, '0');
      const route = {
        ...exampleRouteHead,
        metadata: { ...metadata, name: `${at}`, uid: `${at}`, creationTimestamp: `2026-05-01T12:${minute}:00Z` },
        // Each look at the paths is counted.
        get spec() {
          touched += 1;
          return spec;
        },
      };
      index.change(`${at}`, undefined, route);
      index.ranksOf(`${at}`, route);
    }
    assert.ok(touched < 5_000 * 20, `${touched} looks`);
  });
});
