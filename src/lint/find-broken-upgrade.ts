import { quoteValue } from '../api/problem.ts';
import { readIdleTimeout } from './effective-annotation.ts';
import { type Finding, report } from './finding.ts';
import { pathOfAnnotation } from './ingress.ts';
import type { Scene, Subject } from './scene.ts';
import { listWebSocketPaths, type WebSocketPath } from './web-socket-path.ts';

const connectionHeader = 'nginx.ingress.kubernetes.io/connection-proxy-header';
const webSocketServices = 'nginx.org/websocket-services';

/** What keeps a WebSocket from opening, or from staying open. */
export function findBrokenUpgrades(scene: Scene): readonly Finding[] {
  return scene.subjects.flatMap((subject) => {
    const paths = listWebSocketPaths(subject, scene);
    return [
      ...findConnectionHeader(subject, paths),
      ...findMissingServices(subject, paths),
      ...findShortTimeout(subject, paths, scene),
    ];
  });
}

/** The annotation takes the place of `$connection_upgrade` (rootfs/etc/nginx/template/nginx.tmpl). */
function findConnectionHeader(
  { object, ingress, dialect }: Subject,
  paths: readonly WebSocketPath[],
): readonly Finding[] {
  const value = ingress.annotations[connectionHeader];
  if (dialect !== 'ingress-nginx' || value === undefined || value === '') return [];
  const [first] = paths;
  const expected =
    first === undefined
      ? 'must be removed where a path is a WebSocket: with it none opens'
      : `must be removed: it replaces Connection: upgrade, so that no WebSocket opens at ${quoteValue(first.path.path)}`;
  const problem = { path: pathOfAnnotation(connectionHeader), found: quoteValue(value), expected };
  return [report(object, 'UpgradeBroken', problem, first === undefined ? 'warning' : 'error')];
}

function findMissingServices(
  { object, ingress, dialect }: Subject,
  paths: readonly WebSocketPath[],
): readonly Finding[] {
  if (dialect !== 'f5') return [];
  const value = ingress.annotations[webSocketServices];
  const named = new Set((value ?? '').split(',').map((name) => name.trim()));
  const missing = paths.filter(({ path }) => path.service !== undefined && !named.has(path.service));
  const services = [...new Set(missing.map(({ path }) => path.service as string))];
  const [first] = missing;
  if (first === undefined) return [];
  const all = [...named, ...services].filter((name) => name !== '').join(',');
  const expected = `must be "${all}" if ${quoteValue(first.path.path)} is a WebSocket (${first.because}): F5's controller passes upgrades on for these Services only`;
  const found = value === undefined ? '' : quoteValue(value);
  return [report(object, 'UpgradeNotAllowed', { path: pathOfAnnotation(webSocketServices), found, expected })];
}

function findShortTimeout(subject: Subject, paths: readonly WebSocketPath[], scene: Scene): readonly Finding[] {
  const [first] = paths;
  if (first === undefined || subject.dialect === undefined) return [];
  const { seconds, annotation } = readIdleTimeout(subject, scene);
  const value = subject.ingress.annotations[annotation];
  // A WssRoute says what it wants; zero and units are other findings.
  if (seconds > 60 || seconds === 0 || subject.ingress.isMadeForRoute || isUnreadable(value, subject)) return [];
  const expected = `must be more than ${seconds} s if ${quoteValue(first.path.path)} is a WebSocket (${first.because}): a socket is cut when the server is silent for so long; write ${subject.dialect === 'f5' ? '"3600s"' : '"3600"'}, or let the server ping`;
  const found = value === undefined ? '' : quoteValue(value);
  return [report(subject.object, 'ShortIdleTimeout', { path: pathOfAnnotation(annotation), found, expected })];
}

function isUnreadable(value: string | undefined, { dialect }: Subject): boolean {
  return dialect === 'ingress-nginx' && value !== undefined && value !== '' && !/^[+-]?\d+$/.test(value);
}
