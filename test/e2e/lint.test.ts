/** What src/lint says that ingress-nginx does, about bad values and about what it warns of, held against the real one. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../src/api/objects.ts';
import { ingressNginxAnnotations } from '../../src/lint/ingress-nginx-annotations.ts';
import { judgeIngressNginx } from '../../src/lint/judge-ingress-nginx.ts';
import { lintObjects } from '../../src/lint/lint.ts';
import type { Effect } from '../../src/lint/violation.ts';
import type { IngressNginx } from '../support/ingress-nginx/ingress-nginx.ts';
import { applyObjects } from '../support/operator.ts';
import { fetchPlain, type PlainAnswer } from '../support/plain-http.ts';
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

describe('what an Ingress of ingress-nginx is warned of', () => {
  const timeout = { [`${prefix}proxy-read-timeout`]: '3600' };

  /** The reasons that are found, and then the Ingresses are applied. */
  async function lintAndApply(...ingresses: readonly KubeObject[]): Promise<readonly string[]> {
    await applyObjects(rig, ingresses);
    return lintObjects(ingresses, 'k8s.io/ingress-nginx').findings.map(({ reason }) => reason);
  }

  function answer(name: string, path: string): Promise<PlainAnswer> {
    return fetchPlain(nginx.address, hostOf(name), path);
  }

  async function waitForAnswer(name: string, path: string, expected: PlainAnswer): Promise<void> {
    await waitUntil(async () => isDeepStrictEqual(await answer(name, path), expected), {
      what: `${path} of ${name} to be answered by ${JSON.stringify(expected)}`,
      timeoutMs: 60_000,
      explain: async () => JSON.stringify(await answer(name, path)),
    });
  }

  test('SlashRedirect: the path without its slash is redirected', async () => {
    const ingress = buildIngress({
      name: 'slash',
      namespace,
      host: hostOf('slash'),
      paths: ['/ws/'],
      annotations: timeout,
    });
    assert.deepEqual(await lintAndApply(ingress), ['SlashRedirect']);
    await waitForAnswer('slash', '/ws', { status: 301, location: `http://${hostOf('slash')}/ws/` });
  });

  test('RegexBleed: beginnings of another Ingress match in any case', async () => {
    const victim = buildIngress({ name: 'victim', namespace, host: hostOf('bleed'), annotations: timeout });
    assert.deepEqual(await lintAndApply(victim), []);
    // Its Service has no Pods; what no path matches is the default backend's.
    await waitForAnswer('bleed', '/ws', { status: 503, location: undefined });
    assert.equal((await answer('bleed', '/WSX')).status, 404);
    const annotations = { [`${prefix}use-regex`]: 'true' };
    const regex = buildIngress({ name: 'regex', namespace, host: hostOf('bleed'), paths: ['/api'], annotations });
    assert.deepEqual(await lintAndApply(victim, regex), ['RegexBleed']);
    await waitForAnswer('bleed', '/WSX', { status: 503, location: undefined });
  });

  test('Redirect: every request is redirected', async () => {
    const annotations = { ...timeout, [`${prefix}permanent-redirect`]: 'https://elsewhere.example.com' };
    const ingress = buildIngress({ name: 'moved', namespace, host: hostOf('moved'), annotations });
    assert.deepEqual(await lintAndApply(ingress), ['Redirect']);
    await waitForAnswer('moved', '/ws', { status: 301, location: 'https://elsewhere.example.com' });
  });

  test('UpgradeBroken: another Connection is sent to the backend', async () => {
    const annotations = { ...timeout, [`${prefix}connection-proxy-header`]: 'keep-alive' };
    const ingress = buildIngress({ name: 'header', namespace, host: hostOf('header'), annotations });
    assert.deepEqual(await lintAndApply(ingress), ['UpgradeBroken']);
    await waitUntil(async () => serverOf(await nginx.nginxConf(), 'header').includes('location /ws'), {
      what: 'the Ingress to be served',
      timeoutMs: 60_000,
    });
    const conf = await nginx.nginxConf();
    assert.match(serverOf(conf, 'slash'), /Connection\s+\$connection_upgrade;/);
    const server = serverOf(conf, 'header');
    assert.match(server.slice(server.indexOf('location /ws')), /Connection\s+keep-alive;/);
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
