import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { formatProblem } from '../../../src/api/problem.ts';
import { judgeF5Hosts } from '../../../src/lint/judge-f5-hosts.ts';
import { buildIngress, type IngressOptions } from './example.ts';

const type = 'nginx.org/mergeable-ingress-type';

function master(name: string, options: IngressOptions = {}) {
  return buildIngress({ name, annotations: { [type]: 'master' }, paths: [], tls: true, ...options });
}

function minion(name: string, options: IngressOptions = {}) {
  return buildIngress({ name, annotations: { [type]: 'minion' }, ...options });
}

function judge(...ingresses: Parameters<typeof judgeF5Hosts>[0]): readonly string[] {
  return judgeF5Hosts(ingresses).map((each) => `${each.ingress.metadata.name} ${each.effect} ${formatProblem(each)}`);
}

suite("Ingresses of one class and F5's controller", () => {
  test('a master and its minions, in any namespace and any order, are taken', () => {
    assert.deepEqual(
      judge(minion('a', { namespace: 'blue' }), master('m'), minion('b', { paths: ['/feed feed'] })),
      [],
    );
  });

  test('plain Ingresses of different hosts are taken', () => {
    assert.deepEqual(judge(buildIngress({ name: 'a' }), buildIngress({ name: 'b', host: 'b.example.com' })), []);
  });

  test('two plain Ingresses of a host are not merged: the older one holds it', () => {
    const old = buildIngress({ name: 'old', createdAt: '2026-01-01T00:00:00Z', paths: ['/a'] });
    const young = buildIngress({ name: 'young', createdAt: '2026-01-02T00:00:00Z', paths: ['/b'] });
    const expected =
      'young rejected spec.rules[0].host: found "chat.example.com", must be no other\'s: Ingress team/old is older and holds the host, and F5\'s controller does not merge them; make one of them a master and the others minions (nginx.org/mergeable-ingress-type)';
    assert.deepEqual(judge(young, old), [expected]);
  });

  test('a tie goes by uid, and what the API server has not seen is younger', () => {
    const at = { createdAt: '2026-01-01T00:00:00Z' };
    const found = judge(
      buildIngress({ name: 'file' }),
      buildIngress({ name: 'b', uid: 'b', ...at }),
      buildIngress({ name: 'a', uid: 'a', ...at }),
    );
    assert.deepEqual(
      found.map((each) => each.split(' ')[0]),
      ['b', 'file'],
    );
    for (const each of found) assert.match(each, /Ingress team\/a is older/);
  });

  test('a plain Ingress beside a master should be a minion', () => {
    assert.match(
      judge(master('m'), buildIngress({ name: 'p' })).join(),
      /^p rejected .*master Ingress team\/m is older.*; make this one a minion/,
    );
  });

  test('a second master is refused, unless the operator keeps it in reserve', () => {
    assert.match(judge(master('m'), master('n')).join(), /^n rejected .*; delete one of them$/);
    assert.deepEqual(judge(master('m', { owner: 'chat' }), master('n', { owner: 'feed', namespace: 'blue' })), []);
  });

  test('a minion without a master serves nothing', () => {
    assert.deepEqual(judge(minion('a')), [
      'a rejected spec.rules[0].host: found "chat.example.com", must have a master: an Ingress of the class with nginx.org/mergeable-ingress-type: master and no paths',
    ]);
    assert.match(
      judge(minion('a'), buildIngress({ name: 'p' })).join(),
      /^a rejected .*; Ingress team\/p holds it and is no master$/,
    );
    assert.match(
      judge(minion('a'), master('m', { host: 'other.example.com' })).join(),
      /^a rejected .*must have a master/,
    );
  });

  test('a rejected master holds no host', () => {
    const broken = buildIngress({ name: 'm', annotations: { [type]: 'master' }, tls: true });
    assert.match(judge(broken, minion('a')).join(), /^a rejected .*must have a master/);
  });

  test('a path belongs to the oldest minion that has it', () => {
    const found = judge(
      master('m'),
      minion('young', { createdAt: '2026-01-02T00:00:00Z', paths: ['/ws', '/other'] }),
      minion('old', { createdAt: '2026-01-01T00:00:00Z' }),
    );
    assert.deepEqual(found, [
      'young ignored spec.rules[0].http.paths[0].path: found "/ws", must be no other minion\'s: minion Ingress team/old is older and serves it',
    ]);
  });

  test('a path twice in one minion is no other minion’s', () => {
    assert.deepEqual(judge(master('m'), minion('a', { paths: ['/ws', '/ws'] })), []);
  });

  test('a path of one host is no path of another', () => {
    const other = { host: 'b.example.com' };
    assert.deepEqual(judge(master('m'), minion('a'), master('n', other), minion('b', other)), []);
  });
});
