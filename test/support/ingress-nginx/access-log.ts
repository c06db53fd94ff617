import { waitUntil } from '../wait-until.ts';
import type { IngressNginx } from './ingress-nginx.ts';

/** Where nginx has sent a request: `namespace-service-port`, and the address of the Pod. */
export interface Destination {
  readonly backend: string;
  readonly address: string;
}

/**
 * Looks a request up in the access log, by a text of its own in its query; nginx writes the line when the socket is closed. The
 * format is `log-format-upstream` of https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/log-format/.
 */
export function findDestination(nginx: IngressNginx, query: string): Promise<Destination> {
  const look = async () => {
    const line = (await nginx.accessLog()).split('\n').find((each) => each.includes(`?${query} HTTP/1.1" 101 `));
    const [, backend, address] = line?.match(/ \[([^\]]*)\] \[[^\]]*\] (\S+):\d+ /) ?? [];
    return backend !== undefined && address !== undefined && { backend, address };
  };
  return waitUntil(look, { what: `a socket with ?${query} in the access log`, timeoutMs: 10_000 });
}
