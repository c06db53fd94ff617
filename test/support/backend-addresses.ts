import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { AdminClient } from './admin-client.ts';
import type { Backend } from './backend.ts';

const run = promisify(execFile);
const silentAddress = '10.111.9.9';
const secondAddress = '10.111.9.2';

/**
 * An address that never answers, not even with a refusal: frames for it go to a device that is nobody's. It leaves by the link of
 * the backend and is gone with the sandbox.
 */
export async function createSilentAddress(): Promise<string> {
  await leadTo(silentAddress);
  const nobody = ['lladdr', '02:00:00:00:09:09', 'nud', 'permanent'];
  await run('ip', ['neighbour', 'replace', silentAddress, ...nobody, 'dev', 'backend']);
  return silentAddress;
}

/** Another address of the backend, so that it looks like two of them. */
export async function createSecondAddress(backend: Backend): Promise<string> {
  const inside = ['nsenter', `--target=${backend.process.pid}`, '--net', '--', 'ip', 'address', 'replace'];
  const [program = '', ...args] = [...inside, `${secondAddress}/32`, 'dev', 'eth0'];
  await run(program, args);
  await leadTo(secondAddress);
  return secondAddress;
}

/** Makes a published backend answer at these addresses, and at no other. */
export async function moveBackend(
  { client }: { readonly client: AdminClient },
  published: { readonly namespace: string; readonly name: string },
  addresses: readonly string[],
): Promise<void> {
  const { namespace, name } = published;
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices/${name}-rig`;
  const conditions = { ready: true, serving: true, terminating: false };
  await client.patch(path, { endpoints: addresses.map((address) => ({ addresses: [address], conditions })) });
}

async function leadTo(address: string): Promise<void> {
  await run('ip', ['route', 'replace', `${address}/32`, 'dev', 'backend']);
}
