import { quote } from './quote.ts';

/** What was asked for and answered instead of 101. */
export interface Refusal {
  readonly status: number;
  readonly path: string;
  readonly location?: string;
}

const causes: Readonly<Record<number, string>> = {
  200: 'a web server answers there: see which Service the path leads to, and that nothing drops the Upgrade header',
  400: 'the Upgrade headers were lost on the way, or the backend refuses the request (socket.io does so without affinity)',
  401: 'the handshake needs a login: send what it asks for, or exempt the path',
  403: 'the origin, the address or the login is not allowed: see allowed origins and sources',
  404: 'no route has this path, or the backend does not know it: compare path and pathType, down to the last slash',
  405: 'the backend takes no GET there: see which Service the path leads to',
  421: 'the server behind the address does not serve this host',
  426: 'the Upgrade headers were lost on the way: see what the proxies before the backend do with Upgrade and Connection',
  429: 'a limit was reached: raise it, or probe less often',
  500: 'the backend failed: see its log',
  502: 'the controller cannot talk to the backend: see its Pods, its port and whether it speaks TLS',
  503: 'no Pod of the backend is ready, or a limit was reached: see its endpoints, then the limits',
  504: 'the backend did not answer the controller in time: see its Pods and its load',
};

/** One line: the status and its likely cause. */
export function explainRefusal({ status, path, location }: Refusal): string {
  const found = `GET ${quote(path, 100)} was answered with ${status} instead of 101`;
  if (status >= 300 && status < 400) return `${found}: ${explainRedirect(path, location)}`;
  const kind = status >= 500 ? 'the server failed: see its log' : 'the server takes no WebSocket there';
  return `${found}: ${causes[status] ?? kind}`;
}

/** Browsers do not follow redirects of a WebSocket (https://websockets.spec.whatwg.org/#concept-websocket-establish). */
function explainRedirect(path: string, location: string | undefined): string {
  if (location === undefined) return 'a redirect to nowhere, and browsers follow none here';
  const target = `a redirect to ${quote(location)}`;
  const [bare = path] = path.split('?');
  if (!bare.endsWith('/') && leadsTo(location, `${bare}/`)) {
    return `${target}, and browsers follow none here: write the path with the slash in the URL, or route it without one`;
  }
  return `${target}, and browsers follow none here: use the URL that it leads to, or end the redirect`;
}

function leadsTo(location: string, path: string): boolean {
  const base = 'https://base.invalid';
  return URL.canParse(location, base) && new URL(location, base).pathname === path;
}
