import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { judgePermissions, readGranted } from '../../runner/permissions.ts';

const manifest = `
kind: ClusterRole
metadata: { name: operator }
rules:
  - { apiGroups: [''], resources: [services], verbs: [list, watch] }
---
kind: Role
metadata: { name: operator-leases }
rules:
  - { apiGroups: [coordination.k8s.io], resources: [leases], verbs: [create] }
  - { apiGroups: [coordination.k8s.io], resources: [leases], resourceNames: [one], verbs: [update] }
---
kind: ClusterRole
metadata: { name: for-users }
rules:
  - { apiGroups: [wssroute.dev], resources: [wssroutes], verbs: [get] }
---
kind: ClusterRoleBinding
roleRef: { kind: ClusterRole, name: operator }
---
kind: RoleBinding
roleRef: { kind: Role, name: operator-leases }
`;
const services = [
  { verb: 'list', group: '', resource: 'services' },
  { verb: 'watch', group: '', resource: 'services' },
];
const leases = [
  { verb: 'create', group: 'coordination.k8s.io', resource: 'leases' },
  { verb: 'update', group: 'coordination.k8s.io', resource: 'leases' },
];
const granted = [...services, ...leases];

describe('the permissions of the operator', () => {
  test('are those of the roles that are bound', () => {
    assert.deepEqual(readGranted(manifest), granted);
  });

  test('are right when each is used, in whichever rig, and none was missed', () => {
    const reports = [
      { used: services, denied: [] },
      { used: leases, denied: [] },
    ];
    const outcome = judgePermissions(granted, reports);
    assert.equal(outcome.result, 'passed', outcome.detail);
    assert.equal(outcome.name, 'RBAC: 4 granted = used, 0 denied');
  });

  test('are too many when one is used nowhere', () => {
    const { result, detail } = judgePermissions(granted, [{ used: services, denied: [] }]);
    assert.equal(result, 'failed');
    assert.match(detail, /granted, but used in no test: update leases\.coordination\.k8s\.io/);
  });

  test('are too few when one was denied', () => {
    const denial = { verb: 'delete', group: '', resource: 'services', user: 'u', where: 'in namespace a', time: '' };
    const { result, detail } = judgePermissions(granted, [{ used: granted, denied: [denial, denial] }]);
    assert.equal(result, 'failed');
    assert.equal(detail, 'denied: delete services in namespace a, to u');
  });

  test('are not judged to be right when no rig has reported', () => {
    assert.equal(judgePermissions([], []).result, 'failed');
  });

  test('of the manifest that is shipped hold no Secret and no wildcard', () => {
    const shipped = readGranted(readFileSync(new URL('../../../deploy/install.yaml', import.meta.url), 'utf8'));
    assert.ok(shipped.length > 15, `${shipped.length}`);
    const excessive = shipped.filter(
      (permission) => permission.resource === 'secrets' || JSON.stringify(permission).includes('*'),
    );
    assert.deepEqual(excessive, []);
  });
});
