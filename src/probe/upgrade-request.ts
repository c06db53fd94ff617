import { createHash } from 'node:crypto';
import type { Target } from './target.ts';

/** As browsers offer it. What comes of it does not matter: pings and closes are never compressed (RFC 7692, section 6). */
export const offeredExtension = 'permessage-deflate';

/** The head of the handshake's request (RFC 6455, section 4.1). `key` is 16 random bytes in base64. The target has no flaw. */
export function composeRequest(target: Target, key: string): string {
  const { path, origin, subprotocols = [] } = target;
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${formatHost(target)}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${key}`,
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Extensions: ${offeredExtension}; client_max_window_bits`,
    ...(subprotocols.length > 0 ? [`Sec-WebSocket-Protocol: ${subprotocols.join(', ')}`] : []),
    ...(origin === undefined ? [] : [`Origin: ${origin}`]),
    'User-Agent: wss-probe',
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** What `Sec-WebSocket-Accept` must be (RFC 6455, section 4.2.2). */
export function computeAccept(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

function formatHost({ host, port, isTls = true }: Target): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === (isTls ? 443 : 80) ? name : `${name}:${port}`;
}
