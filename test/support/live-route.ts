import assert from 'node:assert/strict';
import type { ApiObject } from './admin-client.ts';
import { shakeHands } from './handshake.ts';
import type { IngressNginx } from './ingress-nginx/ingress-nginx.ts';
import type { Rig } from './rig.ts';
import { waitForCondition } from './routes.ts';
import { waitUntil } from './wait-until.ts';

export function ingressNginxOf(rig: Rig): IngressNginx {
  assert.ok(rig.ingressNginx, "the rig has no ingress-nginx: add 'ingress-nginx' to its parts");
  return rig.ingressNginx;
}

/** Waits until the route is Ready; the controller publishes addresses every 5 s. */
export function waitUntilReady(rig: Rig, namespace: string, name: string): Promise<ApiObject> {
  return waitForCondition(rig, namespace, name, { type: 'Ready', status: 'True' }, 60_000);
}

/** Waits until nginx has taken the route over: the controller publishes the address before it has reloaded. */
export async function waitUntilServed(rig: Rig, url: string, ca?: string): Promise<void> {
  const { address } = ingressNginxOf(rig);
  let last = 0;
  await waitUntil(
    async () => {
      last = (await shakeHands(url, { address, ...(ca !== undefined && { ca }) })).status;
      return last === 101;
    },
    { what: `nginx to serve ${url}`, timeoutMs: 30_000, explain: () => `the last handshake was answered with ${last}` },
  );
}
