/**
 * node echo-server.ts PORT
 *
 * A plain ws:// server of what conformance is tested with. It knows nothing of wss, and ends connections as `ws` does by itself.
 *
 * - `/ws/echo` echoes, and agrees to no extension
 * - `/ws/deflate` echoes with permessage-deflate, however short a message is
 * - `/ws/small` is the same for messages of at most 1 KiB
 * - `/ws/close?code=CODE&reason=REASON` closes at once
 * - `/ws/ping` sends a ping, and the payload of each pong as a text
 */
import { createServer } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';

const perMessageDeflate = { threshold: 0 };
const sockets = {
  '/ws/echo': new WebSocketServer({ noServer: true }),
  '/ws/deflate': new WebSocketServer({ noServer: true, perMessageDeflate }),
  '/ws/small': new WebSocketServer({ noServer: true, perMessageDeflate, maxPayload: 1024 }),
  '/ws/close': new WebSocketServer({ noServer: true }),
  '/ws/ping': new WebSocketServer({ noServer: true }),
};

for (const path of ['/ws/echo', '/ws/deflate', '/ws/small'] as const) sockets[path].on('connection', echo);

sockets['/ws/close'].on('connection', (socket, request) => {
  const { searchParams } = new URL(request.url ?? '', 'ws://backend');
  const code = searchParams.get('code');
  socket.close(code === null ? undefined : Number(code), searchParams.get('reason') ?? undefined);
});

sockets['/ws/ping'].on('connection', (socket) => {
  socket.on('pong', (payload) => socket.send(payload.toString()));
  socket.ping('are you there?');
});

const server = createServer((_request, response) => {
  response.writeHead(426, { 'content-type': 'text/plain' }).end('a WebSocket server: upgrade, please\n');
});

server.on('upgrade', (request, socket, head) => {
  const { pathname } = new URL(request.url ?? '', 'ws://backend');
  const own = Object.entries(sockets).find(([path]) => path === pathname)?.[1];
  if (own === undefined) socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
  else own.handleUpgrade(request, socket, head, (opened) => own.emit('connection', opened, request));
});

server.listen(Number(process.argv[2]), '0.0.0.0');

function echo(socket: WebSocket): void {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  // Without a listener a violation would end the process; the close frame is `ws`'s own doing.
  socket.on('error', () => {});
}
