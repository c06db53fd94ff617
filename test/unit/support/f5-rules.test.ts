import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ApiObject } from '../../support/admin-client.ts';
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

const url = `wss://${host}/ws`;
const taken = 'Warning Rejected: All hosts are taken by other resources';
const masterless = "Warning NoIngressMasterFound: Ingress master is invalid or doesn't exist";
const invalidServices = (value: string, missing: string) =>
  `Warning Rejected: annotations.nginx.org/websocket-services: Invalid value: "${value}": ` +
  `must be a comma-separated list of services. The following services were not found: ${missing}`;

describe('a plain Ingress of F5 NGINX', () => {
  test('serves WebSockets of the Services that are named', () => {
    const ingress = secure({ name: 'chat', annotations: upgrade });
    const decision = decideAll([ingress]);
    assert.equal(ask(decision, url), 'app/chat upgraded');
    assert.equal(eventOf(decision, ingress), 'Normal AddedOrUpdated: Configuration for app/chat was added or updated ');
    assert.equal(verdictOf(decision, ingress).isAccepted, true);
  });

  test('sends a plain GET to a Service that is not named', () => {
    assert.equal(ask(decideAll([secure({ name: 'chat' })]), url), 'app/chat plain GET');
  });

  test('refuses handshakes without its Secret, and still redirects', () => {
    const ingress = secure({ name: 'chat', annotations: upgrade });
    const decision = decideAll([ingress], []);
    assert.equal(ask(decision, url), 'alert 112');
    assert.equal(ask(decision, `ws://${host}/ws`), `301 https://${host}:443/ws`);
    assert.equal(
      eventOf(decision, ingress),
      'Warning AddedOrUpdatedWithWarning: Configuration for app/chat was added or updated ; with warning(s): ' +
        "TLS secret tls is invalid: secret doesn't exist or of an unsupported type",
    );
    assert.equal(verdictOf(decision, ingress).isAccepted, true);
  });

  test('warns of TLS without a Secret', () => {
    const ingress = plain({ name: 'chat', tls: [{ hosts: [host] }] });
    const decision = decideAll([ingress]);
    assert.match(
      eventOf(decision, ingress),
      /TLS termination for host 'chat.example.com' requires specifying a TLS secret/,
    );
    assert.equal(ask(decision, url), 'alert 112');
  });

  test('has no certificate for a host that tls does not name, and says nothing of it', () => {
    const ingress = plain({ name: 'chat', tls: [{ hosts: ['other.example.com'], secretName: 'tls' }] });
    const decision = decideAll([ingress]);
    assert.match(eventOf(decision, ingress), /^Normal/);
    assert.equal(ask(decision, url), 'alert 112');
    assert.equal(ask(decideAll([]), url), 'alert 112');
  });

  test('shares its host with no other', () => {
    const older = secure({ name: 'older', age: 1 });
    const younger = secure({ name: 'younger', age: 2, paths: { '/other': 'chat' } });
    const decision = decideAll([younger, older]);
    assert.equal(eventOf(decision, younger), taken);
    assert.equal(verdictOf(decision, younger).isAccepted, false);
    assert.equal(verdictOf(decision, older).isAccepted, true);
    assert.equal(ask(decision, `wss://${host}/other`), '404');
  });

  test('takes prefixes raw, exact paths exactly, a wildcard, and no empty host', () => {
    assert.equal(ask(decideAll([secure({ name: 'chat' })]), `${url}foo`), 'app/chat plain GET');
    const exact = decideAll([secure({ name: 'chat', pathType: 'Exact' })]);
    assert.deepEqual([ask(exact, url), ask(exact, `${url}foo`)], ['app/chat plain GET', '404']);
    assert.equal(ask(decideAll([secure({ name: 'chat', hosts: ['*.example.com'] })]), url), 'app/chat plain GET');
    const empty = plain({ name: 'chat', hosts: [''] });
    assert.equal(eventOf(decideAll([empty]), empty), 'Warning Rejected: spec.rules[0].host: Required value');
  });
});

describe('masters and minions of F5 NGINX', () => {
  const front = master({ name: 'front', namespace: 'edge', age: 1 });
  const chat = minion({ name: 'chat', annotations: upgrade, age: 2 });

  test('meet across namespaces', () => {
    const decision = decideAll([front, chat]);
    assert.equal(ask(decision, url), 'app/chat upgraded');
    assert.equal(eventOf(decision, chat), 'Normal AddedOrUpdated: Configuration for app/chat was added or updated');
    assert.equal(eventOf(decision, front), 'Normal AddedOrUpdated: Configuration for edge/front was added or updated');
  });

  test('a minion without a master, or with a plain Ingress in its place, is not served', () => {
    for (const others of [[], [secure({ name: 'plain', namespace: 'edge', paths: { '/': 'web' } })]]) {
      const decision = decideAll([chat, ...others]);
      assert.equal(eventOf(decision, chat), masterless);
      assert.equal(verdictOf(decision, chat).isAccepted, false);
    }
    assert.equal(ask(decideAll([chat]), url), 'alert 112');
  });

  test('the oldest master wins, ties are broken by UID, and the next takes over with its own Secret', () => {
    const second = master({ name: 'second', namespace: 'late', age: 2 });
    assert.equal(eventOf(decideAll([second, front, chat]), second), taken);
    const twin = master({ name: 'twin', namespace: 'edge', age: 1 });
    assert.equal(eventOf(decideAll([twin, front]), twin), taken);
    assert.equal(ask(decideAll([second, chat]), url), 'app/chat upgraded');
    assert.equal(ask(decideAll([second, chat], ['edge/tls']), url), 'alert 112');
  });

  test('shapes that are refused', () => {
    const tooMany = (field: string, found: number, limit: string) =>
      `Warning Rejected: ${field}: Too many: ${found}: must have at most ${limit}`;
    const two = [host, 'two.example.com'];
    const cases: readonly (readonly [ApiObject, string])[] = [
      [master({ name: 'm', paths: { '/ws': 'chat' } }), tooMany('spec.rules[0].http.paths', 1, '0 items')],
      [minion({ name: 'm', tls: [{ hosts: [host], secretName: 'tls' }] }), tooMany('spec.tls', 1, '0 items')],
      [master({ name: 'm', hosts: two }), tooMany('spec.rules', 2, '1 item')],
      [minion({ name: 'm', hosts: two }), tooMany('spec.rules', 2, '1 item')],
    ];
    for (const [ingress, expected] of cases) assert.equal(eventOf(decideAll([ingress]), ingress), expected);
    const misspelt = plain({ name: 'm', annotations: { 'nginx.org/mergeable-ingress-type': 'Master' } });
    assert.match(
      eventOf(decideAll([misspelt]), misspelt),
      /^Warning Rejected: .*must be one of: 'master' or 'minion'$/,
    );
  });

  test('a path that two minions want is the older one’s; the other paths of the younger work', () => {
    const late = minion({ name: 'late', namespace: 'b', age: 3, paths: { '/ws': 'other', '/mine': 'other' } });
    const decision = decideAll([front, late, chat]);
    assert.equal(ask(decision, url), 'app/chat upgraded');
    assert.equal(ask(decision, `wss://${host}/mine`), 'b/other plain GET');
    assert.equal(
      eventOf(decision, late),
      'Warning AddedOrUpdatedWithWarning: Configuration for b/late was added or updated with warning(s): ' +
        'path /ws is taken by another resource',
    );
    assert.equal(verdictOf(decision, late).isAccepted, true);
  });

  test('annotations of a master do nothing on a minion, unknown ones nothing at all', () => {
    const vain = { 'nginx.org/ssl-redirect': 'false', 'nginx.org/nonsense': 'x', 'nginx.ingress.kubernetes.io/x': 'y' };
    const ingress = minion({ name: 'chat', annotations: vain });
    const decision = decideAll([front, ingress]);
    assert.match(eventOf(decision, ingress), /^Normal AddedOrUpdated/);
    assert.match(ask(decision, `ws://${host}/ws`), /^301/);
  });

  test('websocket-services names Services of its own paths, and nothing else', () => {
    const list = (value: string): Sketch => ({ name: 'chat', annotations: { 'nginx.org/websocket-services': value } });
    const onMaster = master(list('chat'));
    assert.equal(eventOf(decideAll([onMaster]), onMaster), invalidServices('chat', 'chat'));
    for (const [value, missing] of [
      ['nope', 'nope'],
      ['chat, chat', ' chat'],
      [' chat ', ' chat '],
      ['chat,', ''],
    ] as const) {
      const ingress = minion(list(value));
      assert.equal(eventOf(decideAll([front, ingress]), ingress), invalidServices(value, missing), value);
    }
    const empty = minion(list(''));
    const required = 'Warning Rejected: annotations.nginx.org/websocket-services: Required value';
    assert.equal(eventOf(decideAll([front, empty]), empty), required);
  });

  test('timeouts are times; 0 is taken and answered with 504', () => {
    const timed = (value: string) => minion({ name: 'chat', annotations: { 'nginx.org/proxy-read-timeout': value } });
    for (const value of ['3600', '3600s', '1h', '1h30m', '3600000ms']) {
      assert.equal(ask(decideAll([front, timed(value)]), url), 'app/chat plain GET', value);
    }
    for (const value of ['3600S', '60 s', 'abc', '-1']) {
      const ingress = timed(value);
      assert.match(eventOf(decideAll([front, ingress]), ingress), /^Warning Rejected: .*must be a time$/, value);
    }
    const zero = timed('0');
    assert.match(eventOf(decideAll([front, zero]), zero), /^Normal/);
    assert.equal(ask(decideAll([front, zero]), url), '504');
  });

  test('a refused update takes the route away: of a minion its paths, of a master the host', () => {
    const bad = { ...upgrade, 'nginx.org/proxy-read-timeout': 'abc' };
    assert.equal(ask(decideAll([front, minion({ name: 'chat', annotations: bad })]), url), '404');
    const decision = decideAll([master({ name: 'front', namespace: 'edge', annotations: upgrade }), chat]);
    assert.equal(ask(decision, url), 'alert 112');
    assert.equal(eventOf(decision, chat), masterless);
  });
});
