import assert from 'node:assert/strict';
import type { ApiObject } from '../support/admin-client.ts';
import { hasCondition } from '../support/cert-manager.ts';
import type { Verdicts } from './judge.ts';
import type { Version } from './recorder.ts';

/** What all tools mean, in one word. */
export type Health = 'healthy' | 'progressing' | 'failed';

/** A version of a route, and what the tools make of it. */
export interface JudgedVersion extends Version {
  readonly health: Health;
}

const meanings = {
  // What is being deleted is no health of its own for Argo CD and for Flux's expressions: it is on its way.
  kstatus: { Current: 'healthy', InProgress: 'progressing', Terminating: 'progressing', Failed: 'failed' },
  argo: { Healthy: 'healthy', Progressing: 'progressing', Degraded: 'failed' },
  flux: { Current: 'healthy', InProgress: 'progressing', Failed: 'failed' },
} as const satisfies Record<string, Readonly<Record<string, Health>>>;

/** The one verdict of all tools; throws where they differ, or where one of them has none. */
export function agree(object: ApiObject, { kstatus, argo, flux, isWaitOver }: Verdicts): Health {
  const said = {
    kstatus: translate(meanings.kstatus, kstatus.status),
    argo: translate(meanings.argo, argo.status),
    flux: translate(meanings.flux, flux.status),
  };
  const words = JSON.stringify(
    { kstatus, argo, flux, isWaitOver, metadata: object.metadata, status: object.status },
    null,
    1,
  );
  assert.ok(said.kstatus !== undefined, `kstatus has no verdict: ${words}`);
  assert.deepEqual(said, { kstatus: said.kstatus, argo: said.kstatus, flux: said.kstatus }, words);
  // `kubectl wait` knows no deletion: a route that was ready stays so for it until it has gone.
  if (object.metadata.deletionTimestamp === undefined) assert.equal(isWaitOver, said.kstatus === 'healthy', words);
  return said.kstatus;
}

function translate(meaning: Readonly<Record<string, Health>>, word: string): Health | undefined {
  return meaning[word];
}

/** A route that has just become healthy, or has become so again in a new generation, must have everything by then. */
export function proveChildren(history: readonly Version[], routes: readonly JudgedVersion[]): number {
  let proofs = 0;
  for (const [index, version] of routes.entries()) {
    if (version.health !== 'healthy') continue;
    const { object, key, revision } = version;
    const before = routes.slice(0, index).findLast((each) => each.key === key && isSame(each.object, object));
    const isNews =
      before?.health !== 'healthy' || before.object.status.observedGeneration !== object.status.observedGeneration;
    if (!isNews) continue;
    proofs += 1;
    const children = latest(history, revision);
    const ingresses = children.filter(({ kind, object: child }) => kind === 'Ingress' && isOwned(child, object));
    assert.ok(ingresses.length > 0, `${key} is healthy at ${revision} without an Ingress`);
    for (const { object: ingress } of ingresses) {
      assert.ok(
        ingress.status?.loadBalancer?.ingress?.length > 0,
        `${key} is healthy at ${revision} without an address`,
      );
    }
    const served = ingresses.flatMap(({ object: ingress }) => ingress.spec.rules.map(({ host }: ApiObject) => host));
    assert.deepEqual(served.sort(), [...object.spec.hosts].sort(), `${key} is healthy at ${revision} with other hosts`);
    proveCertificate(children, version);
  }
  return proofs;
}

function proveCertificate(children: readonly Version[], { object, key, revision }: JudgedVersion): void {
  if (object.spec.tls.secretName !== undefined) return;
  const name = object.status.certificate?.name;
  const certificate = children.find(
    ({ kind, key: each }) => kind === 'Certificate' && each === `${object.metadata.namespace}/${name}`,
  );
  const ready = certificate?.object.status?.conditions?.find(({ type }: ApiObject) => type === 'Ready');
  assert.ok(hasCondition(certificate?.object, 'Ready'), `${key} is healthy at ${revision} without a certificate`);
  assert.equal(
    ready.observedGeneration,
    certificate?.object.metadata.generation,
    `${key} is healthy at ${revision} too soon`,
  );
}

/** Every object as it was just before a revision. */
function latest(history: readonly Version[], revision: bigint): readonly Version[] {
  const found = new Map<string, Version>();
  for (const version of history) {
    if (version.revision >= revision) break;
    const id = `${version.kind} ${version.key}`;
    if (version.isGone) found.delete(id);
    else found.set(id, version);
  }
  return [...found.values()];
}

function isOwned(child: ApiObject, route: ApiObject): boolean {
  return child.metadata.ownerReferences?.some(({ uid }: ApiObject) => uid === route.metadata.uid) === true;
}

function isSame(one: ApiObject, other: ApiObject): boolean {
  return one.metadata.uid === other.metadata.uid;
}

/** How often each route has turned from healthy to something else. */
export function countRelapses(routes: readonly JudgedVersion[]): ReadonlyMap<string, number> {
  const health = new Map<string, Health>();
  const relapses = new Map<string, number>();
  for (const { key, object, health: now, isGone } of routes) {
    const id = `${key} ${object.metadata.uid}`;
    if (health.get(id) === 'healthy' && now !== 'healthy' && !isGone) relapses.set(key, (relapses.get(key) ?? 0) + 1);
    health.set(id, now);
  }
  return relapses;
}

/** What is said, without when: two versions that differ in times and resourceVersion only are one status. */
export function fingerprint({ object }: Version): string {
  const { metadata, status } = object;
  const conditions = (status?.conditions ?? []).map(({ lastTransitionTime, ...rest }: ApiObject) => rest);
  return JSON.stringify([metadata.generation, metadata.deletionTimestamp !== undefined, { ...status, conditions }]);
}
