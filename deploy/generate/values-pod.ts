import { annotations, labels, optionalDnsName } from './patterns.ts';
import {
  choice,
  count,
  flag,
  kubernetes,
  kubernetesList,
  list,
  type Section,
  section,
  text,
  texts,
  type Values,
} from './value.ts';

const seldom = { minimum: 0, maximum: 3600 };

function probe(
  description: string,
  fallback: Readonly<Record<'periodSeconds' | 'timeoutSeconds' | 'failureThreshold', number>>,
): Section {
  const positive = { minimum: 1, maximum: 3600 };
  return section(description, {
    enabled: flag(true, 'Whether the kubelet asks.'),
    initialDelaySeconds: count(0, seldom, 'Seconds before the first question.'),
    periodSeconds: count(fallback.periodSeconds, positive, 'Seconds from one question to the next.'),
    timeoutSeconds: count(fallback.timeoutSeconds, positive, 'Seconds that an answer may take.'),
    failureThreshold: count(fallback.failureThreshold, positive, 'Failures in a row that count.'),
  });
}

/** What the Deployment and its Pods look like. */
export const podValues: Values = {
  replicaCount: count(
    2,
    { minimum: 0, maximum: 10 },
    'One replica writes, the others wait with warm caches. 0 stops the operator; what it has written goes on serving.',
  ),
  image: section('The image of the operator.', {
    registry: text('ghcr.io', 'Registry; empty when `repository` holds it.', { pattern: '^[A-Za-z0-9.:/_-]*$' }),
    repository: text('wss-operator/wss-operator', 'Name in the registry.', { pattern: '^[a-z0-9]+[a-z0-9.:/_-]*$' }),
    tag: text('', "Empty: the chart's appVersion.", { pattern: '^([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$' }),
    digest: text('', 'Pins the image, whatever the tag says: `sha256:…`.', { pattern: '^(sha256:[0-9a-f]{64})?$' }),
    pullPolicy: choice('IfNotPresent', ['Always', 'IfNotPresent', 'Never'], 'When the kubelet pulls the image.'),
    pullSecrets: kubernetesList(
      'LocalObjectReference',
      'Secrets with credentials of the registry.',
      '- name: registry-credentials',
    ),
  }),
  extraArgs: list(
    { type: 'string', minLength: 1 },
    'Further arguments of `wss run`. What `config` and `watchNamespaces` hold is refused here.',
    '- --kubeconfig=/var/run/secrets/wss-operator/kubeconfig',
  ),
  extraEnv: kubernetesList(
    'EnvVar',
    'Further environment variables.',
    '- name: NODE_OPTIONS\n  value: --max-old-space-size=384',
  ),
  extraVolumes: kubernetesList(
    'Volume',
    'Further volumes of the Pod.',
    '- name: kubeconfig\n  secret:\n    secretName: kubeconfig',
  ),
  extraVolumeMounts: kubernetesList(
    'VolumeMount',
    'Where they are mounted. The image lets the operator read below /var/run/secrets and /etc/wss-operator only.',
    '- name: kubeconfig\n  mountPath: /var/run/secrets/wss-operator\n  readOnly: true',
  ),
  deploymentAnnotations: texts(annotations, 'Annotations of the Deployment.', 'example.com/owner: platform'),
  podAnnotations: texts(annotations, 'Annotations of the Pods.', 'example.com/scrape: "true"'),
  podLabels: texts(labels, "Labels of the Pods, besides the chart's own.", 'example.com/team: platform'),
  revisionHistoryLimit: count(3, { minimum: 0, maximum: 100 }, 'ReplicaSets that are kept for `kubectl rollout undo`.'),
  strategy: kubernetes(
    'DeploymentStrategy',
    { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    'How Pods are replaced. By default the new one is Ready before an old one goes.',
  ),
  resources: kubernetes(
    'ResourceRequirements',
    { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
    'No limit for CPU: it would only slow down a burst of routes.',
  ),
  podSecurityContext: kubernetes(
    'PodSecurityContext',
    { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    'Security context of the Pod. The default satisfies the Pod Security Standard `restricted`.',
  ),
  securityContext: kubernetes(
    'SecurityContext',
    { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    'Security context of the container.',
  ),
  livenessProbe: probe(
    'Asks `/livez`; a Pod that does not answer is restarted. It does not depend on the API server.',
    {
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 6,
    },
  ),
  readinessProbe: probe('Asks `/readyz`: the caches are warm. Replicas that wait for the lease are Ready, too.', {
    periodSeconds: 5,
    timeoutSeconds: 5,
    failureThreshold: 3,
  }),
  startupProbe: probe('Asks `/livez` until the first answer; only then the others begin.', {
    periodSeconds: 1,
    timeoutSeconds: 1,
    failureThreshold: 60,
  }),
  terminationGracePeriodSeconds: count(
    30,
    { minimum: 0, maximum: 3600 },
    'Seconds to stop in. The operator finishes what it has begun and gives the lease back within 20.',
  ),
  automountServiceAccountToken: flag(
    true,
    'Whether the Pod gets a token of its ServiceAccount. Without it, mount one by `extraVolumes`.',
  ),
  priorityClassName: text('', 'PriorityClass of the Pods.', optionalDnsName),
  runtimeClassName: text('', 'RuntimeClass of the Pods.', optionalDnsName),
  nodeSelector: texts(labels, 'Labels of nodes that Pods may run on.', 'kubernetes.io/arch: amd64', {
    'kubernetes.io/os': 'linux',
  }),
  affinity: kubernetes('Affinity', {}, 'Rules for the choice of a node.', 'nodeAffinity: {}'),
  tolerations: kubernetesList(
    'Toleration',
    'Taints that Pods bear.',
    '- key: node-role.kubernetes.io/control-plane\n  operator: Exists',
  ),
  topologySpreadConstraints: kubernetesList(
    'TopologySpreadConstraint',
    'How replicas keep apart. An entry without `labelSelector` gets the Pods of this release.',
    '- maxSkew: 1\n  topologyKey: kubernetes.io/hostname\n  whenUnsatisfiable: DoNotSchedule',
    [
      { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' },
      { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
    ],
  ),
  podDisruptionBudget: section('How many Pods an eviction may take; made when there is more than one replica.', {
    enabled: flag(true, 'Whether there is one.'),
    maxUnavailable: {
      description: 'Pods that may be away, a number or a share.',
      schema: { type: ['integer', 'string'], minimum: 0, pattern: '^(100|[0-9]{1,2})%$' },
      default: 1,
    },
    minAvailable: {
      description: 'Pods that must stay; used instead of `maxUnavailable` when it is set.',
      schema: { type: ['integer', 'string'], minimum: 0, pattern: '^(100|[0-9]{1,2})%$' },
      example: '1',
    },
  }),
};
