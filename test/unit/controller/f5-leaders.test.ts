import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { certificateKind } from '../../../src/api/kinds.ts';
import type { KubeObject } from '../../../src/api/objects.ts';
import type { WssRoute } from '../../../src/api/wssroute.ts';
import { exampleRoute } from '../state/example.ts';
import { SimulatedCluster } from './simulated-cluster.ts';

/** Routes of one host of F5 NGINX, each in a namespace of its own, which tells its age; their certificates are issued when a test says so. */

const host = 'chat.example.com';
const issued = { conditions: [{ type: 'Ready', status: 'True' }], notAfter: '2026-08-01T00:00:00Z' };
const failed = { conditions: [{ type: 'Ready', status: 'False', reason: 'DoesNotExist' }] };

function build(namespace: string, spec: object = {}): WssRoute {
  const day = namespace.charCodeAt(0) - 'a'.charCodeAt(0) + 1;
  const paths = [{ path: `/${namespace}`, service: { name: 'chat', port: 8080 } }];
  const age = { uid: namespace, creationTimestamp: `2026-01-0${day}T00:00:00Z` };
  return exampleRoute({ hosts: [host], ingressClassName: 'f5', paths, ...spec }, { namespace, ...age });
}

class Stage {
  readonly cluster = new SimulatedCluster();

  set(...routes: readonly WssRoute[]): this {
    for (const route of routes) this.cluster.setRoute(`${route.metadata.namespace}/chat`, route);
    return this.settle();
  }

  remove(namespace: string): this {
    this.cluster.setRoute(`${namespace}/chat`, undefined);
    this.cluster.collect();
    return this.settle();
  }

  /** cert-manager tells of the Certificate of a namespace. */
  tell(namespace: string, status: object): this {
    const certificate = this.cluster.list(certificateKind).find(({ metadata }) => metadata.namespace === namespace);
    assert.ok(certificate);
    this.cluster.setObject({ ...certificate, status });
    return this.settle();
  }

  settle(): this {
    for (let passes = 0; this.cluster.waiting.length > 0; passes += 1) {
      assert.ok(passes < 200);
      for (const key of this.cluster.waiting) this.cluster.pass(key);
    }
    return this;
  }

  /** Namespaces with a master, the one that serves first. */
  get masters(): readonly string[] {
    const created = ({ metadata }: KubeObject) => metadata.creationTimestamp ?? '';
    return this.cluster.ingresses
      .filter(({ metadata }) => metadata.name.endsWith('-master'))
      .toSorted((left, right) => (created(left) < created(right) ? -1 : 1))
      .map(({ metadata }) => metadata.namespace ?? '');
  }
}

describe('the masters of a host of F5 NGINX', () => {
  test('are that of the oldest route while no certificate is there, and of no other', () => {
    assert.deepEqual(new Stage().set(build('b'), build('a'), build('c')).masters, ['a']);
  });

  test('are those of routes whose certificate is there: who stands by could take over', () => {
    const stage = new Stage().set(build('a'), build('b'), build('c')).tell('a', issued).tell('b', failed);
    assert.deepEqual(stage.masters, ['a']);
    assert.deepEqual(stage.tell('c', issued).masters, ['a', 'c']);
    assert.deepEqual(stage.remove('a').masters, ['c']);
    assert.deepEqual(stage.tell('b', issued).masters, ['c', 'b']);
  });

  test('begin with one whose certificate is there, where an older route waits for its own', () => {
    const stage = new Stage().set(build('b', { tls: { secretName: 'mine' } }), build('a'));
    assert.deepEqual(stage.tell('a', failed).masters, ['b']);
    assert.deepEqual(stage.tell('a', issued).masters, ['b', 'a']);
  });

  test('stay as they are while certificates come, go and run out, and over a restart', () => {
    const stage = new Stage().set(build('a'), build('b'), build('c'));
    for (const namespace of ['a', 'b', 'c']) stage.tell(namespace, issued);
    assert.deepEqual(stage.masters, ['a', 'b']);
    const { length } = stage.cluster.writes;
    stage
      .tell('b', { ...failed, notAfter: '2026-08-01T00:00:00Z' })
      .tell('b', {})
      .tell('a', {});
    stage.cluster.restart();
    stage.settle();
    assert.deepEqual(
      stage.cluster.writes.slice(length).filter((write) => !write.includes('Certificate')),
      [],
    );
  });

  test('are not those of routes that have lost every path of the host to somebody', () => {
    const stage = new Stage();
    const backend = { service: { name: 'chat', port: { number: 8080 } } };
    const paths = ['/a', '/b'].map((path) => ({ path, pathType: 'Prefix', backend }));
    stage.cluster.setObject({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: {
        ...{ name: 'by-hand', namespace: 'web' },
        annotations: { 'nginx.org/mergeable-ingress-type': 'minion' },
      },
      spec: { ingressClassName: 'f5', rules: [{ host, http: { paths } }] },
    });
    assert.deepEqual(stage.set(build('a'), build('b'), build('c')).masters, ['c']);
    stage.cluster.removeObject('Ingress', 'web/by-hand');
    assert.deepEqual(stage.settle().masters, ['c']);
  });

  test('are left to nobody by a route that goes to another host', () => {
    const stage = new Stage().set(
      build('a', { tls: { secretName: 'mine' } }),
      build('b', { tls: { secretName: 'mine' } }),
    );
    assert.deepEqual(stage.masters, ['a', 'b']);
    const moved = build('a', { tls: { secretName: 'mine' }, hosts: ['other.example.com'] });
    stage.set({ ...moved, metadata: { ...moved.metadata, generation: 2 } });
    assert.deepEqual(stage.masters, ['b', 'a']);
  });

  test('are told to the routes of the host: the one that was made first decides, and not the oldest route', () => {
    const tls = { secretName: 'mine' };
    const stage = new Stage().set(build('b', { tls, redirect: false }), build('c', { tls }));
    stage.set(build('a', { tls }));
    const lose = (namespace: string) => {
      const [placement] = stage.cluster.pass(`${namespace}/chat`)?.desired.placements ?? [];
      return placement?.isDecided ? placement.losses.map(({ field, because }) => `${field}: ${because}`) : [];
    };
    assert.deepEqual(stage.masters, ['b', 'c', 'a']);
    assert.deepEqual(lose('b'), []);
    for (const namespace of ['a', 'c']) {
      const told = lose(namespace).join('\n');
      assert.match(told, /^spec\.redirect: .* WssRoute b\/chat\nspec\.tls: .* WssRoute b\/chat \(Secret b\/mine\)/);
    }
    const changed = build('b', { tls });
    stage.cluster.setRoute('b/chat', { ...changed, metadata: { ...changed.metadata, generation: 2 } });
    assert.deepEqual([...stage.cluster.waiting].sort(), ['a/chat', 'b/chat', 'c/chat']);
    stage.settle();
    assert.match(lose('a').join(), /^spec\.tls: [^\n]*$/);
    stage.remove('b');
    assert.deepEqual([lose('c'), stage.masters], [[], ['c', 'a']]);
    assert.match(lose('a').join(), /WssRoute c\/chat/);
  });

  test('lead to HTTPS when the Secret that a route brings along is filled, where a Certificate is to fill it', () => {
    const stage = new Stage();
    const metadata = { name: 'by-hand', namespace: 'a' };
    const spec = { secretName: 'mine', dnsNames: [host] };
    const certificate = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', metadata, spec };
    stage.cluster.setObject({ ...certificate, status: failed });
    const redirects = () =>
      stage.cluster.ingresses
        .filter(({ metadata: { name } }) => name.endsWith('-master'))
        .map(({ metadata: { annotations } }) => annotations?.['ingress.kubernetes.io/ssl-redirect']);
    stage.set(build('a', { tls: { secretName: 'mine' } }));
    assert.deepEqual(redirects(), ['false']);
    assert.deepEqual([...stage.tell('a', issued).masters, ...redirects()], ['a', 'true']);
    const { length } = stage.cluster.writes;
    stage.tell('a', {});
    stage.cluster.removeObject('Certificate', 'a/by-hand');
    stage.settle();
    assert.deepEqual(stage.cluster.writes.slice(length + 1), ['delete Certificate a/by-hand']);
    assert.deepEqual(redirects(), ['true']);
  });
});
