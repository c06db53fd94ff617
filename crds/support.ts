import type { WssRoute } from '../src/api/wssroute.ts';
import { type Dialect, judgeFeature, type Support, type Target } from '../src/dialects/dialect.ts';
import { dialects } from '../src/dialects/registry.ts';
import type { Attachment } from '../src/route/attachment.ts';
import { type Feature, type Features, featureFields, type RoutePlan } from '../src/route/plan.ts';
import { parseVersion, type Version } from '../src/route/version.ts';
import { insertTable } from './insert-table.ts';

/** One column: a dialect, and the controller that it is asked about. */
interface Column {
  readonly title: string;
  readonly dialect: Dialect;
  readonly target: Target;
}

const words = { native: 'yes', approximate: 'nearly', unsupported: 'no' } as const satisfies Record<
  Support['level'],
  string
>;

/** Titles of the features; two of them are asked for by one field. */
const titles = {
  idleTimeout: '`timeouts.idle`',
  connectTimeout: '`timeouts.connect`',
  redirect: '`redirect`',
  cookieAffinity: '`affinity`: Cookie',
  sourceAffinity: '`affinity`: SourceIP',
  leastConnections: '`loadBalancing`: LeastConnections',
  connectionsPerClient: '`limits.connectionsPerClient`',
  handshakesPerSecond: '`limits.handshakesPerSecond`',
  handshakeBurst: '`limits.burst`',
  allowedSources: '`allowedSources`',
  allowedOrigins: '`allowedOrigins`',
  tlsProfile: '`tls.profile`',
  backendTLS: '`paths[].backendTLS`',
  hsts: '`hsts`',
} as const satisfies Record<Feature, string>;

/** Each feature as a route may ask for it. */
const samples = {
  idleTimeout: 3600,
  connectTimeout: 5,
  redirect: true,
  cookieAffinity: { name: 'WSSROUTE' },
  sourceAffinity: true,
  leastConnections: true,
  connectionsPerClient: 10,
  handshakesPerSecond: 5,
  handshakeBurst: 10,
  allowedSources: ['192.0.2.0/24'],
  allowedOrigins: ['https://app.example.com'],
  tlsProfile: 'Intermediate',
  backendTLS: true,
  hsts: { maxAgeSeconds: 3600, includeSubDomains: false },
} as const satisfies Required<Features>;

const newest = parseVersion('99.0');
const versions: readonly Version[] = Array.from({ length: 20 }, (_, minor) => ({ major: 5, minor, patch: 0 }));

/** The page with its table between the `support` marks written anew, from what the dialects say of themselves. */
export function insertSupport(page: string): string {
  const columns = dialects.flatMap(listColumns);
  const header = `| field | ${columns.map(({ title }) => title).join(' | ')} |\n|${' --- |'.repeat(columns.length + 1)}\n`;
  const rows = (Object.keys(featureFields) as Feature[]).map(
    (feature) => `| ${titles[feature]} | ${columns.map((column) => describe(column, feature)).join(' | ')} |\n`,
  );
  return insertTable(page, 'support', header, rows);
}

function listColumns(dialect: Dialect): readonly Column[] {
  if (dialect.controller !== undefined)
    return [{ title: nameController(dialect), dialect, target: { version: newest } }];
  return [
    ['Envoy Gateway', 'gateway.envoyproxy.io/gatewayclass-controller'],
    ['NGINX Gateway Fabric', 'gateway.nginx.org/nginx-gateway-controller'],
    ['other Gateways', 'example.com/gateway'],
  ].map(([title = '', controllerName = '']) => ({
    title,
    dialect,
    target: { parent: describeParent(controllerName) },
  }));
}

function nameController({ name, controller = '' }: Dialect): string {
  return controller.startsWith('nginx.org/') ? 'F5 NGINX' : name;
}

/** A Gateway that has everything which its implementation may have. */
function describeParent(controllerName: string): NonNullable<Target['parent']> {
  const listener = { hostname: '', isTerminating: true, takesHttpRoutes: true, allowsRoutesFrom: 'All' } as const;
  const rest = { secrets: [], ungranted: [] };
  return {
    controllerName,
    features: new Set([
      'HTTPRouteResponseHeaderModification',
      'HTTPRouteRequestTimeout',
      'HTTPRouteBackendProtocolWebSocket',
      'HTTPRouteSchemeRedirect',
      'HTTPRoutePortRedirect',
      'BackendTLSPolicy',
    ]),
    listeners: [
      { name: 'https', port: 443, protocol: 'HTTPS', ...listener, ...rest },
      { name: 'http', port: 80, protocol: 'HTTP', ...listener, ...rest },
    ],
    allowsListenersFrom: 'All',
    addresses: ['192.0.2.1'],
    gateway: { namespace: 'infra', name: 'edge' },
  };
}

/** Of a controller whose versions differ, since when. */
function describe({ dialect, target }: Column, feature: Feature): string {
  const plan = planSample(dialect, feature);
  const level = (version: Target) => judgeFeature(dialect, feature, plan, version).level;
  const best = level(target);
  if (target.version === undefined || level({}) === best) return words[best];
  const since = versions.find((version) => level({ version }) === best);
  return since === undefined ? words[best] : `${words[best]}, since ${since.major}.${since.minor}`;
}

function planSample(dialect: Dialect, feature: Feature): RoutePlan {
  const attachment: Attachment =
    dialect.controller === undefined
      ? { kind: 'Gateway', namespace: 'infra', name: 'edge', createsListener: false }
      : { kind: 'IngressClass', name: 'nginx' };
  const backendTLS = { serverName: 'chat.internal', caRef: { kind: 'ConfigMap', name: 'ca' } } as const;
  const path = {
    ...({ path: '/ws', pathType: 'Prefix', service: { name: 'chat', port: 8080 } } as const),
    ...(feature === 'backendTLS' && { backendTLS }),
  } as const;
  const needed = feature === 'handshakeBurst' ? { handshakesPerSecond: samples.handshakesPerSecond } : {};
  const { idleTimeout, connectTimeout, redirect } = samples;
  return {
    route: { metadata: { name: 'chat', namespace: 'chat' }, spec: { paths: [path], tls: {} } } as unknown as WssRoute,
    attachment,
    hosts: [{ host: 'chat.example.com', paths: [path], rank: 0 }],
    secretName: 'chat-wss',
    isCertificateReady: true,
    features: { idleTimeout, connectTimeout, redirect, ...needed, [feature]: samples[feature] },
  };
}
