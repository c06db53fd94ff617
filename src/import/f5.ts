import { readCiphers } from './ciphers.ts';
import { guessName } from './community-backend.ts';
import { readF5Balancing } from './f5-balancing.ts';
import { findF5Bars } from './f5-bars.ts';
import { readF5Limits } from './f5-limits.ts';
import { f5Rest } from './f5-rest.ts';
import { readF5Server } from './f5-server.ts';
import { readF5Timeouts } from './f5-timeouts.ts';
import type { IngressPath } from './ingress.ts';
import { encrypt, readPlainPath, refuse } from './paths.ts';
import type { FeatureContext, PathReading, Reader } from './reader.ts';
import { type Annotations, carry, drop, leave, pick, type Reading } from './reading.ts';

/** F5's controller, https://github.com/nginx/kubernetes-ingress. */
export const f5: Reader = {
  controller: 'nginx.org/ingress-controller',
  title: "F5's NGINX Ingress Controller",
  prefix: 'nginx.org/',
  matchesTLSExactly: true,
  findBars: findF5Bars,
  readPath: readF5Path,
  readFeatures: (annotations, context) => [
    ...readServices(annotations, context),
    ...readF5Timeouts(annotations),
    ...readF5Balancing(annotations, context),
    ...readF5Limits(annotations),
    ...readF5Server(annotations, context),
    ...readCiphers(annotations, false),
  ],
  findDoubt: () => undefined,
  rest: f5Rest,
};

/** The Services of a list such as websocket-services. */
export function listServices(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Only what goes to a Service of websocket-services is a WebSocket: to others the controller forwards no Upgrade. */
function readF5Path(path: IngressPath, annotations: Annotations): PathReading {
  const service = path.backend?.service?.name ?? '';
  const keep =
    'keep an Ingress for it, with nginx.org/mergeable-ingress-type: minion, beside the route on the same host';
  if (!listServices(annotations.get('websocket-services')).includes(service)) {
    const because = `Service ${service} is not in nginx.org/websocket-services, so it is no WebSocket`;
    return refuse(because, keep);
  }
  if (listServices(annotations.get('grpc-services')).includes(service)) {
    return refuse(`Service ${service} is in nginx.org/grpc-services, so it is no WebSocket`, keep);
  }
  if (isRewritten(service, annotations)) {
    const because = 'it is rewritten, and a route hands paths on as they are';
    return refuse(because, `let the backend serve the path that clients ask for, or ${keep}`);
  }
  if (annotations.get('path-regex') !== undefined && annotations.get('path-regex') !== 'exact') {
    return refuse('it is a regular expression', `write out the paths in spec.paths of a route, or ${keep}`);
  }
  const source = annotations.get('path-regex') === 'exact' ? { ...path, pathType: 'Exact' } : path;
  const isEncrypted = listServices(annotations.get('ssl-services')).includes(service);
  const backendTLS = isEncrypted ? { serverName: guessName(service, annotations) } : undefined;
  return encrypt(readPlainPath(source, { isElementwise: false }), backendTLS);
}

function isRewritten(service: string, annotations: Annotations): boolean {
  if (annotations.get('rewrite-target') !== undefined) return true;
  const rewrites = (annotations.get('rewrites') ?? '').split(';');
  return rewrites.some((rewrite) => /\bserviceName=(\S+)/.exec(rewrite)?.[1] === service);
}

function readServices(annotations: Annotations, { paths }: FeatureContext): readonly Reading[] {
  const named = pick(annotations, ['websocket-services']).map((name) => carry(name, 'spec.paths', {}));
  const encrypted = pick(annotations, ['ssl-services']).map((name) =>
    paths.some(({ backendTLS }) => backendTLS !== undefined)
      ? leave(
          name,
          'the name in the certificate of the backend is not told, so that of the Service is written; the controller does not look at it',
          'correct paths[].backendTLS.serverName, if the certificate has another name',
        )
      : drop(name, 'none of these Services is a WebSocket'),
  );
  return [...named, ...encrypted];
}
