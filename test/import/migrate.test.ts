import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { WssRoute } from '../../src/api/wssroute.ts';
import { describeRenewal } from '../../src/migrate/describe-renewal.ts';
import { runProgram } from '../support/run-program.ts';
import { type ProgramOutcome, spawnProgram } from '../support/spawn-program.ts';

/** `wss migrate` without a cluster. `npm run golden` writes what is expected; review it by eye. */

const here = fileURLToPath(new URL('./migrations/', import.meta.url));
const serializers = [String];

const toGateway = ['--to', 'gateway', '--parent', 'infra/edge'];
const toF5 = ['--to', 'nginx.org', '--class', 'f5'];
const toIngressNginx = ['--to', 'ingress-nginx', '--class', 'nginx'];

/** Where each case goes, and the exit code. */
const cases: Readonly<Record<string, readonly [args: readonly string[], code: number]>> = {
  'both-to-gateway': [toGateway, 0],
  'class-to-f5': [toF5, 0],
  'class-to-gateway': [toGateway, 0],
  'class-to-gateway-that-refuses': [toGateway, 1],
  'class-to-gateway-with-listener': [toGateway, 0],
  'f5-to-ingress-nginx': [toIngressNginx, 0],
  'gateway-to-class': [toIngressNginx, 0],
  'nameless-to-f5': [toF5, 1],
};

function migrate(...args: readonly string[]): Promise<ProgramOutcome> {
  return runProgram(['migrate', ...args]);
}

describe('a migration', () => {
  test('has a case for each folder', () => {
    assert.deepEqual(readdirSync(here).sort(), Object.keys(cases).sort());
  });

  for (const [name, [args, expected]] of Object.entries(cases)) {
    test(`${name} is what its file shows`, async (t) => {
      const { code, stdout, stderr } = await migrate('-f', `${here}${name}/route.yaml`, ...args);
      assert.equal(code, expected, stderr);
      assert.equal(stderr === '', expected === 0, stderr);
      t.assert.fileSnapshot(stdout, `${here}${name}/steps.txt`, { serializers });
    });
  }

  test('is the same as JSON', async () => {
    const file = `${here}class-to-f5/route.yaml`;
    const { stdout } = await migrate('-f', file, ...toF5, '-o', 'json');
    const migration = JSON.parse(stdout);
    assert.equal(migration.route, 'app/chat');
    assert.deepEqual(migration.from, ['IngressClass/nginx']);
    assert.equal(migration.to, 'IngressClass/f5');
    assert.equal(migration.steps.length, 4);
    assert.equal(migration.steps[0].files[1].content.spec.ingressClassName, 'f5');
    for (const step of migration.steps) assert.ok(step.back.length > 0, step.title);
  });

  test('knows the version of a controller from the configuration of the operator', async () => {
    const configuration = fileURLToPath(new URL('../golden/f5-hsts/configuration.yaml', import.meta.url));
    const file = ['-f', `${here}class-to-f5/route.yaml`];
    const { code, stdout } = await migrate(...file, ...toF5, '--config', configuration);
    assert.equal(code, 0);
    assert.match(stdout, /^What is lost there:$/m);
    assert.doesNotMatch(stdout, /spec\.affinity is|tell the version/);
    const broken = await migrate(...file, ...toF5, '--config', `${here}class-to-f5/steps.txt`);
    assert.equal(broken.code, 1);
    assert.match(broken.stderr, /^error: .*steps\.txt/);
  });
});

describe('the step that moves the names', () => {
  const route = (tls: object) => ({ spec: { hosts: ['a.example.com'], tls } }) as unknown as WssRoute;
  const gateway = { kind: 'Gateway', namespace: 'infra', name: 'edge', createsListener: false } as const;

  test('tells what an HTTP-01 solver needs there, where the issuer may have one', () => {
    for (const tls of [
      {},
      { issuerRef: { name: 'letsencrypt' } },
      { issuerRef: { name: 'a', group: 'cert-manager.io' } },
      { certificateRef: { name: 'shared' } },
    ]) {
      assert.match(describeRenewal(route(tls), gateway) ?? '', /http01\.gatewayHTTPRoute with Gateway infra\/edge in/);
      const there = describeRenewal(route(tls), { kind: 'IngressClass', name: 'nginx' }) ?? '';
      assert.match(there, /http01\.ingress with ingressClassName nginx, because/);
    }
  });

  test('says nothing of it where the certificate is brought along, or comes from an issuer of another group', () => {
    for (const tls of [{ secretName: 'a' }, { issuerRef: { name: 'a', kind: 'StepIssuer', group: 'step.sm' } }]) {
      assert.equal(describeRenewal(route(tls), gateway), undefined);
    }
  });
});

describe('the command line of `wss migrate`', () => {
  const file = ['-f', `${here}class-to-f5/route.yaml`];
  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['no route', toF5, /either ROUTE or -f FILE/],
    ['two routes', ['chat', ...file, ...toF5], /either ROUTE or -f FILE/],
    ['no destination', file, /--to <where>' not specified/],
    ['another destination', [...file, '--to', 'traefik'], /Allowed choices are gateway, nginx\.org, ingress-nginx/],
    ['a Gateway without a name', [...file, '--to', 'gateway'], /needs --parent NAMESPACE\/NAME/],
    ['a Gateway without a namespace', [...file, '--to', 'gateway', '--parent', 'edge'], /must be namespace\/name/],
    ['a class without a name', [...file, '--to', 'nginx.org'], /needs --class NAME/],
    ['a class that is none', [...file, '--to', 'nginx.org', '--class', 'A b'], /must be the name of an IngressClass/],
    ['a route that is no name', ['a/b/c', ...toF5], /must be the name of a WssRoute/],
    [
      'a class of another controller',
      ['-f', `${here}f5-to-ingress-nginx/route.yaml`, '--to', 'ingress-nginx', '--class', 'f5'],
      /belongs to nginx\.org\/ingress-controller/,
    ],
  ];
  for (const [name, args, says] of refused) {
    test(`takes not ${name}`, async () => {
      const { code, stdout, stderr } = await migrate(...args);
      assert.match(stderr, says);
      assert.deepEqual({ code, stdout }, { code: 2, stdout: '' });
    });
  }

  test('tells a file without a route', async () => {
    const corpus = fileURLToPath(new URL('./corpus/community-chat-plain/ingress.yaml', import.meta.url));
    const { code, stderr } = await spawnProgram(['migrate', '-f', corpus, ...toF5]);
    assert.match(stderr, /must hold one WssRoute, and holds 0/);
    assert.equal(code, 1);
  });
});
