import { duration, objectName } from './schema-forms.ts';
import type { SchemaNode } from './schema-node.ts';

/** The section `leaderElection` of an OperatorConfiguration. */
export const leaderElectionSchema = {
  type: 'object',
  description: 'Of several replicas only one writes: the one that holds the Lease.',
  default: {},
  additionalProperties: false,
  properties: {
    enabled: {
      type: 'boolean',
      description: 'Whether a Lease is held. Without it run one replica.',
      default: true,
    },
    name: {
      ...objectName,
      description: 'Name of the Lease; installations that share a namespace need one each.',
      default: 'wss-operator',
    },
    namespace: {
      type: 'string',
      description: "Namespace of the Lease; empty: the Pod's own, or that of the kubeconfig's context.",
      default: '',
      maxLength: 63,
      pattern: '^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$',
      'x-expected': 'must be lowercase letters, digits and "-", at most 63 characters, or empty',
    },
    leaseDuration: {
      ...duration,
      description: 'How long others wait for a holder that says nothing more before they take its place.',
      default: '15s',
    },
    renewDeadline: {
      ...duration,
      description: 'How long the holder tries to renew before it gives up; shorter than leaseDuration.',
      default: '10s',
    },
    retryPeriod: {
      ...duration,
      description: 'Time between two tries; 1.2 times it is shorter than renewDeadline.',
      default: '2s',
    },
  },
} as const satisfies SchemaNode;
