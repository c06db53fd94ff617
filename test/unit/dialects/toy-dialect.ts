import { apiVersionOf, ingressKind } from '../../../src/api/kinds.ts';
import type { KubeObject } from '../../../src/api/objects.ts';
import { type Dialect, native, type Support } from '../../../src/dialects/dialect.ts';
import { describeChild } from '../../../src/route/children.ts';
import type { RoutePlan } from '../../../src/route/plan.ts';

const unsupported: Support = {
  level: 'unsupported',
  because: 'a toy knows idle time-outs and nothing else',
  cure: 'use a class of a controller that is none',
};

/** Of a controller that does not exist: all that a new dialect needs. */
export const toyDialect: Dialect = {
  name: 'toy',
  controller: 'toy.example.com/ingress-controller',
  balancing: 'per-backend',
  hosts: 'shared',
  support: {
    idleTimeout: native,
    connectTimeout: unsupported,
    redirect: unsupported,
    cookieAffinity: unsupported,
    sourceAffinity: unsupported,
    leastConnections: unsupported,
    connectionsPerClient: unsupported,
    handshakesPerSecond: unsupported,
    handshakeBurst: unsupported,
    allowedSources: unsupported,
    allowedOrigins: unsupported,
    tlsProfile: unsupported,
    backendTLS: unsupported,
    hsts: unsupported,
  },
  emit: (plan) => [emitIngress(plan)],
};

function emitIngress({ route, attachment, hosts, secretName, features }: RoutePlan): KubeObject {
  return {
    apiVersion: apiVersionOf(ingressKind),
    kind: ingressKind.kind,
    metadata: {
      ...describeChild(route),
      annotations: { 'toy.example.com/idle-seconds': String(features.idleTimeout) },
    },
    spec: {
      ingressClassName: attachment.name,
      tls: [{ hosts: hosts.map(({ host }) => host), secretName }],
      rules: hosts.map(({ host, paths }) => ({
        host,
        http: {
          paths: paths.map(({ path, pathType, service: { name, port } }) => ({
            path,
            pathType,
            backend: { service: { name, port: typeof port === 'number' ? { number: port } : { name: port } } },
          })),
        },
      })),
    },
  };
}
