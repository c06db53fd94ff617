/** Routes that break behind the real controller: what ingress-nginx answers when something is missing, and what is made of it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createTrust, type Trust } from '../../src/probe/trust.ts';
import { publishBackend } from '../support/backend.ts';
import { createSilentAddress, moveBackend } from '../support/backend-addresses.ts';
import { installTestCa } from '../support/cert-manager.ts';
import { ingressNginxOf, proveRoute, waitUntilReady } from '../support/live-route.ts';
import { applyObjects, installOperator, type Operator, startOperator } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute } from '../support/routes.ts';
import { type Expectation, expectReason, targetAt } from './setting.ts';

const namespace = 'broken';

/** Routes, and the Service behind each; every other Service is `chat`, which works. */
const routes: Readonly<Record<string, { readonly service?: string; readonly spec?: object }>> = {
  good: {},
  empty: { service: 'empty' },
  wrong: { service: 'wrong' },
  hanging: { service: 'hanging', spec: { timeouts: { connect: '1s' } } },
  barred: { spec: { allowedSources: ['203.0.113.0/24'] } },
  bare: { spec: { tls: { secretName: 'nowhere' } } },
};

interface Case extends Expectation {
  readonly host: string;
  readonly path?: string;
  /** Default: 443, with TLS. */
  readonly port?: number;
  readonly isTls?: boolean;
}

const cases: Readonly<Record<string, Case>> = {
  'no ready endpoint': { host: 'empty', reason: 'UpgradeRefused', says: /with 503 .*no Pod of the backend is ready/ },
  'a wrong target port': { host: 'wrong', reason: 'UpgradeRefused', says: /with 502 .*cannot talk to the backend/ },
  'a backend that is a black hole': { host: 'hanging', reason: 'UpgradeRefused', says: /with 504 .*in time/ },
  'sources that are not ours': { host: 'barred', reason: 'UpgradeRefused', says: /with 403/ },
  'a path that no route has': { host: 'good', path: '/elsewhere', reason: 'UpgradeRefused', says: /with 404/ },
  'a host that no route has': {
    host: 'nobody',
    reason: 'ControllerDefaultCertificate',
    says: /of ingress-nginx is served/,
  },
  'a Secret that is not there': { host: 'bare', reason: 'ControllerDefaultCertificate' },
  'the port of plain HTTP': { host: 'good', port: 80, reason: 'NoTLS' },
  'plain ws://': {
    host: 'good',
    port: 80,
    isTls: false,
    reason: 'UpgradeRefused',
    says: /308 .*https:\/\/good\.broken/,
  },
};

describe('behind ingress-nginx', () => {
  let rig: Rig;
  let operator: Operator;
  let trust: Trust;

  before(async () => {
    rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'ingress-nginx', 'backend'] });
    const { rootPem } = await installTestCa(rig);
    trust = createTrust('public', rootPem);
    await installOperator(rig);
    await applyObjects(rig, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
    for (const name of ['chat', 'empty', 'wrong', 'hanging']) {
      await publishBackend(rig, { namespace, name, port: 8080 });
    }
    const slices = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
    await rig.client.delete(`${slices}/empty-rig`);
    await rig.client.patch(`${slices}/wrong-rig`, { ports: [{ name: 'ws', port: 9, protocol: 'TCP' }] });
    await moveBackend(rig, { namespace, name: 'hanging' }, [await createSilentAddress()]);
    operator = await startOperator(rig);
    await applyObjects(
      rig,
      Object.entries(routes).map(([name, { service = 'chat', spec }]) =>
        buildRoute(namespace, name, { paths: [{ path: '/ws', service: { name: service, port: 8080 } }], ...spec }),
      ),
    );
    for (const name of Object.keys(routes)) await waitUntilReady(rig, namespace, name);
    await proveRoute(rig, urlOf('good'), rootPem);
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  function urlOf(name: string): string {
    return `wss://${name}.${namespace}.example.com/ws`;
  }

  async function expectBroken({ host, path = '/ws', port = 443, isTls = true, ...expectation }: Case): Promise<void> {
    const { address } = ingressNginxOf(rig);
    const name = `${host}.${namespace}.example.com`;
    const connect = { address, port };
    await expectReason(targetAt(port, { host: name, port, path, isTls, connect }), trust, expectation);
  }

  for (const [what, each] of Object.entries(cases)) test(`${what} is ${each.reason}`, () => expectBroken(each));

  test('a backend that has gone down is 502, and works again when it is back', async () => {
    assert.ok(rig.backend);
    await rig.backend.process.kill('SIGKILL');
    await expectBroken({ host: 'good', reason: 'UpgradeRefused', says: /with 502 / });
    await rig.backend.process.restart();
    await expectBroken({ host: 'good', reason: 'Connected' });
  });
});
