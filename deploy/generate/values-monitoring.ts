import { annotations, labels, optionalDnsLabel, ruleLabels, scrapeDuration } from './patterns.ts';
import { choice, count, flag, kubernetesList, list, type Section, section, text, texts } from './value.ts';

const port = { minimum: 1, maximum: 65535 };

const relabeling = {
  type: 'object',
  additionalProperties: false,
  properties: {
    action: {
      type: 'string',
      enum: [
        'replace',
        'keep',
        'drop',
        'hashmod',
        'labelmap',
        'labeldrop',
        'labelkeep',
        'lowercase',
        'uppercase',
        'keepequal',
        'dropequal',
      ],
    },
    sourceLabels: { type: 'array', items: { type: 'string' } },
    targetLabel: { type: 'string' },
    regex: { type: 'string' },
    replacement: { type: 'string' },
    separator: { type: 'string' },
    modulus: { type: 'integer' },
  },
};

function placement(what: string, example: string) {
  return {
    enabled: flag(false, `Whether there is a ${what}.`),
    namespace: text('', 'Its namespace. Empty: that of the operator.', optionalDnsLabel),
    labels: texts(labels, `Labels of the ${what}, by which it is found.`, example),
    annotations: texts(annotations, `Annotations of the ${what}.`, 'example.com/owner: platform'),
  };
}

function monitor(kind: string, description: string): Section {
  return section(description, {
    ...placement(kind, 'release: prometheus'),
    interval: text('30s', 'How often metrics are read.', scrapeDuration),
    scrapeTimeout: text('10s', 'How long reading may take; at most `interval`.', scrapeDuration),
    honorLabels: flag(
      true,
      'Whether labels of the metrics win over those of the target: the namespace of a route, not of the operator.',
    ),
    relabelings: list(
      relabeling,
      'Changes of labels before metrics are read.',
      '- targetLabel: cluster\n  replacement: one',
    ),
    metricRelabelings: list(
      relabeling,
      'Changes of what has been read.',
      '- action: drop\n  sourceLabels: [__name__]\n  regex: workqueue_.*',
    ),
  });
}

/** What tells how the operator is. The kinds of monitoring.coreos.com need the Prometheus operator. */
export const monitoring = section(
  'Metrics, alerts and a dashboard. The operator serves metrics at `config.metrics.address`.',
  {
    service: section('Service in front of the metrics port.', {
      enabled: flag(true, 'Whether there is one.'),
      type: choice('ClusterIP', ['ClusterIP', 'NodePort', 'LoadBalancer'], 'Type of the Service.'),
      port: count(8080, port, 'Port of the Service.'),
      labels: texts(labels, 'Further labels.', 'example.com/team: platform'),
      annotations: texts(annotations, 'Annotations.', 'prometheus.io/scrape: "true"'),
      ipFamilyPolicy: {
        ...choice('', ['', 'SingleStack', 'PreferDualStack', 'RequireDualStack'], 'Empty: as the cluster decides.'),
      },
      ipFamilies: list({ type: 'string', enum: ['IPv4', 'IPv6'] }, 'Empty: as the cluster decides.', '- IPv6'),
    }),
    serviceMonitor: monitor('ServiceMonitor', 'Scrapes the Service. Needs the Prometheus operator.'),
    podMonitor: monitor('PodMonitor', 'Scrapes the Pods, without a Service. Needs the Prometheus operator.'),
    prometheusRule: section('Alerts, from `files/alerts.yaml`. Needs the Prometheus operator.', {
      ...placement('PrometheusRule', 'release: prometheus'),
      additionalRuleLabels: texts(ruleLabels, 'Labels that every alert gets; they win over its own.', 'team: platform'),
      disabledAlerts: list({ type: 'string' }, 'Names of alerts to leave out.', '- WssOperatorDown'),
    }),
    dashboard: section('A ConfigMap with the dashboard that the sidecar of Grafana loads.', {
      ...placement('ConfigMap', 'grafana_dashboard: "1"'),
      labels: texts(labels, 'Labels of the ConfigMap, by which the sidecar finds it.', 'grafana_dashboard: "1"', {
        grafana_dashboard: '1',
      }),
    }),
  },
);

/** Who may talk to the Pods, and whom they may talk to. */
export const networkPolicy = section(
  'Lets in scrapes and probes, lets out name resolution, the API server and, on its ports, handshakes, and nothing else.',
  {
    enabled: flag(false, 'Whether there is one.'),
    metricsFrom: kubernetesList(
      'NetworkPolicyPeer',
      'Who may read metrics. Empty: everyone.',
      '- namespaceSelector:\n    matchLabels:\n      kubernetes.io/metadata.name: monitoring',
    ),
    dnsPorts: list({ type: 'integer', ...port }, 'Ports of the name servers. On OpenShift: 5353.', '- 5353', [53]),
    dnsTo: kubernetesList(
      'NetworkPolicyPeer',
      'Where names are resolved. Empty: anywhere, on these ports.',
      '- namespaceSelector:\n    matchLabels:\n      kubernetes.io/metadata.name: kube-system',
    ),
    apiServerPorts: list(
      { type: 'integer', ...port },
      "Ports of the API server: those of its endpoints count, not the Service's.",
      '- 6443',
      [443, 6443],
    ),
    apiServerTo: kubernetesList(
      'NetworkPolicyPeer',
      'Addresses of the API server. Empty: anywhere, on these ports, which lets out handshakes with routes on 443, too; else they need `extraEgress`.',
      '- ipBlock:\n    cidr: 192.0.2.0/24',
    ),
    extraIngress: kubernetesList(
      'NetworkPolicyIngressRule',
      'Further rules for what comes in.',
      '- from:\n    - podSelector: {}',
    ),
    extraEgress: kubernetesList(
      'NetworkPolicyEgressRule',
      'Further rules for what goes out: handshakes with routes on other ports, or where `apiServerTo` is set.',
      '- to:\n    - ipBlock:\n        cidr: 192.0.2.1/32',
    ),
  },
);
