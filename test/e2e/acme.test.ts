import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { publishBackend } from '../support/backend.ts';
import { proveRoute, waitUntilReady } from '../support/live-route.ts';
import { applyObjects, installOperator, type Operator, startOperator } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute } from '../support/routes.ts';
import { SolverPlayer } from '../support/solver-player.ts';

describe('certificates of an ACME server', () => {
  let rig: Rig;
  let operator: Operator;
  let root: string;

  before(async () => {
    rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'ingress-nginx', 'backend', 'acme'] });
    assert.ok(rig.acme);
    root = await rig.acme.readRoot();
    await installOperator(rig);
    await applyObjects(rig, [
      {
        apiVersion: 'cert-manager.io/v1',
        kind: 'ClusterIssuer',
        metadata: { name: 'acme' },
        spec: {
          acme: {
            server: rig.acme.directoryUrl,
            caBundle: rig.acme.caBundle,
            email: 'ops@example.com',
            privateKeySecretRef: { name: 'acme-account' },
            solvers: [{ http01: { ingress: { ingressClassName: 'nginx' } } }],
          },
        },
      },
    ]);
    operator = await startOperator(rig, { args: ['--verification'] });
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  test('a route becomes Ready from nothing', async () => {
    await applyObjects(rig, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'first' } }]);
    await publishBackend(rig, { namespace: 'first', name: 'chat', port: 8080 });
    const player = await SolverPlayer.start(rig, 'first');
    await applyObjects(rig, [
      buildRoute('first', 'chat', { tls: { issuerRef: { name: 'acme', kind: 'ClusterIssuer' } } }),
    ]);
    await waitUntilReady(rig, 'first', 'chat');
    await proveRoute(rig, 'wss://chat.first.example.com/ws', root);
    await player.stop();
  });
});
