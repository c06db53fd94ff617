import type { ApiObject } from '../../support/admin-client.ts';
import { type Answer, answer } from '../../support/f5/answer.ts';
import { type Decision, decide, type Verdict } from '../../support/f5/rules.ts';

export const host = 'chat.example.com';

export interface Sketch {
  readonly name: string;
  readonly namespace?: string;
  /** Seconds: the order of ages. */
  readonly age?: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly hosts?: readonly string[];
  /** Path → Service. */
  readonly paths?: Readonly<Record<string, string>>;
  readonly pathType?: string;
  readonly tls?: readonly object[];
}

export const upgrade = { 'nginx.org/websocket-services': 'chat' };

/** An Ingress; `at` is when it was made. */
export function plain({ name, namespace = 'app', age = 0, annotations = {}, ...rest }: Sketch): ApiObject {
  const { hosts = [host], paths = { '/ws': 'chat' }, pathType = 'Prefix', tls } = rest;
  const entries = Object.entries(paths).map(([path, service]) => {
    return { path, pathType, backend: { service: { name: service, port: { number: 8080 } } } };
  });
  const http = entries.length === 0 ? {} : { http: { paths: entries } };
  return {
    metadata: {
      ...{ name, namespace, annotations, uid: `${namespace}-${name}` },
      creationTimestamp: new Date(age * 1000).toISOString(),
    },
    spec: { rules: hosts.map((each) => ({ ...(each !== '' && { host: each }), ...http })), ...(tls && { tls }) },
  };
}

export function secure(sketch: Sketch): ApiObject {
  return plain({ tls: [{ hosts: sketch.hosts ?? [host], secretName: 'tls' }], ...sketch });
}

export function master({ annotations, ...sketch }: Sketch): ApiObject {
  return secure({
    paths: {},
    annotations: { 'nginx.org/mergeable-ingress-type': 'master', ...annotations },
    ...sketch,
  });
}

export function minion({ annotations, ...sketch }: Sketch): ApiObject {
  return plain({ annotations: { 'nginx.org/mergeable-ingress-type': 'minion', ...annotations }, ...sketch });
}

/** By default there is a Secret `tls` in every namespace. */
export function decideAll(ingresses: readonly ApiObject[], secrets?: readonly string[]): Decision {
  const all = ingresses.map(({ metadata }) => `${metadata.namespace}/tls`);
  return decide({ ingresses, tlsSecrets: new Set(secrets ?? all) });
}

export function verdictOf({ verdicts }: Decision, ingress: ApiObject): Verdict {
  const found = verdicts.find((verdict) => verdict.ingress === ingress);
  if (found === undefined) throw new Error(`no verdict on ${ingress.metadata.name}`);
  return found;
}

/** `Reason: message`, as `kubectl get events` shows it. */
export function eventOf(decision: Decision, ingress: ApiObject): string {
  const { type, reason, message } = verdictOf(decision, ingress).event;
  return `${type} ${reason}: ${message}`;
}

/** What a client sees, in a word. */
export function ask({ servers }: Decision, url: string): string {
  const { protocol, hostname, pathname } = new URL(url);
  const isSecure = protocol === 'wss:' || protocol === 'https:';
  return describe(answer(servers, { isSecure, host: hostname, path: pathname }));
}

function describe(given: Answer): string {
  if (given.kind === 'no-certificate') return 'alert 112';
  if (given.kind === 'redirect') return `301 ${given.to}`;
  if (given.kind === 'status') return `${given.status}`;
  const { namespace, service, isUpgraded } = given.location;
  return `${namespace}/${service} ${isUpgraded ? 'upgraded' : 'plain GET'}`;
}
