import type { Kind } from '../../../src/api/kinds.ts';
import {
  certificateKind,
  certificateRequestKind,
  challengeKind,
  configMapKind,
  ingressKind,
  orderKind,
  serviceKind,
  wssRouteKind,
} from '../../../src/api/kinds.ts';
import { formatKey, type KubeObject } from '../../../src/api/objects.ts';
import type { WssRoute } from '../../../src/api/wssroute.ts';
import type { Cache } from '../../../src/controller/cache.ts';
import type { Caches } from '../../../src/controller/caches.ts';
import { gatherChildren, observe } from '../../../src/controller/observe.ts';
import { Triggers } from '../../../src/controller/triggers.ts';
import type { Policy } from '../../../src/route/policy.ts';
import { desire } from '../../../src/state/desired.ts';
import { diff } from '../../../src/state/diff.ts';
import type { Facts } from '../../../src/state/facts.ts';
import { judgeAbility } from '../../../src/state/judge-ability.ts';
import type { ObservedChild } from '../../../src/state/observed.ts';
import { projectCertificate, projectIngress } from '../../../src/state/project.ts';
import { store } from '../state/example.ts';

const policy: Policy = {
  ...{ servesGateways: false, allowedIssuers: [] },
  classes: new Map([
    ['nginx', { controller: 'k8s.io/ingress-nginx' }],
    ['f5', { controller: 'nginx.org/ingress-controller' }],
  ]),
};

/** What the API server would not take: undefined where it takes the object. */
export type Admission = (object: KubeObject, present: readonly KubeObject[]) => string | undefined;

/**
 * The controller's passes over routes of the classes `nginx` and `f5`, and the objects that they write, without an API server: each write is in the
 * caches at once. A tick of its clock is a second, and every object is of another one.
 */
export class SimulatedCluster {
  readonly #objects = new Map<string, KubeObject>();
  readonly #queue = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #admit: Admission;
  readonly #caches = createCaches();
  #triggers = this.#createTriggers();
  #seconds = 0;
  /** `verb Kind namespace/name` of every write. */
  readonly writes: string[] = [];

  constructor(admit: Admission = () => undefined) {
    this.#admit = admit;
  }

  /** Keys of the routes that wait to be looked at. */
  get waiting(): readonly string[] {
    return [...this.#queue];
  }

  get ingresses(): readonly KubeObject[] {
    return this.list(ingressKind);
  }

  list({ kind }: Kind): readonly KubeObject[] {
    return [...this.#objects.values()].filter((object) => object.kind === kind);
  }

  get routes(): readonly WssRoute[] {
    return [...this.#caches.routes.values()];
  }

  /** Looks again at the routes of which something was refused. */
  retry(): void {
    for (const key of this.#refused) this.#queue.add(key);
    this.#refused.clear();
  }

  /** Creates, changes or removes a route. What it owned is removed by and by: {@link collect}. */
  setRoute(key: string, route: WssRoute | undefined): void {
    this.#caches.routes.set(key, route);
    this.#triggers.routeChanged(key, route);
  }

  /** Creates or changes an object of somebody's. */
  setObject(object: KubeObject): void {
    this.#put(object);
  }

  /** What the garbage collector does. */
  collect(): void {
    const uids = new Set(this.routes.map(({ metadata }) => metadata.uid));
    for (const object of [...this.#objects.values()]) {
      const [owner] = object.metadata.ownerReferences ?? [];
      if (owner !== undefined && !uids.has(owner.uid)) this.removeObject(object.kind, formatKey(object.metadata));
    }
  }

  /** Another process takes over: it knows nothing but what is in the cluster. */
  restart(): void {
    this.#queue.clear();
    this.#triggers = this.#createTriggers();
    for (const object of this.#objects.values()) this.#tell(object, undefined, this.#project(object));
    for (const [key, route] of this.#caches.routes.entries()) this.#triggers.routeChanged(key, route);
  }

  /** One look at a route. */
  pass(key: string): Facts | undefined {
    this.#queue.delete(key);
    const route = this.#caches.routes.get(key);
    if (route === undefined) return undefined;
    const observed = observe(route, this.#caches, this.#triggers, { policy, proofs: 'off' });
    const desired = desire(observed, policy);
    const children = gatherChildren(desired.objects, observed, this.#caches, this.#triggers);
    const changes = diff(route, desired, children);
    this.#triggers.judged(key, route, judgeAbility(route, desired.placements, changes));
    for (const change of changes) {
      if (change.action === 'delete') this.removeObject(change.child.kind, formatKey(change.child));
      if (change.action !== 'create' && change.action !== 'configure') continue;
      const refusal = this.#admit(change.object, this.ingresses);
      if (refusal === undefined) this.#put(store(change.object));
      else this.#refused.add(key);
    }
    return { observed, desired, changes, refusals: [] };
  }

  removeObject(kind: string, key: string): void {
    const name = `${kind} ${key}`;
    const object = this.#objects.get(name);
    if (object === undefined) return;
    this.#objects.delete(name);
    this.writes.push(`delete ${name}`);
    const before = this.#project(object);
    this.#cacheOf(kind).set(key, undefined);
    this.#tell(object, before, undefined);
  }

  #put(object: KubeObject): void {
    const name = `${object.kind} ${formatKey(object.metadata)}`;
    const present = this.#objects.get(name);
    if (present === undefined) this.#seconds += 1;
    const { creationTimestamp = new Date(this.#seconds * 1000).toISOString(), uid = `${name} ${this.#seconds}` } =
      present?.metadata ?? {};
    const stored = { ...present, ...object, metadata: { ...object.metadata, creationTimestamp, uid } };
    this.#objects.set(name, stored);
    this.writes.push(`${present === undefined ? 'create' : 'configure'} ${name}`);
    const after = this.#project(stored);
    this.#cacheOf(object.kind).set(formatKey(object.metadata), after);
    this.#tell(stored, present && this.#project(present), after);
  }

  #project(object: KubeObject): ObservedChild {
    return object.kind === ingressKind.kind ? projectIngress(object) : projectCertificate(object);
  }

  #cacheOf(kind: string): FakeCache<ObservedChild> {
    const { ingresses, certificates } = this.#caches;
    return (kind === ingressKind.kind ? ingresses : certificates) as FakeCache<ObservedChild>;
  }

  /** As `createCaches` of the controller does. */
  #tell({ kind, metadata }: KubeObject, before: ObservedChild | undefined, after: ObservedChild | undefined): void {
    const key = formatKey(metadata);
    type Ingress = Parameters<Triggers['servingChanged']>[2];
    if (kind === ingressKind.kind) {
      this.#triggers.servingChanged(kind, key, before as Ingress, after as Ingress);
      return;
    }
    type Certificate = Parameters<Triggers['certificateChanged']>[1];
    this.#triggers.certificateChanged(key, before as Certificate, after as Certificate);
  }

  #createTriggers(): Triggers {
    return new Triggers((key) => this.#queue.add(key));
  }
}

function createCaches() {
  return {
    routes: new FakeCache<WssRoute>(wssRouteKind),
    ingresses: new FakeCache<ReturnType<typeof projectIngress>>(ingressKind),
    certificates: new FakeCache<ReturnType<typeof projectCertificate>>(certificateKind),
    certificateRequests: new FakeCache<never>(certificateRequestKind),
    orders: new FakeCache<never>(orderKind),
    challenges: new FakeCache<never>(challengeKind),
    configMaps: new FakeCache<never>(configMapKind),
    services: new FakeCache<never>(serviceKind),
  } satisfies Caches;
}

/** A cache that holds what it was told. */
class FakeCache<T> implements Cache<T> {
  readonly kind: Kind;
  readonly state = { phase: 'watching' } as const;
  readonly hasSynced = true;
  readonly isAbsent = false;
  readonly epoch = 0;
  readonly #values = new Map<string, T>();

  constructor(kind: Kind) {
    this.kind = kind;
  }

  get size(): number {
    return this.#values.size;
  }

  set(key: string, value: T | undefined): void {
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, value);
  }

  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  entries(): Iterable<[key: string, value: T]> {
    return this.#values.entries();
  }

  values(): Iterable<T> {
    return this.#values.values();
  }

  uidOf(): string | undefined {
    return undefined;
  }

  resourceVersionOf(): string | undefined {
    return undefined;
  }

  hasSeen(): boolean {
    return true;
  }

  async whenSynced(): Promise<void> {}
  start(): void {}
  async stop(): Promise<void> {}
}
