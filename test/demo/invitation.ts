import { join, relative } from 'node:path';
import type { Exposure } from './embedded.ts';
import { findKubectl } from './kubectl.ts';
import { exampleFile } from './route.ts';

/** Commands that work from another terminal while an embedded demo stays. */
export function formatInvitation({ directory, apiPort, httpsPort }: Exposure): string {
  const kubectl = `${findKubectl()} --kubeconfig ${join(directory, 'kubeconfig')}`;
  const root = join(directory, 'root.pem');
  const send = shorten(join(import.meta.dirname, 'send.ts'));
  const node = shorten(process.execPath);
  const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
  const headers = [...upgrade, 'Sec-WebSocket-Key: d3NzLW9wZXJhdG9yIGRlbQ=='].map((header) => `-H '${header}'`);
  return `
The API server is at https://127.0.0.1:${apiPort}, nginx at https://127.0.0.1:${httpsPort}. From another terminal, in this folder:

  kubeconfig   ${join(directory, 'kubeconfig')}
  root         ${root}

  # the route, and what became of it
  ${kubectl} get wssroutes -A
  ${kubectl} get certificates,ingresses -n demo

  # change it, for instance the port to 9090: the conditions that change appear in this terminal
  ${kubectl} edit wssroute chat -n demo

  # a message there and back; the answer of nginx to a handshake (101, then curl waits 2 s and ends with 28)
  ${node} ${send} --ca ${root} --address 127.0.0.1 wss://chat.example.com:${httpsPort}/ws 'hello again'
  curl -i --http1.1 --max-time 2 --cacert ${root} --connect-to chat.example.com:443:127.0.0.1:${httpsPort} \\
    ${headers.join(' ')} \\
    https://chat.example.com/ws

  # what would be applied, without a cluster
  npm start -- render -f ${exampleFile}

Ctrl-C stops everything and leaves nothing behind.`;
}

/** Relative to this folder where that is shorter. */
function shorten(path: string): string {
  const short = relative('', path);
  return short.startsWith('..') ? path : short;
}
