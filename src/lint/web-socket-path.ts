import type { IngressPath } from './ingress.ts';
import type { Scene, Subject } from './scene.ts';

/** Last names of WebSockets in paths: of libraries (socket.io, SockJS, Action Cable, SignalR) and of habit. */
const usual = /(?:^|\/)(?:wss?|web-?sockets?|socket\.io|engine\.io|sockjs(?:-node)?|cable|signalr|mqtt)(?:\/|$)/i;

/** A path of an Ingress that is taken for a WebSocket, and why. */
export interface WebSocketPath {
  readonly rule: number;
  readonly index: number;
  readonly host: string;
  readonly path: IngressPath;
  /** Such as `it looks like a WebSocket`. */
  readonly because: string;
}

/**
 * Nothing in an Ingress says what a backend speaks. A path is taken for a WebSocket by its name, because its Service says so (`appProtocol`),
 * because `websocket-services` names it, or because the Ingress is a WssRoute's; what follows from it can only be a remark.
 */
export function listWebSocketPaths({ ingress }: Subject, { webSocketServices }: Scene): readonly WebSocketPath[] {
  const named = new Set(
    (ingress.annotations['nginx.org/websocket-services'] ?? '').split(',').map((name) => name.trim()),
  );
  const tell = ({ path, service = '' }: IngressPath): string | undefined => {
    if (usual.test(path)) return 'it looks like a WebSocket';
    if (webSocketServices.has(`${ingress.namespace}/${service}`))
      return 'its Service says appProtocol kubernetes.io/ws';
    if (service !== '' && named.has(service)) return 'nginx.org/websocket-services names its Service';
    return ingress.isMadeForRoute ? 'it belongs to a WssRoute' : undefined;
  };
  return ingress.rules.flatMap(({ host, paths }, rule) =>
    paths.flatMap((path, index) => {
      const because = tell(path);
      return because === undefined ? [] : [{ rule, index, host, path, because }];
    }),
  );
}
