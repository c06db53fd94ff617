import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isInSandbox } from './sandbox.ts';

const run = promisify(execFile);

/** Makes an address in the sandbox where packets vanish without a word, and returns it. Once in a sandbox; it goes with it. */
export async function digBlackHole(): Promise<string> {
  assert.ok(isInSandbox(), 'it changes the network: node test/support/in-sandbox.ts node --test …');
  const address = '198.51.100.7';
  // Frames for the address go to a device that is nobody's, and are dropped there.
  await run('ip', ['link', 'add', 'hole', 'type', 'veth', 'peer', 'name', 'bottom']);
  await run('ip', ['address', 'add', '198.51.100.1/24', 'dev', 'hole']);
  for (const device of ['hole', 'bottom']) await run('ip', ['link', 'set', device, 'up']);
  const nobody = ['lladdr', '02:00:00:00:09:09', 'nud', 'permanent'];
  await run('ip', ['neighbour', 'add', address, ...nobody, 'dev', 'hole']);
  return address;
}
