import { quote } from './quote.ts';
import type { Failure } from './result.ts';

/** What was asked for and answered instead of 101. */
export interface Refusal {
  readonly status: number;
  readonly path: string;
  readonly location?: string;
}

/** The likely cause of a status, and what to do. */
const causes: Readonly<Record<number, readonly [cause: string, cure: string]>> = {
  200: [
    'a web server answers there',
    'see which Service the path leads to, and that nothing on the way drops the Upgrade header',
  ],
  400: [
    'the Upgrade headers were lost on the way, or the backend refuses the request',
    'see the proxies before the backend; socket.io refuses so without affinity',
  ],
  401: ['the handshake needs a login', 'send what it asks for, or exempt the path'],
  403: ['the origin, the address or the login is not allowed', 'see allowed origins and sources'],
  404: ['no route has this path, or the backend does not know it', 'compare path and pathType, down to the last slash'],
  405: ['the backend takes no GET there', 'see which Service the path leads to'],
  421: ['the server behind the address does not serve this host', 'see where the host is served'],
  426: [
    'the Upgrade headers were lost on the way',
    'see what the proxies before the backend do with Upgrade and Connection',
  ],
  429: ['a limit was reached', 'raise it, or probe less often'],
  500: ['the backend failed', 'see its log'],
  502: ['the controller cannot talk to the backend', 'see its Pods, its port and whether it speaks TLS'],
  503: ['no Pod of the backend is ready, or a limit was reached', 'see its endpoints, then the limits'],
  504: ['the backend did not answer the controller in time', 'see its Pods and its load'],
};

export function explainRefusal({ status, path, location }: Refusal): Pick<Failure, 'found' | 'cure' | 'detail'> {
  const answer = `GET ${quote(path, 100)} was answered with ${status} instead of 101`;
  if (status >= 300 && status < 400) return explainRedirect(answer, path, location);
  const other = status >= 500 ? 'the server failed' : 'the server takes no WebSocket there';
  const [cause, cure] = causes[status] ?? [other, 'see its log'];
  return { found: `${answer}, ${cause}`, cure };
}

/** Browsers do not follow redirects of a WebSocket (https://websockets.spec.whatwg.org/#concept-websocket-establish). */
function explainRedirect(
  answer: string,
  path: string,
  location: string | undefined,
): Pick<Failure, 'found' | 'cure' | 'detail'> {
  const [bare = path] = path.split('?');
  const isSlash = location !== undefined && !bare.endsWith('/') && leadsTo(location, `${bare}/`);
  // A login puts a nonce into the query, and a session into parameters of the path.
  const target = location === undefined ? 'nowhere' : quote(location.replace(/[?#;].*$/s, '')) || 'the same path';
  return {
    found: `${answer}, a redirect to ${target}, and browsers follow none here`,
    cure: isSlash
      ? 'write the path with the slash in the URL, or route it without one'
      : 'use the URL that it leads to, or end the redirect',
    ...(location !== undefined && { detail: `to ${quote(location)}` }),
  };
}

function leadsTo(location: string, path: string): boolean {
  const base = 'https://base.invalid';
  return URL.canParse(location, base) && new URL(location, base).pathname === path;
}
