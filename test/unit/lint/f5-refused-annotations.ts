import { type Refused, read, seen } from './f5-refusal.ts';
import { master, minion, plain } from './f5-sketches.ts';
import { ofMasters, ofMinions } from './f5-taken.ts';

const host = 'spec.rules[0].host';

const lists: readonly Refused[] = [
  ...['nope', 'chat,nope', 'chat, chat', ' chat ', 'chat,', ',chat', '', 'chat;feed', 'team/chat', 'Chat'].flatMap(
    (list) => [
      seen(
        `websocket-services ${JSON.stringify(list)} of a minion`,
        [master(), minion({ org: { 'websocket-services': list } })],
        'minion rejected websocket-services',
      ),
      seen(
        `websocket-services ${JSON.stringify(list)} of a plain Ingress`,
        [plain({ org: { 'websocket-services': list } })],
        'plain rejected websocket-services',
      ),
    ],
  ),
  seen(
    'websocket-services that names the Service of another minion',
    [master(), minion({ org: { 'websocket-services': 'feed' } }), minion({ name: 'other', paths: ['/feed feed'] })],
    'minion rejected websocket-services',
  ),
  seen(
    'websocket-services on a master',
    [master({ org: { 'websocket-services': 'chat' } })],
    'master rejected websocket-services',
  ),
  seen(
    'websocket-services on a master with a minion',
    [master({ org: { 'websocket-services': 'chat' } }), minion()],
    'master rejected websocket-services',
    `minion rejected ${host}`,
  ),
];

const values: readonly Refused[] = [
  ...['3600S', '60 s', 'abc', '-1'].map((time) =>
    seen(
      `a time-out of ${time}`,
      [master(), minion({ org: { 'proxy-read-timeout': time } })],
      'minion rejected proxy-read-timeout',
    ),
  ),
  seen(
    'a time-out of 0',
    [master(), minion({ org: { 'proxy-read-timeout': '0' } })],
    'minion harmful proxy-read-timeout',
  ),
  seen(
    'a time-out of abc on a master',
    [master({ org: { 'proxy-read-timeout': 'abc' } }), minion()],
    'master rejected proxy-read-timeout',
    `minion rejected ${host}`,
  ),
  seen('a key that nobody knows', [plain({ org: { nonsense: 'x' } })], 'plain ignored nonsense'),
  ...(
    [
      ['lb-method', 'leastconn'],
      ['proxy-buffering', 'on'],
      ['proxy-buffers', '4k'],
      ['keepalive', '16s'],
      ['max-fails', '-1'],
      ['client-max-body-size', '1t'],
      ['path-regex', 'true'],
      ['rewrite-target', '//b.example.com/'],
      ['proxy-set-headers', 'X-Host: $host'],
      ['location-snippets', 'deny all;'],
    ] as const
  ).map(([name, value]) =>
    read(`${name} ${value}`, [master(), minion({ org: { [name]: value } })], `minion rejected ${name}`),
  ),
  read(
    'a rate without its unit',
    [master(), minion({ org: { 'limit-req-rate': '10' } })],
    'minion ignored limit-req-rate',
  ),
  read('hsts-max-age without hsts', [master({ org: { 'hsts-max-age': '60' } })], 'master rejected hsts-max-age'),
  ...ofMasters.map(([name, value, beside = {}]) =>
    read(
      `${name} on a minion`,
      [master(), minion({ org: { ...beside, [name]: value } })],
      ...[...Object.keys(beside), name].map((each) => `minion ignored ${each}`),
    ),
  ),
  seen(
    'the old ssl-redirect on a minion',
    [master(), minion({ annotations: { 'ingress.kubernetes.io/ssl-redirect': 'false' } })],
    'minion ignored ingress.kubernetes.io/ssl-redirect',
  ),
  ...ofMinions.slice(1).map(([name, value]) => {
    const effect = ['use-cluster-ip', 'sticky-cookie-services'].includes(name) ? 'ignored' : 'rejected';
    return read(`${name} on a master`, [master({ org: { [name]: value } })], `master ${effect} ${name}`);
  }),
];

/** Annotations that cost the whole Ingress, or do nothing where they stand. */
export const refusedAnnotations: readonly Refused[] = [...lists, ...values];
