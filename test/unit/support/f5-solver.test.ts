import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  ask,
  decideAll,
  eventOf,
  host,
  master,
  minion,
  plain,
  type Sketch,
  secure,
  upgrade,
  verdictOf,
} from './f5-ingresses.ts';

const taken = 'Warning Rejected: All hosts are taken by other resources';

describe('a solver of HTTP-01 beside F5 NGINX', () => {
  const path = '/.well-known/acme-challenge/token';
  const challenge = `http://${host}${path}`;
  const solver: Sketch = { name: 'solver', paths: { [path]: 'solver' }, pathType: 'Exact', age: 5 };

  test('beside a plain Ingress that is older it is refused', () => {
    const ingress = plain(solver);
    const decision = decideAll([secure({ name: 'app', age: 1 }), ingress]);
    assert.equal(eventOf(decision, ingress), taken);
    assert.match(ask(decision, challenge), /^301/);
    const off = { 'nginx.org/ssl-redirect': 'false' };
    const app = secure({ name: 'app', age: 1, paths: { '/': 'web' }, annotations: off });
    assert.equal(ask(decideAll([app, plain(solver)]), challenge), 'app/web plain GET');
  });

  test('beside a younger one it holds the host, and the app is refused until it goes', () => {
    const app = secure({ name: 'app', age: 6 });
    const decision = decideAll([app, plain(solver)]);
    assert.equal(eventOf(decision, app), taken);
    assert.equal(ask(decision, challenge), 'app/solver plain GET');
    assert.equal(verdictOf(decideAll([app]), app).isAccepted, true);
  });

  test('alone it is served', () => {
    assert.equal(ask(decideAll([plain(solver)]), challenge), 'app/solver plain GET');
  });

  test('as a plain one below a master it is refused', () => {
    const ingress = plain(solver);
    const decision = decideAll([master({ name: 'front' }), ingress]);
    assert.equal(eventOf(decision, ingress), taken);
    assert.match(ask(decision, challenge), /^301/);
  });

  test('as a minion it is reached by https only, so not before there is a Secret', () => {
    const ingresses = [master({ name: 'front' }), minion(solver)];
    const secureChallenge = challenge.replace('http:', 'https:');
    for (const [secrets, expected] of [
      [['app/tls'], 'app/solver plain GET'],
      [[], 'alert 112'],
    ] as const) {
      const decision = decideAll(ingresses, secrets);
      assert.equal(ask(decision, challenge), `301 https://${host}:443${path}`);
      assert.equal(ask(decision, secureChallenge), expected);
    }
  });

  test('as a minion of a master that does not redirect it is served on port 80', () => {
    for (const key of ['nginx.org/ssl-redirect', 'ingress.kubernetes.io/ssl-redirect']) {
      const front = master({ name: 'front', annotations: { [key]: 'false' } });
      const decision = decideAll([front, minion(solver), minion({ name: 'chat', annotations: upgrade })], []);
      assert.equal(ask(decision, challenge), 'app/solver plain GET');
      assert.equal(ask(decision, `ws://${host}/ws`), 'app/chat upgraded');
    }
  });
});
