import assert from 'node:assert/strict';
import type { ApiObject } from './admin-client.ts';
import { shakeHands } from './handshake.ts';
import type { IngressNginx } from './ingress-nginx/ingress-nginx.ts';
import type { Rig } from './rig.ts';
import { waitForCondition } from './routes.ts';
import { closeSocket, echo, openSocket } from './socket.ts';
import { waitUntil } from './wait-until.ts';

export function ingressNginxOf(rig: Rig): IngressNginx {
  assert.ok(rig.ingressNginx, "the rig has no ingress-nginx: add 'ingress-nginx' to its parts");
  return rig.ingressNginx;
}

/** Waits until the route is Ready; the controller publishes addresses every 5 s. */
export function waitUntilReady(rig: Rig, namespace: string, name: string): Promise<ApiObject> {
  return waitForCondition(rig, namespace, name, { type: 'Ready', status: 'True' }, 60_000);
}

/**
 * For how long old and new workers of nginx answer side by side when it reloads: the old ones are told to go 100 ms after the new
 * ones were started (`ngx_master_process_cycle` in src/os/unix/ngx_process_cycle.c).
 */
const OVERLAP_MS = 300;

/** Waits until nginx has taken the route over: the controller publishes the address before it has reloaded. */
export function waitUntilServed(rig: Rig, url: string, ca?: string): Promise<void> {
  return waitForAnswer(rig, url, 101, ca);
}

/** Waits until the route is served, then sends a message there and back over a verified socket. */
export async function proveRoute(rig: Rig, url: string, ca: string): Promise<void> {
  await waitUntilServed(rig, url, ca);
  const socket = await openSocket(url, { ca, address: ingressNginxOf(rig).address });
  assert.equal((await echo(socket, url)).data.toString(), url);
  await closeSocket(socket);
}

/** Waits until nginx knows the route no more. */
export function waitUntilGone(rig: Rig, url: string): Promise<void> {
  return waitForAnswer(rig, url, 404);
}

async function waitForAnswer(rig: Rig, url: string, status: number, ca?: string): Promise<void> {
  const { address } = ingressNginxOf(rig);
  let answer = 'none';
  let since: number | undefined;
  const look = async () => {
    try {
      answer = `${(await shakeHands(url, { address, ...(ca !== undefined && { ca }) })).status}`;
    } catch (error) {
      answer = String(error);
    }
    since = answer === `${status}` ? (since ?? performance.now()) : undefined;
    return since !== undefined && performance.now() - since > OVERLAP_MS;
  };
  const explain = () => `the last handshake was answered with: ${answer}`;
  await waitUntil(look, { what: `nginx to answer ${url} with ${status}`, timeoutMs: 60_000, explain });
}
