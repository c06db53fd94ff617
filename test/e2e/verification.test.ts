import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { publishBackend } from '../support/backend.ts';
import { installTestCa } from '../support/cert-manager.ts';
import { proveRoute, waitUntilReady } from '../support/live-route.ts';
import { applyObjects, installOperator, type Operator, startOperator, waitForLog } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute, findCondition, routePath, waitForCondition } from '../support/routes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { listWrites, settle } from '../support/writes.ts';

const configuration = `apiVersion: config.wssroute.dev/v1alpha1
kind: OperatorConfiguration
verification: { minInterval: 10s }
`;
const verification = {
  interval: '10s',
  path: '/ws/proof',
  origin: 'https://app.example.com',
  subprotocols: ['chat.v1'],
};
const successes = 'wss_handshake_seconds_count{result="success"}';
const failures = 'wss_handshake_seconds_count{result="failure"}';
const unreachable = 'wss_routes_unreachable{reason="UpgradeRefused"}';

describe('routes are proved by handshakes', () => {
  let rig: Rig;
  let operator: Operator;
  let file: string;

  before(async () => {
    rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'ingress-nginx', 'backend'] });
    const { rootPem } = await installTestCa(rig);
    await installOperator(rig);
    await applyObjects(rig, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'proof' } }]);
    await publishBackend(rig, { namespace: 'proof', name: 'chat', port: 8080 });
    file = join(rig.directory, 'operator.yaml');
    await writeFile(file, configuration);
    operator = await startOperator(rig, { args: ['--config', file, '--verification'] });
    await applyObjects(rig, [
      buildRoute('proof', 'proved', { verification }),
      buildRoute('proof', 'trusted', { verification: { enabled: false, path: '/ws/never' } }),
    ]);
    for (const name of ['proved', 'trusted']) {
      await waitUntilReady(rig, 'proof', name);
      await proveRoute(rig, `wss://${name}.proof.example.com/ws`, rootPem);
    }
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  function waitForMetric(series: string, isRight: (value: number) => boolean, timeoutMs = 40_000): Promise<unknown> {
    const explain = async () =>
      (await operator.readMetrics()).match(/^wss_(handshake|routes_un).*$/gm)?.join('\n') ?? '';
    return waitUntil(async () => isRight(await operator.metric(series)), { what: series, timeoutMs, explain });
  }

  async function listRequests(): Promise<
    readonly { readonly url: string; readonly headers: Record<string, string> }[]
  > {
    assert.ok(rig.backend);
    return (await rig.backend.requests()) as readonly {
      readonly url: string;
      readonly headers: Record<string, string>;
    }[];
  }

  test('as the route says: its host, path, origin and subprotocols, again and again', async () => {
    const before = await operator.metric(successes);
    await waitForMetric(successes, (value) => value >= before + 2);
    const proof = (await listRequests()).find(({ url }) => url === verification.path);
    assert.equal(proof?.headers.host, 'proved.proof.example.com');
    assert.equal(proof.headers.origin, verification.origin);
    assert.equal(proof.headers['sec-websocket-protocol'], 'chat.v1');
    assert.equal(proof.headers['x-forwarded-proto'], 'https');
    assert.equal(await operator.metric(unreachable), 0);
  });

  test('Ready tells what the handshake found, and of a private authority', async () => {
    const proved = await waitUntilReady(rig, 'proof', 'proved');
    const find = (type: string) => findCondition(proved, type);
    assert.match(find('Ready')?.message ?? '', /^wss:\/\/proved\.proof\.example\.com\/ws\/proof opens at /);
    assert.deepEqual(
      ['Reachable', 'CertificateMatches', 'PubliclyTrusted'].map((type) => find(type)?.reason),
      ['Connected', 'CertificateMatches', 'PrivateAuthority'],
    );
    const trusted = await waitUntilReady(rig, 'proof', 'trusted');
    assert.equal(findCondition(trusted, 'Reachable')?.reason, 'VerificationDisabled');
  });

  test('a backend that is gone is told, and so is its return: one status for each, and nothing else is written', async () => {
    assert.ok(rig.backend);
    const mark = rig.audit.mark();
    await rig.backend.process.kill('SIGKILL');
    await waitForCondition(rig, 'proof', 'proved', { type: 'Ready', status: 'False', reason: 'UpgradeRefused' });
    await waitForMetric(unreachable, (value) => value === 1);
    await waitForLog(operator, 'handshake failed', '502');
    assert.ok((await operator.metric(failures)) >= 1);
    const events = () => rig.kubectl('get', 'events', '-n', 'proof', '--field-selector', 'reason=UpgradeRefused');
    await waitUntil(async () => /502/.test(await events()), { what: 'an Event of the failure', timeoutMs: 20_000 });
    await rig.backend.process.restart();
    // Twice the interval is promised.
    await waitForCondition(rig, 'proof', 'proved', { type: 'Ready', status: 'True' }, 20_000);
    await waitForMetric(unreachable, (value) => value === 0);
    await waitForLog(operator, 'handshake succeeded', 'proof/proved');
    const recovered = () => rig.kubectl('get', 'events', '-n', 'proof', '--field-selector', 'type=Normal,reason=Ready');
    await waitUntil(async () => /wssroute\/proved .*\/ws\/proof opens at /.test(await recovered()), {
      ...{ what: 'an Event of the return', timeoutMs: 20_000, explain: recovered },
    });
    assert.deepEqual(listWrites(rig, mark), ['wssroutes/status proof/proved', 'wssroutes/status proof/proved']);
  });

  test('a restart writes nothing: what was proved stands until the next handshake', async () => {
    const mark = rig.audit.mark();
    await operator.stop();
    operator = await startOperator(rig, { args: ['--config', file, '--verification'] });
    await waitForMetric(successes, (value) => value >= 1);
    await settle(rig, operator, routePath('proof', 'trusted'));
    assert.deepEqual(listWrites(rig, mark), []);
  });

  test('a route that asks for none gets none, and one that is gone gets no more', async () => {
    assert.deepEqual(
      (await listRequests()).filter(({ url }) => url === '/ws/never'),
      [],
    );
    await rig.client.delete(routePath('proof', 'proved'));
    await settle(rig, operator, routePath('proof', 'trusted'));
    await waitForMetric(unreachable, (value) => value === 0);
  });
});
