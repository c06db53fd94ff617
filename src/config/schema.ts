import { controllers } from '../dialects/registry.ts';
import { leaderElectionSchema } from './leader-election-schema.ts';
import { address, duration, issuerGroup, issuerKind, label, objectName } from './schema-forms.ts';
import type { SchemaNode, ValueOf } from './schema-node.ts';

/** The schema of an OperatorConfiguration: what the operator, the chart's values and the reference go by. */
export const configurationSchema = {
  type: 'object',
  description: 'How one installation of the operator works, and what it allows. It is read at the start.',
  additionalProperties: false,
  required: ['apiVersion', 'kind'],
  properties: {
    apiVersion: {
      type: 'string',
      description: 'Always config.wssroute.dev/v1alpha1.',
      const: 'config.wssroute.dev/v1alpha1',
    },
    kind: { type: 'string', description: 'Always OperatorConfiguration.', const: 'OperatorConfiguration' },
    namespaces: {
      type: 'array',
      description:
        'Namespaces to watch, each by watches of its own, which Roles are enough for; empty: all. More than 10 are watched by watching all.',
      default: [],
      maxItems: 10,
      uniqueItems: true,
      items: { ...label, description: 'Name of a namespace.' },
    },
    workers: {
      type: 'integer',
      description: 'Routes that are reconciled at once.',
      default: 16,
      minimum: 1,
      maximum: 64,
    },
    log: {
      type: 'object',
      description: 'The log, JSON lines on standard error.',
      default: {},
      additionalProperties: false,
      properties: {
        level: {
          type: 'string',
          description: 'Least level to log.',
          default: 'info',
          enum: ['debug', 'info', 'warn', 'error'],
        },
      },
    },
    metrics: {
      type: 'object',
      description: 'Metrics for Prometheus.',
      default: {},
      additionalProperties: false,
      properties: {
        address: { ...address, description: 'Where /metrics is served; "0" turns it off.', default: ':8080' },
        perRoute: {
          type: 'boolean',
          description:
            'Whether there are series for each route, besides the counts of all; they cost memory in Prometheus.',
          default: false,
        },
      },
    },
    health: {
      type: 'object',
      description: 'Probes for the kubelet.',
      default: {},
      additionalProperties: false,
      properties: {
        address: {
          ...address,
          description: 'Where /healthz and /readyz are served; "0" turns them off.',
          default: ':8081',
        },
      },
    },
    verification: {
      type: 'object',
      description: 'Handshakes that prove the routes: Ready depends on them. Only the leader makes them.',
      default: {},
      additionalProperties: false,
      properties: {
        enabled: { type: 'boolean', description: 'Whether any are made, whatever a route asks for.', default: true },
        concurrency: {
          type: 'integer',
          description: 'Handshakes that may be under way at once.',
          minimum: 1,
          maximum: 64,
          default: 32,
        },
        perSecond: {
          type: 'integer',
          description:
            'Handshakes that may begin in a second, on average; each takes 2 to 3 ms of CPU. Where routes ask for more, they wait longer.',
          minimum: 1,
          maximum: 1000,
          default: 50,
        },
        minInterval: {
          ...duration,
          description:
            'Least verification.interval that is obeyed, from 10s to 24h; routes that ask for less get this.',
          default: '1m',
        },
      },
    },
    leaderElection: leaderElectionSchema,
    ingressClasses: {
      type: 'array',
      description:
        'The only classes that are served; empty: every class whose controller has a dialect. Routes of other classes are left alone, so that another operator can serve them, and so are Gateways unless gatewayAPI.enabled is set.',
      default: [],
      maxItems: 64,
      items: {
        type: 'object',
        description: 'One IngressClass.',
        additionalProperties: false,
        required: ['name'],
        properties: {
          name: { ...objectName, description: 'Name of the IngressClass, as spec.ingressClassName of routes says it.' },
          controller: {
            type: 'string',
            description:
              'Controller whose dialect is spoken, whatever spec.controller of the IngressClass says. When every entry has one, IngressClasses are not read.',
            enum: controllers,
          },
          version: {
            type: 'string',
            description:
              'Version of the controller, such as "1.12", in quotes. Left out, ingress-nginx is taken for the newest and F5 NGINX for the oldest of its line 5. ingress-nginx before 1.9 is given allowedSources under the older name of the annotation. F5 NGINX has tls.profile since 5.3 and affinity by cookie since 5.4.',
            minLength: 3,
            maxLength: 15,
            pattern: '^v?[0-9]{1,4}[.][0-9]{1,4}([.][0-9]{1,4})?$',
            'x-expected':
              'must be a version in quotes, such as "1.12" or "1.12.3": without quotes, YAML reads 1.10 as the number 1.1',
          },
        },
      },
    },
    gatewayAPI: {
      type: 'object',
      description: 'Gateways and ListenerSets of the Gateway API, which routes attach to by spec.parentRefs.',
      default: {},
      additionalProperties: false,
      properties: {
        enabled: {
          type: 'boolean',
          description:
            'Whether such routes are served; left out, when all namespaces are watched and no ingressClasses are listed, so that of several operators one serves them. Gateways, GatewayClasses and ReferenceGrants are read in the whole cluster then, and at most 6 namespaces can be listed.',
        },
      },
    },
    issuers: {
      type: 'object',
      description: 'Which cert-manager issuers routes use.',
      default: {},
      additionalProperties: false,
      properties: {
        default: {
          type: 'object',
          description:
            'Issuer for routes that name no issuer, Secret or Certificate; without it such routes are not accepted.',
          additionalProperties: false,
          required: ['name'],
          properties: {
            name: { ...objectName, description: 'Name of the issuer.' },
            kind: issuerKind,
            group: issuerGroup,
          },
        },
        allowed: {
          type: 'array',
          description:
            'Issuers that spec.tls.issuerRef may name; empty: every issuer. Secrets and Certificates that tenants make by themselves are not judged.',
          default: [],
          maxItems: 100,
          items: {
            type: 'object',
            description: 'One issuer, or with the name "*" all of a kind.',
            additionalProperties: false,
            required: ['name'],
            properties: {
              name: {
                ...objectName,
                description: 'Name of the issuer, or "*".',
                pattern: `^[*]$|${objectName.pattern}`,
                'x-expected': 'must be the name of an issuer, or "*" for all of the kind',
              },
              kind: issuerKind,
              group: issuerGroup,
            },
          },
        },
      },
    },
    limits: {
      type: 'object',
      description: 'The most that a route may ask for; one that asks for more is not accepted.',
      default: {},
      additionalProperties: false,
      properties: {
        idleTimeout: {
          ...duration,
          description: 'Greatest timeouts.idle, from 1s to 168h. A route that says nothing asks for 1h.',
        },
        connectTimeout: {
          ...duration,
          description: 'Greatest timeouts.connect, from 1s to 75s. A route that says nothing asks for 5s.',
        },
      },
    },
  },
} as const satisfies SchemaNode;

/** An OperatorConfiguration with its defaults. */
export type Configuration = ValueOf<typeof configurationSchema>;
