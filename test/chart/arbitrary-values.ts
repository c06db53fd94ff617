import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc, { type Arbitrary } from 'fast-check';
import { chartDirectory } from '../support/helm.ts';
import { fitTogether } from './fit-together.ts';
import { drawFrom, type JsonSchema, type Substitutes } from './json-schema.ts';
import type { ChartValues } from './render.ts';

/** What has to be in the cluster for the values that are drawn: a dry run refuses objects in a namespace that is not there. */
export const surroundings = { namespaces: ['wss-system', 'team-a', 'team-b'], runtimeClass: 'sandboxed' } as const;

const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/);
const text = fc.constantFrom('a', 'yes', '1', 'null', 'a: b', "it's", '{{ .Release.Name }}', 'a\nb', '');
const labels = fc.dictionary(name, name, { maxKeys: 2 });
const selector = fc.oneof(
  fc.record({ matchLabels: labels }, { requiredKeys: [] }),
  fc.record({
    matchExpressions: fc.array(
      fc.oneof(
        fc.record({
          key: name,
          operator: fc.constantFrom('In', 'NotIn'),
          values: fc.array(name, { minLength: 1, maxLength: 2 }),
        }),
        fc.record({ key: name, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
      ),
      { maxLength: 2 },
    ),
  }),
);
const peer = fc.oneof(
  fc.constantFrom(
    { ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.128/25'] } },
    { ipBlock: { cidr: '2001:db8::/32' } },
  ),
  fc.record({ namespaceSelector: selector, podSelector: selector }, { requiredKeys: ['namespaceSelector'] }),
  fc.record({ podSelector: selector }),
);
const policyPort = fc.record({
  port: fc.integer({ min: 1, max: 65535 }),
  protocol: fc.constantFrom('TCP', 'UDP', 'SCTP'),
});
const amount = fc.constantFrom('10m', '1', '0.5', '64Mi', '1Gi', 1, 2);
const share = fc.constantFrom('25%', '100%', 1, 2);
const nodeTerm = fc.record({
  matchExpressions: fc.array(fc.record({ key: name, operator: fc.constantFrom('Exists', 'DoesNotExist') }), {
    minLength: 1,
    maxLength: 2,
  }),
});
const podTerm = fc.record({ topologyKey: fc.constant('kubernetes.io/hostname'), labelSelector: selector });
const podAffinity = fc.record(
  {
    requiredDuringSchedulingIgnoredDuringExecution: fc.array(podTerm, { maxLength: 2 }),
    preferredDuringSchedulingIgnoredDuringExecution: fc.array(
      fc.record({ weight: fc.integer({ min: 1, max: 100 }), podAffinityTerm: podTerm }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);

/**
 * Parts of a Pod whose schema, Kubernetes' own, lets in far more than the API server takes: here is drawn what somebody means by
 * them. Not drawn are kinds of volumes that Pod Security `restricted` forbids, and security contexts weaker than `restricted`:
 * such values are taken by the chart and refused by a restricted namespace, which is what both are for.
 */
const pieces: Substitutes = {
  '#/$defs/LocalObjectReference': fc.record({ name }),
  '#/$defs/EnvVar': fc.oneof(
    fc.record({ name: fc.stringMatching(/^[A-Z][A-Z0-9_]{0,9}$/), value: text }),
    fc.record({
      name: fc.stringMatching(/^[A-Z][A-Z0-9_]{0,9}$/),
      valueFrom: fc.constantFrom(
        { fieldRef: { fieldPath: 'spec.nodeName' } },
        { secretKeyRef: { name: 'proxy', key: 'token', optional: true } },
        { configMapKeyRef: { name: 'proxy', key: 'address' } },
        { resourceFieldRef: { resource: 'limits.memory' } },
      ),
    }),
  ),
  '#/$defs/Volume': fc
    .tuple(
      name.map((each) => `extra-${each}`),
      fc.constantFrom(
        { emptyDir: {} },
        { emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
        { secret: { secretName: 'kubeconfig', defaultMode: 0o400 } },
        { configMap: { name: 'ca', items: [{ key: 'ca.crt', path: 'ca.crt' }], optional: true } },
        { projected: { sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 600 } }] } },
        { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
        { persistentVolumeClaim: { claimName: 'data' } },
      ),
    )
    .map(([volume, source]) => ({ name: volume, ...source })),
  // Their volumes are drawn elsewhere; which ones they mount is decided when the values are fitted together.
  '#/$defs/VolumeMount': fc.record(
    { name, mountPath: name.map((each) => `/mnt/${each}`), readOnly: fc.boolean(), subPath: name },
    { requiredKeys: ['name', 'mountPath'] },
  ),
  '#/$defs/DeploymentStrategy': fc.oneof(
    fc.constant({ type: 'Recreate', rollingUpdate: null }),
    fc.record({ rollingUpdate: fc.record({ maxSurge: share, maxUnavailable: share }, { requiredKeys: [] }) }),
  ),
  '#/$defs/ResourceRequirements': fc.oneof(
    fc.constantFrom({ limits: null }, { limits: null, requests: null }, { requests: { 'ephemeral-storage': '1Gi' } }),
    fc.record({
      requests: fc.record({ cpu: fc.constantFrom('10m', '1', 0.1), memory: fc.constantFrom('64Mi', '128Mi') }),
      limits: fc.record(
        { memory: fc.constantFrom('512Mi', '1Gi'), cpu: fc.constantFrom('1', '2000m', 2) },
        { requiredKeys: [] },
      ),
    }),
    fc.record({
      limits: fc.record({ memory: fc.constant('1Gi'), 'ephemeral-storage': amount }, { requiredKeys: ['memory'] }),
    }),
  ),
  '#/$defs/PodSecurityContext': fc.record(
    {
      runAsUser: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      runAsGroup: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      fsGroup: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      fsGroupChangePolicy: fc.constantFrom('OnRootMismatch', 'Always'),
      supplementalGroups: fc.array(fc.integer({ min: 1, max: 60000 }), { maxLength: 2 }),
      seccompProfile: fc.constantFrom({ type: 'RuntimeDefault' }, { type: 'Localhost', localhostProfile: 'wss.json' }),
      seLinuxOptions: fc.constantFrom({ level: 's0:c123,c456' }, { type: 'container_t' }),
    },
    { requiredKeys: [] },
  ),
  '#/$defs/SecurityContext': fc.record(
    {
      readOnlyRootFilesystem: fc.boolean(),
      runAsUser: fc.integer({ min: 1, max: 65535 }),
      runAsNonRoot: fc.constant(true),
    },
    { requiredKeys: [] },
  ),
  '#/$defs/Affinity': fc.record(
    {
      nodeAffinity: fc.record({
        requiredDuringSchedulingIgnoredDuringExecution: fc.record({
          nodeSelectorTerms: fc.array(nodeTerm, { minLength: 1, maxLength: 2 }),
        }),
      }),
      podAffinity,
      podAntiAffinity: podAffinity,
    },
    { requiredKeys: [] },
  ),
  '#/$defs/Toleration': fc.oneof(
    fc.record({
      key: name,
      operator: fc.constant('Exists'),
      effect: fc.constantFrom('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
    }),
    fc.record({ key: name, operator: fc.constant('Equal'), value: name }, { requiredKeys: ['key', 'value'] }),
    fc.constant({ operator: 'Exists' }),
  ),
  '#/$defs/TopologySpreadConstraint': fc.record(
    {
      maxSkew: fc.integer({ min: 1, max: 5 }),
      topologyKey: name,
      whenUnsatisfiable: fc.constantFrom('DoNotSchedule', 'ScheduleAnyway'),
      labelSelector: fc.record({ matchLabels: labels }),
      nodeTaintsPolicy: fc.constantFrom('Honor', 'Ignore'),
    },
    { requiredKeys: ['maxSkew', 'topologyKey', 'whenUnsatisfiable'] },
  ),
  '#/$defs/NetworkPolicyPeer': peer,
  '#/$defs/NetworkPolicyIngressRule': fc.record(
    { from: fc.array(peer, { maxLength: 2 }), ports: fc.array(policyPort, { maxLength: 2 }) },
    { requiredKeys: [] },
  ),
  '#/$defs/NetworkPolicyEgressRule': fc.record(
    { to: fc.array(peer, { maxLength: 2 }), ports: fc.array(policyPort, { maxLength: 2 }) },
    { requiredKeys: [] },
  ),
};

const place = fc.constantFrom('', ...surroundings.namespaces);
const relabeling = fc.constantFrom(
  { targetLabel: 'cluster', replacement: 'one' },
  { action: 'drop', sourceLabels: ['__name__'], regex: 'workqueue_.*' },
  { action: 'hashmod', sourceLabels: ['pod'], targetLabel: 'shard', modulus: 2 },
);

/** Values of which the schema knows no more than that they are texts, lists or names of something in the cluster. */
const words: Substitutes = {
  watchNamespaces: fc.uniqueArray(fc.constantFrom(...surroundings.namespaces), { maxLength: 2 }),
  namespaceOverride: place,
  'config.leaderElection.namespace': place,
  'metrics.serviceMonitor.namespace': place,
  'metrics.podMonitor.namespace': place,
  'metrics.prometheusRule.namespace': place,
  'metrics.dashboard.namespace': place,
  'metrics.serviceMonitor.relabelings[]': relabeling,
  'metrics.serviceMonitor.metricRelabelings[]': relabeling,
  'metrics.podMonitor.relabelings[]': relabeling,
  'metrics.podMonitor.metricRelabelings[]': relabeling,
  // The rig's Services have IPv4 only.
  'metrics.service.ipFamilies': fc.constantFrom([], ['IPv4']),
  'metrics.service.ipFamilyPolicy': fc.constantFrom('', 'SingleStack', 'PreferDualStack'),
  'metrics.prometheusRule.disabledAlerts': fc.constant([]),
  // Admission asks for these objects.
  priorityClassName: fc.constantFrom('', 'system-cluster-critical', 'system-node-critical'),
  runtimeClassName: fc.constantFrom('', surroundings.runtimeClass),
  extraArgs: fc.array(
    fc.oneof(text, fc.constantFrom('--kubeconfig=/mnt/kubeconfig', '--context=other')).filter((arg) => arg !== ''),
    { maxLength: 3 },
  ),
  extraObjects: fc.array(
    fc.oneof(
      fc.record({
        apiVersion: fc.constant('v1'),
        kind: fc.constant('ConfigMap'),
        metadata: fc.record({ name: name.map((each) => `{{ .Release.Name }}-object-${each}`) }),
      }),
      name.map((each) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: text-${each}\n`),
    ),
    { maxLength: 2 },
  ),
};

/** Values of the chart that fit together, drawn from its schema. */
export const chartValues: Arbitrary<ChartValues> = drawFrom(readSchema(), { ...pieces, ...words }).map((values) =>
  fitTogether(values as ChartValues),
);

function readSchema(): JsonSchema {
  return JSON.parse(readFileSync(join(chartDirectory, 'values.schema.json'), 'utf8')) as JsonSchema;
}
