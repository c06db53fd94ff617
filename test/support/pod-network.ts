import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A network namespace with one device that leads to the sandbox and nowhere else. */
export interface PodNetwork {
  /** As `ip netns` knows it. */
  readonly name: string;
  readonly ip: string;
  remove(): Promise<void>;
}

/** @param number tells the networks of Pods apart: 1 … 254 */
export async function createPodNetwork(number: number): Promise<PodNetwork> {
  const name = `pod-${number}`;
  const ip = `10.244.${number}.2`;
  const gateway = `10.244.${number}.1`;
  const device = `veth${number}`;
  await run('ip', ['netns', 'add', name]);
  await run('ip', ['link', 'add', device, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name]);
  await run('ip', ['address', 'add', `${gateway}/24`, 'dev', device]);
  await run('ip', ['link', 'set', device, 'up']);
  await run('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
  await run('ip', ['-n', name, 'address', 'add', `${ip}/24`, 'dev', 'eth0']);
  await run('ip', ['-n', name, 'link', 'set', 'eth0', 'up']);
  await run('ip', ['-n', name, 'route', 'add', 'default', 'via', gateway]);
  return {
    name,
    ip,
    async remove() {
      await run('ip', ['netns', 'delete', name]);
    },
  };
}
