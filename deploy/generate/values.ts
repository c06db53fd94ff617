import { annotations, labels, optionalDnsLabel, optionalDnsName } from './patterns.ts';
import { choice, flag, list, section, text, texts, type Values } from './value.ts';
import { configuration, watchNamespaces } from './values-config.ts';
import { monitoring, networkPolicy } from './values-monitoring.ts';
import { podValues } from './values-pod.ts';

/** Every value of the chart, in the order of values.yaml. */
export const values: Values = {
  watchNamespaces,
  config: configuration,
  ...podValues,
  serviceAccount: section('The account that the operator acts as.', {
    create: flag(true, 'Whether the chart makes it. Else `name` must exist.'),
    name: text('', 'Its name. Empty: the name of the Deployment.', optionalDnsName),
    labels: texts(labels, 'Further labels.', 'example.com/team: platform'),
    annotations: texts(annotations, 'Annotations.', 'example.com/owner: platform'),
    automount: flag(
      false,
      'Whether other Pods of this account get a token; see `automountServiceAccountToken` for the operator.',
    ),
  }),
  rbac: section('What the account may do.', {
    create: flag(true, 'Whether the chart makes roles and bindings.'),
    aggregateToUserRoles: flag(
      true,
      'Whether view, edit and admin include WssRoutes. Not with `watchNamespaces`: it takes ClusterRoles.',
    ),
    ownerReferencesPermissionEnforcement: flag(
      false,
      'Needed where the admission plugin of that name is on, as on OpenShift: update of wssroutes/finalizers.',
    ),
  }),
  crds: section('The CustomResourceDefinition of WssRoute. It is a template, so that an upgrade upgrades it.', {
    enabled: flag(true, 'Whether the chart installs it. Once per cluster.'),
    keep: flag(
      true,
      'Whether it stays when the release is uninstalled. Without it every WssRoute goes, and all that serves it.',
    ),
    annotations: texts(annotations, 'Annotations.', 'argocd.argoproj.io/sync-options: ServerSideApply=true'),
  }),
  metrics: monitoring,
  networkPolicy,
  admissionPolicy: section(
    'ValidatingAdmissionPolicies: the API server itself holds the operator to what it is meant to write, whatever it is made to try.',
    {
      enabled: flag(
        false,
        'Whether they are made. They are cluster-wide objects, but bind the account of the operator only.',
      ),
      validationActions: {
        description: 'What happens to a write that is not meant: `Deny`, `Warn`, `Audit`.',
        schema: {
          type: 'array',
          minItems: 1,
          uniqueItems: true,
          items: { type: 'string', enum: ['Deny', 'Warn', 'Audit'] },
        },
        default: ['Deny'],
      },
      failurePolicy: choice('Fail', ['Fail', 'Ignore'], 'What happens when a policy itself cannot be evaluated.'),
    },
  ),
  nameOverride: text('', 'Replaces the name of the chart in names and labels.', { ...optionalDnsLabel, maxLength: 52 }),
  fullnameOverride: text('', 'Replaces the name of all objects.', { ...optionalDnsLabel, maxLength: 52 }),
  namespaceOverride: text('', 'Namespace of the objects. Empty: that of the release.', optionalDnsLabel),
  commonLabels: texts(labels, 'Labels of all objects.', 'example.com/team: platform'),
  extraObjects: list(
    { type: ['object', 'string'] },
    'Further objects, or texts with one; templates in them are evaluated.',
    '- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: "{{ .Release.Name }}-notes"',
  ),
  enabled: flag(true, 'For charts that depend on this one and switch it; not read here.'),
  global: {
    description: 'For charts that depend on this one; not read here.',
    schema: { type: 'object' },
    default: {},
  },
};
