import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gatewayKind, type Kind, serviceKind, wssRouteKind } from '../../../src/api/kinds.ts';
import { awaitFirstLists, type FirstList } from '../../../src/controller/first-lists.ts';
import { ApiError, ConnectionError } from '../../../src/kube/errors.ts';
import type { ReflectorState } from '../../../src/kube/reflector.ts';
import { FakeClock, settle } from '../kube/fake-clock.ts';

const request = { method: 'GET', path: '/apis' };
const refused = retrying(new ApiError(request, 403, {}));
const unanswered = retrying(new ConnectionError(request, 'refused'));

function retrying(error: unknown): ReflectorState {
  return { phase: 'retrying', error, since: 0, attempt: 0 };
}

/** The first list of a kind, which comes when the test says so. */
class Pending implements FirstList {
  readonly kind: Kind;
  hasSynced = false;
  state: ReflectorState = { phase: 'listing' };
  readonly #synced = Promise.withResolvers<void>();

  constructor(kind: Kind) {
    this.kind = kind;
  }

  complete(): void {
    this.hasSynced = true;
    this.#synced.resolve();
  }

  whenSynced(): Promise<void> {
    return this.#synced.promise;
  }
}

function begin(): { clock: FakeClock; routes: Pending; services: Pending; gateways: Pending; hasBegun(): boolean } {
  const clock = new FakeClock();
  const [routes, services, gateways] = [wssRouteKind, serviceKind, gatewayKind].map((kind) => new Pending(kind));
  assert.ok(routes && services && gateways);
  let isOver = false;
  const { signal } = new AbortController();
  void awaitFirstLists([routes, services, gateways], { clock, signal }).then(() => {
    isOver = true;
  });
  return { clock, routes, services, gateways, hasBegun: () => isOver };
}

describe('the operator begins', () => {
  test('at once when every kind has been read', async () => {
    const { routes, services, gateways, hasBegun } = begin();
    for (const each of [gateways, routes]) each.complete();
    await settle();
    assert.equal(hasBegun(), false);
    services.complete();
    await settle();
    assert.equal(hasBegun(), true);
  });

  test('30 s after the others without one that the API server refuses', async () => {
    const { clock, routes, services, gateways, hasBegun } = begin();
    gateways.state = refused;
    await clock.advance(60_000);
    for (const each of [routes, services]) each.complete();
    await settle();
    await clock.advance(29_000);
    assert.equal(hasBegun(), false);
    await clock.advance(1_000);
    assert.equal(hasBegun(), true);
  });

  test('not without one that is slow, or of which there is no answer', async () => {
    const { clock, routes, services, gateways, hasBegun } = begin();
    for (const each of [routes, services]) each.complete();
    await settle();
    await clock.advance(120_000);
    gateways.state = unanswered;
    await clock.advance(120_000);
    assert.equal(hasBegun(), false);
    gateways.state = refused;
    await clock.advance(1_000);
    assert.equal(hasBegun(), true);
  });

  test('never without the routes and Services', async () => {
    const { clock, routes, services, gateways, hasBegun } = begin();
    routes.complete();
    gateways.complete();
    services.state = refused;
    await settle();
    await clock.advance(3_600_000);
    assert.equal(hasBegun(), false);
  });
});
