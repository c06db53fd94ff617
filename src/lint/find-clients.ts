import { formatKey } from '../api/objects.ts';
import { quoteValue } from '../api/problem.ts';
import { findControllerServices, keepsAddresses } from './controller-services.ts';
import type { ControllerSettings } from './controller-settings.ts';
import { readInherited } from './effective-annotation.ts';
import { type Finding, report } from './finding.ts';
import { pathOfAnnotation, pathOfPath } from './ingress.ts';
import { findSettings, type Scene, type Subject } from './scene.ts';
import { isTrue } from './value-forms.ts';
import { listWebSocketPaths } from './web-socket-path.ts';

const nginx = 'nginx.ingress.kubernetes.io/';
const f5 = 'nginx.org/';
/** Libraries that begin with plain requests, all of which must reach one Pod. */
const polling = /(?:^|\/)(?:socket\.io|engine\.io|sockjs(?:-node)?)(?:\/|$)/i;
const limits = ['limit-connections', 'limit-rps', 'limit-rpm'].map((name) => nginx + name);

/** What concerns who the clients are: the Pod they get, the address they are counted by, the origin they come from. */
export function findClients(scene: Scene): readonly Finding[] {
  return scene.subjects.flatMap((subject) => [
    ...findNoAffinity(subject, scene),
    ...findSharedLimit(subject, scene),
    ...findCors(subject, scene),
  ]);
}

function findNoAffinity(subject: Subject, scene: Scene): readonly Finding[] {
  const { object, ingress, dialect } = subject;
  if (dialect === undefined || ingress.isMadeForRoute) return [];
  return ingress.rules.flatMap(({ paths }, rule) =>
    paths.flatMap(({ path, service = '' }, index) => {
      if (!polling.test(path) || hasAffinity(subject, service, scene)) return [];
      const write =
        dialect === 'f5'
          ? `${f5}sticky-cookie-services: "serviceName=${service} wss path=/"`
          : `${nginx}affinity: cookie`;
      const expected = `must have ${write} beside it as soon as there are two Pods: socket.io answers 400 when requests of one client reach different ones`;
      return [report(object, 'NoAffinity', { path: pathOfPath(rule, index), found: quoteValue(path), expected })];
    }),
  );
}

function hasAffinity(subject: Subject, service: string, scene: Scene): boolean {
  const { annotations } = subject.ingress;
  if (subject.dialect === 'ingress-nginx') {
    return annotations[`${nginx}affinity`] === 'cookie' || Boolean(annotations[`${nginx}upstream-hash-by`]);
  }
  const sticky = annotations[`${f5}sticky-cookie-services`] ?? annotations['nginx.com/sticky-cookie-services'] ?? '';
  const method = readInherited(subject, `${f5}lb-method`, scene)?.trim() ?? '';
  return (
    sticky.split(';').some((part) => part.trim().startsWith(`serviceName=${service} `)) ||
    /^(?:ip_)?hash\b/.test(method)
  );
}

/** Only where the ConfigMap is known: without it nobody knows what stands before the controller. */
function findSharedLimit({ object, ingress, dialect }: Subject, scene: Scene): readonly Finding[] {
  const settings = dialect && findSettings(scene, dialect);
  if (dialect === undefined || settings === undefined || isTold(settings)) return [];
  const names = (dialect === 'f5' ? [`${f5}limit-req-rate`] : limits).filter((name) => ingress.annotations[name]);
  const services = findControllerServices(settings, scene.exposedServices);
  const closed = services.find((service) => !keepsAddresses(service));
  if (services.length > 0 && closed === undefined) return [];
  const keys =
    dialect === 'f5' ? 'proxy-protocol nor set-real-ip-from' : 'use-forwarded-headers nor use-proxy-protocol';
  const without = `the controller's ConfigMap has neither ${keys}`;
  const expected =
    closed === undefined
      ? `must not be relied on behind a load balancer, unless it passes TCP on to a Service with externalTrafficPolicy: Local: ${without}, so that all clients share the load balancer's address and one limit`
      : `must not be relied on: ${without}, and Service ${formatKey(closed.metadata)} no externalTrafficPolicy: Local, so that all clients of a node share its address and one limit`;
  return names.map((name) =>
    report(object, 'SharedLimit', {
      path: pathOfAnnotation(name),
      found: quoteValue(ingress.annotations[name]),
      expected,
    }),
  );
}

/** Whether the controller is told the addresses of clients by what stands before it. */
function isTold({ dialect, data }: ControllerSettings): boolean {
  if (dialect === 'f5') return data['proxy-protocol'] === 'true' || Boolean(data['set-real-ip-from']);
  return ['use-forwarded-headers', 'use-proxy-protocol', 'enable-real-ip'].some((key) => data[key] === 'true');
}

function findCors(subject: Subject, scene: Scene): readonly Finding[] {
  const { object, ingress, dialect } = subject;
  const name = `${nginx}enable-cors`;
  const [first] = listWebSocketPaths(subject, scene);
  if (dialect !== 'ingress-nginx' || first === undefined || !isTrue(ingress.annotations[name])) return [];
  const expected = `must not be taken for a check of origins at ${quoteValue(first.path.path)}: CORS does not apply to WebSockets, any page can open them; let the backend check the header Origin`;
  return [
    report(object, 'CorsIsNoOriginCheck', {
      path: pathOfAnnotation(name),
      found: quoteValue(ingress.annotations[name]),
      expected,
    }),
  ];
}
