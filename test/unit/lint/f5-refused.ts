import { type Refused, read, seen } from './f5-refusal.ts';
import { refusedAnnotations } from './f5-refused-annotations.ts';
import { master, minion, path, plain, rules, solver } from './f5-sketches.ts';

/** Rules, TLS and hosts that the controller refuses. */

const twoHosts = rules('a.example.com /ws', 'b.example.com /ws');
const resource = { resource: { kind: 'Bucket', name: 'b' } };
const host = 'spec.rules[0].host';
const firstPath = 'spec.rules[0].http.paths[0].path';

const shapes: readonly Refused[] = [
  seen('a master with paths', [master({ paths: ['/ws'] })], 'master rejected spec.rules[0].http.paths'),
  seen(
    'a master with two rules',
    [master({ spec: rules('a.example.com', 'b.example.com'), tls: false })],
    'master rejected spec.rules',
  ),
  seen('a master without a host', [master({ host: '', tls: false })], `master rejected ${host}`),
  read('a master without rules', [master({ spec: { rules: [] } })], 'master rejected spec.rules'),
  seen('a minion with TLS', [master(), minion({ tls: true })], 'minion rejected spec.tls'),
  seen('a minion with two rules', [master(), minion({ spec: twoHosts })], 'minion rejected spec.rules'),
  seen(
    'a minion with TLS and two rules',
    [master(), minion({ spec: twoHosts, tls: true })],
    'minion rejected spec.tls',
    'minion rejected spec.rules',
  ),
  seen('a minion without a host', [master(), minion({ host: '' })], `minion rejected ${host}`),
  read('a minion without paths', [master(), minion({ paths: [] })], 'minion rejected spec.rules[0].http.paths'),
  read('a minion without rules', [master(), minion({ spec: { rules: [] } })], 'minion rejected spec.rules'),
  seen('a plain Ingress without a host', [plain({ host: '', tls: false })], `plain rejected ${host}`),
  seen(
    'one of two rules without a host',
    [plain({ spec: rules('a.example.com /ws', '- /ws'), tls: false })],
    'plain rejected spec.rules[1].host',
  ),
  read(
    'a host in two rules',
    [plain({ spec: rules('chat.example.com /a', 'chat.example.com /b') })],
    'plain rejected spec.rules[1].host',
  ),
  read(
    'a default backend alone',
    [plain({ tls: false, spec: { rules: [], defaultBackend: { service: { name: 'chat' } } } })],
    'plain rejected spec.rules',
  ),
  read(
    'a default backend that is no Service',
    [plain({ spec: { defaultBackend: resource } })],
    'plain rejected spec.defaultBackend',
  ),
  read(
    'a default backend of a master',
    [master({ spec: { defaultBackend: { service: { name: 'chat' } } } }), minion()],
    'master ignored spec.defaultBackend',
  ),
  read(
    'a default backend of a minion',
    [master(), minion({ spec: { defaultBackend: { service: { name: 'chat' } } } })],
    'minion ignored spec.defaultBackend',
  ),
  read(
    'a backend that is no Service',
    [plain({ spec: path({ path: '/', backend: resource }) })],
    'plain rejected spec.rules[0].http.paths[0].backend',
  ),
  ...['master', 'minion', 'plain'].map((kind) =>
    seen(
      `a misspelt type on a ${kind}`,
      [{ master, minion, plain }[kind as 'plain']({ tls: false, org: { 'mergeable-ingress-type': 'Minion' } })],
      `${kind} rejected type`,
    ),
  ),
  seen('an empty type', [plain({ org: { 'mergeable-ingress-type': '' } })], 'plain rejected type'),
  seen(
    'tls for another host',
    [plain({ spec: { tls: [{ hosts: ['b.example.com'], secretName: 'a' }] } })],
    'plain harmful spec.tls',
  ),
  seen('tls without hosts', [plain({ spec: { tls: [{ secretName: 'a' }] } })], 'plain harmful spec.tls'),
  read(
    'tls for the wildcard above the host',
    [plain({ spec: { tls: [{ hosts: ['*.example.com'], secretName: 'a' }] } })],
    'plain harmful spec.tls',
  ),
  seen(
    'tls without a Secret',
    [plain({ spec: { tls: [{ hosts: ['chat.example.com'] }] } })],
    'plain harmful spec.tls[0].secretName',
  ),
  seen(
    'tls without a Secret on a master',
    [master({ spec: { tls: [{ hosts: ['chat.example.com'] }] } }), minion()],
    'master harmful spec.tls[0].secretName',
  ),
  seen(
    'tls for another host on a master',
    [master({ spec: { tls: [{ hosts: ['b.example.com'], secretName: 'a' }] } }), minion()],
    'master harmful spec.tls',
  ),
  ...['', 'ws', '/a b', '/a;b', '/{id}', '/a"b', '/a\\', '/a(b', '/etc/ws', '/a/root', '/various'].flatMap((bad) => [
    read(`the path ${JSON.stringify(bad)}`, [plain({ spec: path({ path: bad }) })], `plain rejected ${firstPath}`),
    read(
      `the path ${JSON.stringify(bad)} of a minion`,
      [master(), minion({ spec: path({ path: bad }) })],
      `minion rejected ${firstPath}`,
    ),
  ]),
];

const sets: readonly Refused[] = [
  seen('two plain Ingresses of a host', [plain(), plain({ name: 'late', paths: ['/b'] })], `late rejected ${host}`),
  seen(
    'two masters of a host',
    [master(), master({ name: 'late', namespace: 'b' }), minion()],
    `late rejected ${host}`,
  ),
  seen('a plain Ingress beside a master', [master(), minion(), plain()], `plain rejected ${host}`),
  seen(
    'a master beside a plain Ingress',
    [plain(), master(), minion()],
    `master rejected ${host}`,
    `minion rejected ${host}`,
  ),
  seen('a minion without a master', [minion()], `minion rejected ${host}`),
  seen('a minion below a plain Ingress', [plain(), minion()], `minion rejected ${host}`),
  seen(
    'a minion below the master of another host',
    [master({ host: 'b.example.com' }), minion()],
    `minion rejected ${host}`,
  ),
  seen(
    'a minion below the master of a wildcard',
    [master({ host: '*.example.com' }), minion()],
    `minion rejected ${host}`,
  ),
  seen(
    'a minion below a rejected master',
    [master({ paths: ['/a'] }), minion()],
    'master rejected spec.rules[0].http.paths',
    `minion rejected ${host}`,
  ),
  seen(
    'a rejected master, which leaves the host to a younger one',
    [master({ paths: ['/a'] }), master({ name: 'late' }), minion()],
    'master rejected spec.rules[0].http.paths',
  ),
  seen('a path of an older minion', [master(), minion(), minion({ name: 'late' })], `late ignored ${firstPath}`),
  seen(
    'a path of an older minion in another namespace',
    [master(), minion({ namespace: 'b' }), minion({ name: 'late' })],
    `late ignored ${firstPath}`,
  ),
  seen(
    'one of two paths of an older minion',
    [master(), minion(), minion({ name: 'late', paths: ['/b', '/ws'] })],
    'late ignored spec.rules[0].http.paths[1].path',
  ),
  read(
    'one of two hosts of an older Ingress',
    [plain({ host: 'b.example.com' }), plain({ name: 'late', spec: twoHosts, tls: false })],
    'late ignored spec.rules[1].host',
  ),
  read(
    'both hosts of older Ingresses',
    [plain({ spec: twoHosts, tls: false }), plain({ name: 'late', spec: twoHosts, tls: false })],
    `late rejected ${host}`,
    'late rejected spec.rules[1].host',
  ),
  seen('a challenge at the host of a plain Ingress', [plain(), solver()], `solver rejected ${host}`),
  seen('a challenge at the host of a master', [master(), minion(), solver()], `solver rejected ${host}`),
  seen('a plain Ingress that comes after a challenge', [solver(), plain()], `plain rejected ${host}`),
];

export const refused: readonly Refused[] = [...shapes, ...refusedAnnotations, ...sets];
