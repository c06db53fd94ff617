import { quoteValue } from '../api/problem.ts';
import { type Finding, report } from './finding.ts';
import { pathOfAnnotation, pathOfPath } from './ingress.ts';
import type { Scene, Subject } from './scene.ts';
import { listWebSocketPaths, type WebSocketPath } from './web-socket-path.ts';

/** Annotations that answer a handshake by a redirect, and when. */
const redirecting: Readonly<Record<string, string>> = {
  'nginx.ingress.kubernetes.io/permanent-redirect': 'every request is redirected',
  'nginx.ingress.kubernetes.io/temporal-redirect': 'every request is redirected',
  'nginx.ingress.kubernetes.io/auth-signin': 'who is not signed in is redirected instead of getting 401',
};

/** Clients of these libraries ask for the path with the slash. */
const slashed = /\/(?:socket\.io|engine\.io|sockjs(?:-node)?)\/$/i;

/** A browser that opens a WebSocket takes every redirect for a failure (https://websockets.spec.whatwg.org, "fail the connection"). */
export function findRedirects(scene: Scene): readonly Finding[] {
  const taken = new Set(
    scene.subjects.flatMap(({ ingress }) =>
      ingress.rules.flatMap(({ host, paths }) => paths.map(({ path }) => `${host}${path}`)),
    ),
  );
  return scene.subjects.flatMap((subject) => {
    const paths = listWebSocketPaths(subject, scene);
    return [...findRedirecting(subject, paths), ...paths.flatMap((path) => findSlash(subject, path, taken))];
  });
}

function findRedirecting({ object, ingress, dialect }: Subject, [first]: readonly WebSocketPath[]): readonly Finding[] {
  if (first === undefined || dialect !== 'ingress-nginx') return [];
  return Object.entries(redirecting).flatMap(([name, what]) => {
    const value = ingress.annotations[name];
    if (value === undefined || value === '') return [];
    const expected = `must not stand beside ${quoteValue(first.path.path)} (${first.because}): ${what}, and browsers follow no redirect when they open a WebSocket`;
    return [report(object, 'Redirect', { path: pathOfAnnotation(name), found: quoteValue(value), expected })];
  });
}

/** nginx redirects `/ws` to `/ws/` where a location with proxy_pass ends in a slash (https://nginx.org/en/docs/http/ngx_http_core_module.html#location). */
function findSlash(
  { object, dialect }: Subject,
  { rule, index, host, path, because }: WebSocketPath,
  taken: ReadonlySet<string>,
): readonly Finding[] {
  const bare = path.path.slice(0, -1);
  if (dialect === undefined || path.pathType === 'Exact' || bare === '' || !path.path.endsWith('/')) return [];
  if (slashed.test(path.path) || taken.has(`${host}${bare}`)) return [];
  const expected = `must be ${quoteValue(bare)} (${because}): nginx redirects a client that asks for it without the slash, and browsers follow no redirect when they open a WebSocket`;
  return [report(object, 'SlashRedirect', { path: pathOfPath(rule, index), found: quoteValue(path.path), expected })];
}
