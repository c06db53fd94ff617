/** What src/lint says that ingress-nginx does about a bad value, held against the real one. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { KubeObject } from '../../src/api/objects.ts';
import { ingressNginxAnnotations } from '../../src/lint/ingress-nginx-annotations.ts';
import { judgeIngressNginx } from '../../src/lint/judge-ingress-nginx.ts';
import type { Effect } from '../../src/lint/violation.ts';
import type { IngressNginx } from '../support/ingress-nginx/ingress-nginx.ts';
import { applyObjects } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { createNamespace } from '../support/routes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { buildIngress } from '../unit/lint/example.ts';

const prefix = 'nginx.ingress.kubernetes.io/';
const namespace = 'lint';
/** Newer than the controller of the tests, which knows nothing of them. */
const unknown = new Set([
  'proxy-busy-buffers-size',
  'relative-redirects',
  'session-cookie-partitioned',
  'temporal-redirect-code',
]);
const judged = [...ingressNginxAnnotations].filter(([name, { risk }]) => risk !== 'Critical' && !unknown.has(name));

let rig: Rig;
let nginx: IngressNginx;

before(async () => {
  rig = await startRig({ parts: ['ingress-nginx'] });
  assert.ok(rig.ingressNginx);
  nginx = rig.ingressNginx;
  await createNamespace(rig, namespace);
});

after(() => rig?.stop());

describe('a bad value in an Ingress of ingress-nginx', () => {
  const cases = judged.map(([name, { effect }]) => ({ name, effect, ingress: build(name, '<bad>') }));

  test('is one for the judge as well, with the effect of the table', () => {
    for (const { name, effect, ingress } of cases) {
      assert.deepEqual(
        judgeIngressNginx(ingress).map((each) => each.effect),
        [effect],
        name,
      );
    }
  });

  test('does what the table says: the Ingress is dropped, its paths answer 503, or nothing happens', async () => {
    const last = build('last', '');
    await applyObjects(rig, [...cases.map(({ ingress }) => ingress), last]);
    const expected = new Map(cases.map(({ name, effect }) => [name, effect]));
    const listWrong = async () => {
      const conf = await nginx.nginxConf();
      return cases
        .filter(({ name }) => observe(conf, name) !== expected.get(name))
        .map(({ name }) => `${name}: ${observe(conf, name)}`);
    };
    await waitUntil(
      async () => observe(await nginx.nginxConf(), 'last') === 'ignored' && (await listWrong()).length === 0,
      {
        what: 'every Ingress to be served or not, as the table says',
        timeoutMs: 90_000,
        explain: async () => (await listWrong()).join(', '),
      },
    );
  });

  test('of a time-out leaves 60 s', async () => {
    const conf = await nginx.nginxConf();
    assert.match(serverOf(conf, 'proxy-read-timeout'), /proxy_read_timeout\s+60s;/);
  });

  test('is no matter of the name: a good one is taken', async () => {
    await applyObjects(rig, [build('proxy-send-timeout', '3600', 'good')]);
    await waitUntil(async () => /proxy_send_timeout\s+3600s;/.test(serverOf(await nginx.nginxConf(), 'good')), {
      what: 'the time-out to be in force',
      timeoutMs: 60_000,
    });
  });
});

function build(annotation: string, value: string, name = annotation): KubeObject {
  const annotations = value === '' ? {} : { [prefix + annotation]: value };
  return buildIngress({ name, namespace, host: hostOf(name), annotations });
}

function hostOf(name: string): string {
  return `${name}.example.com`;
}

/** The server block of a host, empty where there is none. */
function serverOf(conf: string, name: string): string {
  const start = conf.indexOf(`## start server ${hostOf(name)}\n`);
  return start === -1 ? '' : conf.slice(start, conf.indexOf(`## end server ${hostOf(name)}\n`, start));
}

function observe(conf: string, name: string): Effect {
  const server = serverOf(conf, name);
  if (!server.includes('location /ws')) return 'rejected';
  return /# Location denied\. Reason:|return 503;/.test(server) ? 'denied' : 'ignored';
}
