import type { PathPart } from './reader.ts';
import { type Annotations, carry, drop, leave, pick, type Reading } from './reading.ts';

const names = [
  'proxy-ssl-name',
  'proxy-ssl-server-name',
  'proxy-ssl-secret',
  'proxy-ssl-verify',
  'proxy-ssl-verify-depth',
  'proxy-ssl-protocols',
  'proxy-ssl-ciphers',
];

/** How a backend that speaks TLS is spoken to; undefined where it does not. */
export function findBackendTLS(annotations: Annotations, service: string): PathPart['backendTLS'] {
  if (!isEncrypted(annotations)) return undefined;
  const serverName = annotations.get('proxy-ssl-name') ?? guessName(service, annotations);
  const secret = isVerified(annotations) ? annotations.get('proxy-ssl-secret')?.split('/').at(-1) : undefined;
  return { serverName, ...(secret !== undefined && { caRef: { kind: 'Secret', name: secret } }) };
}

/** The name that a certificate for a Service usually has. */
export function guessName(service: string, { namespace = 'default' }: Annotations): string {
  return `${service}.${namespace}.svc`;
}

/** Without proxy-ssl-secret ingress-nginx passes over every other proxy-ssl-* (internal/ingress/annotations/proxyssl/main.go `Parse`). */
export function readCommunityBackend(annotations: Annotations): readonly Reading[] {
  const protocols = pick(annotations, ['backend-protocol']);
  const rest = pick(annotations, names);
  if (!isEncrypted(annotations)) {
    const because = 'without backend-protocol: HTTPS it has no effect';
    return [...protocols.map((name) => drop(name, 'it is the default')), ...rest.map((name) => drop(name, because))];
  }
  const to = 'spec.paths.backendTLS';
  const name = annotations.get('proxy-ssl-name');
  const readings: Reading[] = [
    name === undefined
      ? leave(
          protocols,
          'the name in the certificate of the backend is not told, so that of the Service is written; ingress-nginx does not look at it',
          'correct paths[].backendTLS.serverName, if the certificate has another name',
        )
      : carry([...protocols, 'proxy-ssl-name'], to, {}),
  ];
  const others = rest.filter((each) => each !== 'proxy-ssl-name');
  if (annotations.get('proxy-ssl-secret') === undefined) {
    return [...readings, ...others.map((each) => drop(each, 'without proxy-ssl-secret it has no effect'))];
  }
  if (!isVerified(annotations)) {
    const because =
      'nothing is verified by it, so it may have a certificate of the proxy, and a route has none of that';
    const cure = 'where it has ca.crt: set backendTLS.caRef of the paths to it';
    return [...readings, ...others.map((each) => leave(each, because, cure))];
  }
  return [
    ...readings,
    carry(['proxy-ssl-secret', 'proxy-ssl-verify'], to, {}),
    ...others.flatMap((each) => readDetail(annotations, each)),
  ];
}

function readDetail(annotations: Annotations, name: string): readonly Reading[] {
  if (name === 'proxy-ssl-secret' || name === 'proxy-ssl-verify') return [];
  const value = annotations.get(name);
  if (name === 'proxy-ssl-server-name' && value === 'on') return [drop(name, 'the route does it')];
  if (name === 'proxy-ssl-verify-depth' && value === '1') return [drop(name, "it is ingress-nginx's default")];
  if (name === 'proxy-ssl-protocols' && value === 'TLSv1.2 TLSv1.3') return [drop(name, 'the route does it')];
  return [
    leave(
      name,
      'a route asks for the name by SNI, with TLS 1.2 or 1.3 and the usual ciphers',
      'nothing, unless the backend needs it',
    ),
  ];
}

function isEncrypted(annotations: Annotations): boolean {
  return annotations.get('backend-protocol')?.trim().toUpperCase() === 'HTTPS';
}

function isVerified(annotations: Annotations): boolean {
  return annotations.get('proxy-ssl-verify') === 'on' && annotations.get('proxy-ssl-secret') !== undefined;
}
