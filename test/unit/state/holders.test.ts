import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WssRoute } from '../../../src/api/wssroute.ts';
import { claimsOf } from '../../../src/route/claims.ts';
import { openPolicy } from '../../../src/route/policy.ts';
import { desire } from '../../../src/state/desired.ts';
import { findHolders, type Hosting, type Rivals, type Serving } from '../../../src/state/holders.ts';
import { judgeAcceptance } from '../../../src/state/judge-placement.ts';
import type { Observed, ObservedIngress } from '../../../src/state/observed.ts';
import { describeHosting } from '../../../src/state/place.ts';
import { projectIngress } from '../../../src/state/project.ts';
import { projectHttpRoute } from '../../../src/state/project-http-route.ts';
import { findStandIns } from '../../../src/state/stand-ins.ts';
import { exampleRoute, gather, observe, store } from './example.ts';
import { attachedRoute, exampleListener, exampleParent, observeAttached, plainListener } from './gateway-example.ts';

const claim = 'nginx chat.example.com /ws';
const day = (number: number) => `2026-01-0${number}T00:00:00Z`;
const shared: Hosting = { isExclusive: () => false, standsBy: () => false };
const exclusive: Hosting = { ...shared, isExclusive: () => true };
/** Of routes that nobody has looked at yet, and that have written nothing. */
const unknown: Pick<Rivals, 'objectsOf' | 'abilityOf'> = { objectsOf: () => [], abilityOf: () => 'unjudged' };
const owner = { apiVersion: 'wssroute.dev/v1alpha1', kind: 'WssRoute', name: 'chat', uid: 'u', controller: true };

function makeRoute(name: string, created: number): WssRoute {
  return exampleRoute({}, { name, uid: name, creationTimestamp: day(created) });
}

function makeIngress(name: string, created: number, marks: object = {}): ObservedIngress {
  return projectIngress({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: 'web', uid: name, creationTimestamp: day(created), ...marks },
    spec: { ingressClassName: 'nginx', rules: [{ host: 'chat.example.com', http: { paths: [{ path: '/ws' }] } }] },
  });
}

function findHolder(
  route: WssRoute,
  routes: readonly WssRoute[],
  ingresses: readonly ObservedIngress[] = [],
  own?: ObservedIngress,
): string | undefined {
  const rivals = {
    routesAt: (wanted: string) => routes.filter((each) => claimsOf(each).includes(wanted)),
    objectsAt: (wanted: string) => ingresses.filter(({ claims }) => claims.includes(wanted)),
    ...unknown,
  };
  return findHolders(route, own === undefined ? [] : [own], shared, rivals).get(claim)?.name;
}

describe('who holds a claim', () => {
  test('is nobody but the route when nobody else wants it', () => {
    const route = makeRoute('mine', 1);
    assert.equal(findHolder(route, [route]), undefined);
  });

  test('is the older of two routes', () => {
    const [old, young] = [makeRoute('old', 1), makeRoute('young', 2)];
    assert.equal(findHolder(young, [young, old]), 'old');
    assert.equal(findHolder(old, [young, old]), undefined);
  });

  test('is an Ingress of somebody, even a younger one, while the route serves nothing there yet', () => {
    const route = makeRoute('mine', 1);
    assert.equal(findHolder(route, [route], [makeIngress('website', 2)]), 'website');
  });

  test('is the route while its own Ingress is older than that of somebody', () => {
    const route = makeRoute('mine', 1);
    const own = makeIngress('mine-wss', 2, { ownerReferences: [owner] });
    assert.equal(findHolder(route, [route], [own, makeIngress('website', 3)], own), undefined);
  });

  test('is somebody when their Ingress is older than the route\u2019s own', () => {
    const route = makeRoute('mine', 1);
    const own = makeIngress('mine-wss', 3, { ownerReferences: [owner] });
    assert.equal(findHolder(route, [route], [own, makeIngress('website', 2)], own), 'website');
  });

  test('is the oldest of several Ingresses', () => {
    const route = makeRoute('mine', 1);
    assert.equal(findHolder(route, [route], [makeIngress('b', 3), makeIngress('a', 2)]), 'a');
  });

  test('is never an Ingress of another route: its route decides', () => {
    const [old, young] = [makeRoute('old', 1), makeRoute('young', 2)];
    const theirs = makeIngress('young-wss', 1, { ownerReferences: [{ ...owner, name: 'young' }] });
    assert.equal(findHolder(old, [old, young], [theirs]), undefined);
  });
});

describe('an older route that cannot tell yet whether it can serve a claim', () => {
  const [old, young] = [makeRoute('old', 1), makeRoute('young', 2)];
  const serve = ({ metadata: { name = '' } }: WssRoute) => [
    makeIngress(`${name}-wss`, 3, { ownerReferences: [{ ...owner, name }] }),
  ];

  for (const [ability, isServing, standsBy, isWritten, holder] of [
    // From a route that serves nothing the claim is kept, unless nothing can be written for the older one.
    ['unjudged', false, false, false, 'old'],
    ['able', false, false, false, 'old'],
    ['unable', false, false, false, undefined],
    ['unable', false, false, true, 'old'],
    // From a route that serves it, it is taken when the older one can serve it, and where both may stand side by side, when it does.
    ['unjudged', true, false, false, undefined],
    ['unable', true, false, false, undefined],
    ['able', true, false, false, 'old'],
    ['able', true, true, false, undefined],
    ['able', true, true, true, 'old'],
    ['unable', true, true, true, 'old'],
    ['unjudged', true, false, true, 'old'],
  ] as const) {
    const says = [
      `that is ${ability}${isWritten ? ' and serves it already' : ''}`,
      `a younger one that serves ${isServing ? 'it' : 'nothing'}${standsBy ? ', beside which it may stand' : ''}`,
    ];
    test(`${holder === undefined ? 'takes nothing' : 'takes it'}: ${says.join(', from ')}`, () => {
      const rivals: Rivals = {
        routesAt: () => [young, old],
        objectsAt: () => [],
        objectsOf: (route) => (route === old && isWritten ? serve(old) : []),
        abilityOf: (route) => (route === old ? ability : 'able'),
      };
      const own = isServing ? serve(young) : [];
      const found = findHolders(young, own, { ...shared, standsBy: () => standsBy }, rivals);
      assert.equal(found.get(claim)?.name, holder);
      const { waiting } = findStandIns(young, found, rivals);
      assert.equal(waiting.get(claim)?.name, holder === undefined ? 'old' : undefined);
      assert.deepEqual([...findHolders(old, [], shared, rivals)], []);
    });
  }

  test('is told who serves it meanwhile, and the one that does, who waits', () => {
    const rivals: Rivals = {
      routesAt: () => [young, old],
      objectsAt: () => [],
      objectsOf: (route) => (route === young ? serve(young) : []),
      abilityOf: () => 'unable',
    };
    const tell = (route: WssRoute, changes: Partial<Observed> = {}) => {
      const facts = gather(observe(route, { ...findStandIns(route, new Map(), rivals), ...changes }));
      const [placement] = facts.desired.placements;
      assert.ok(placement);
      return judgeAcceptance(placement, facts).message;
    };
    const unserved = { ingressClass: undefined };
    assert.match(tell(old, unserved), /; until then others serve: chat\.example\.com\/ws by WssRoute chat\/young$/);
    assert.match(
      tell(young),
      /, until they can be served by an older route: chat\.example\.com\/ws by WssRoute chat\/old$/,
    );
  });
});

describe('an Ingress is foreign', () => {
  test('is nobody’s by an Ingress that a WssRoute owns: routes speak for themselves', () => {
    const route = makeRoute('mine', 1);
    assert.equal(findHolder(route, [route], [makeIngress('x', 1, { ownerReferences: [owner] })]), undefined);
    const other = { ...owner, kind: 'Ingress', apiVersion: 'networking.k8s.io/v1' };
    assert.equal(findHolder(route, [route], [makeIngress('x', 1, { ownerReferences: [other] })]), 'x');
  });

  test('is an orphan that a deleted route has left behind, though the operator made it', () => {
    const managedFields = [{ manager: 'wss-operator', operation: 'Apply', fieldsV1: {} }];
    const orphan = makeIngress('orphan', 1, { managedFields });
    const route = makeRoute('mine', 2);
    assert.equal(findHolder(route, [route], [orphan]), 'orphan');
    const own = makeIngress('mine-wss', 1, {
      ...{ managedFields, namespace: 'chat', labels: { 'wssroute.dev/route': 'mine' } },
    });
    assert.equal(findHolder(route, [route], [own]), undefined);
  });
});

test('a master of F5 NGINX that another route has left behind goes on sharing its host', () => {
  const build = (name: string, created: number, path: string) =>
    exampleRoute(
      { paths: [{ path, service: { name: 'chat', port: 8080 } }] },
      { name, uid: name, creationTimestamp: day(created) },
    );
  const left = build('left', 1, '/ws');
  const written = desire(observe(left, { ingressClass: { controller: 'nginx.org/ingress-controller' } })).objects;
  const theirs = written.flatMap((object) => {
    const { ownerReferences: _, ...marks } = store(object).metadata;
    return object.kind === 'Ingress' ? [projectIngress({ ...store(object), metadata: marks })] : [];
  });
  const hold = (route: WssRoute) => {
    const rivals = {
      routesAt: () => [route],
      objectsAt: (wanted: string) => theirs.filter(({ claims }) => claims.includes(wanted)),
      ...unknown,
    };
    return [...findHolders(route, [], exclusive, rivals).keys()];
  };
  assert.deepEqual(hold(build('other', 2, '/other')), []);
  assert.deepEqual(hold(build('same', 2, '/ws')), [claim]);
});

test('what a route itself has left behind is its own, however long its name, and that of a longer name is not', () => {
  const controller = { ingressClass: { controller: 'nginx.org/ingress-controller' } };
  const leave = (route: WssRoute) =>
    desire(observe(route, controller))
      .objects.filter(({ kind }) => kind === 'Ingress')
      .map((object) => {
        const { ownerReferences: _, ...marks } = store(object).metadata;
        return projectIngress({ ...store(object), metadata: marks });
      });
  for (const name of ['chat', 'c'.repeat(42), 'c'.repeat(63), `${'c'.repeat(30)}.${'d'.repeat(200)}`]) {
    const [route, other] = [makeRoute(name, 1), makeRoute(`${name.slice(0, 240)}-wss`, 2)];
    const left = leave(route);
    const hold = (wanting: WssRoute) => {
      const rivals = {
        routesAt: () => [wanting],
        objectsAt: (wanted: string) => left.filter(({ claims }) => claims.includes(wanted)),
        ...unknown,
      };
      return [...findHolders(wanting, [], exclusive, rivals).keys()];
    };
    assert.equal(left.length, 2);
    assert.deepEqual([hold(route), hold(other)], [[], [claim]]);
  }
});

describe('a host at which somebody serves other paths', () => {
  const website = (created: string) =>
    projectHttpRoute({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'website', namespace: 'web', uid: 'w', creationTimestamp: created },
      spec: {
        parentRefs: [{ name: 'edge', namespace: 'infra' }],
        hostnames: ['chat.example.com'],
        rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/' } }] }],
      },
    });
  const bare = exampleParent({ listeners: [plainListener, exampleListener({ hostname: '*.example.com' })] });
  const isBrought = describeHosting(openPolicy, undefined);
  const hold = (route: WssRoute, own: readonly Serving[], created = '2026-01-01T00:00:00Z') => {
    const theirs = [website(created)];
    const rivals = {
      routesAt: () => [route],
      objectsAt: (wanted: string) => theirs.filter(({ claims }) => claims.includes(wanted)),
      ...unknown,
    };
    return [...findHolders(route, own, isBrought, rivals).values()].map(({ name }) => name);
  };
  const write = (route: WssRoute) =>
    desire(observeAttached(route, bare))
      .objects.filter(({ kind }) => kind === 'HTTPRoute')
      .map((object) => projectHttpRoute(store(object)));
  const [sharing, bringing] = [attachedRoute(), attachedRoute({ createListener: true })];

  test('at a Gateway is shared by whoever uses the listener that is there', () => {
    assert.deepEqual(hold(sharing, []), []);
  });

  test('is taken from nobody by a listener that a route brings along', () => {
    assert.deepEqual(hold(bringing, []), ['website']);
    assert.deepEqual(hold(bringing, write(sharing)), ['website']);
  });

  test('stays with a route whose listener is there already', () => {
    assert.deepEqual(hold(bringing, write(bringing)), []);
  });

  test('is told with what to do instead', () => {
    const [claimed = ''] = claimsOf(bringing);
    const { kind, ...holder } = website('');
    const holders = new Map([[claimed, { ...holder, kind: 'HTTPRoute' as const }]]);
    const facts = gather(observeAttached(bringing, bare, { holders }));
    const [placement] = facts.desired.placements;
    assert.ok(placement);
    assert.match(judgeAcceptance(placement, facts).message, /HTTPRoute web\/website; .* leave createListener out/);
  });
});

describe('who holds a claim at a Gateway', () => {
  const theirs = projectHttpRoute({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'website', namespace: 'web', uid: 'w', creationTimestamp: '2027-01-01T00:00:00Z' },
    spec: {
      parentRefs: [{ name: 'edge', namespace: 'infra' }],
      hostnames: ['chat.example.com'],
      rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/ws' } }] }],
    },
  });

  for (const [what, parentRef, changes] of [
    ['serves it', {}, {}],
    ['serves it at listeners of its own', { createListener: true }, {}],
    ['serves it to pages of some origins', {}, { allowedOrigins: ['https://app.example.com'] }],
  ] as const) {
    test(`is the route that ${what} already, when somebody comes later`, () => {
      const route = attachedRoute(parentRef, changes);
      const parent = 'createListener' in parentRef ? exampleParent({ listeners: [plainListener] }) : exampleParent();
      const { objects } = desire(observeAttached(route, parent));
      const own = objects.filter(({ kind }) => kind === 'HTTPRoute').map((object) => projectHttpRoute(store(object)));
      const rivals = {
        routesAt: () => [route],
        objectsAt: (wanted: string) => [theirs].filter(({ claims }) => claims.includes(wanted)),
        ...unknown,
      };
      assert.equal(own.length, 2);
      assert.deepEqual([...findHolders(route, own, shared, rivals)], []);
      assert.equal(findHolders(route, [], shared, rivals).size, 1);
    });
  }
});
