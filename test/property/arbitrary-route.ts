import fc, { type Arbitrary } from 'fast-check';

/** A WssRoute as somebody writes it: fields with a default may be missing. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string; readonly namespace: string };
  readonly spec: ManifestSpec;
}

export interface ManifestSpec {
  readonly hosts?: readonly string[];
  readonly paths: readonly { readonly path?: string; readonly pathType?: string; readonly service: object }[];
  readonly tls: {
    readonly dnsNames?: readonly string[];
    readonly ipAddresses?: readonly string[];
    readonly certificateRef?: { readonly name: string };
    readonly [field: string]: unknown;
  };
  readonly allowedSources?: readonly string[];
  readonly [field: string]: unknown;
}

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/);
const hostName = fc.tuple(label, fc.constantFrom('example.com', 'example.org', 'eu.example.com'));
const plainHost = hostName.map(([first, rest]) => `${first}.${rest}`);
const host = fc.oneof(
  { weight: 4, arbitrary: plainHost },
  hostName.map(([, rest]) => `*.${rest}`),
);

/** Route names: mostly short, sometimes too long for the names of children, with beginnings in common. */
export const routeName: Arbitrary<string> = fc.oneof(
  label,
  fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{40,80})?[a-z0-9]$/).filter(isSubdomain),
  fc
    .tuple(fc.constant('branch-of-somebody-that-has-a-very-long-name-indeed-and-goes-on'), label)
    .map(([first, last]) => `${first}-${last}`),
);

function isSubdomain(name: string): boolean {
  return /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name);
}

const segment = fc
  .stringMatching(/^[A-Za-z0-9._-]{1,8}$/)
  .filter((text) => text !== '.' && text !== '..' && text !== '.well-known');
const path = fc.array(segment, { maxLength: 3 }).map((segments) => `/${segments.join('/')}`);
const service = fc.record({
  name: label,
  port: fc.oneof(fc.integer({ min: 1, max: 65535 }), fc.constantFrom('http', 'ws-8080', 'websocket')),
});
const backendTLS = fc.record(
  {
    serverName: plainHost,
    caRef: fc.record({ kind: fc.constantFrom('ConfigMap', 'Secret'), name: label }, { requiredKeys: ['name'] }),
  },
  { requiredKeys: ['serverName'] },
);
const routePath = fc
  .record(
    { path, pathType: fc.constantFrom('Exact', 'Prefix'), service, backendTLS, slash: fc.boolean() },
    { requiredKeys: ['service', 'slash'] },
  )
  .map(({ slash, ...rest }) =>
    slash && rest.pathType === 'Exact' && rest.path !== undefined && rest.path !== '/'
      ? { ...rest, path: `${rest.path}/` }
      : rest,
  );

/** Paths of one route: none is there twice, with or without a slash at its end. */
const paths = fc.uniqueArray(routePath, {
  minLength: 1,
  maxLength: 5,
  selector: (each) => (each.path ?? '/').replace(/\/$/, ''),
});

function duration(minimum: number, maximum: number): Arbitrary<string> {
  return fc
    .tuple(fc.integer({ min: minimum, max: maximum }), fc.boolean())
    .map(([seconds, isPlain]) => (isPlain ? `${seconds}s` : spell(seconds)))
    .filter((text) => /^(\d{1,5}h)?(\d{1,5}m)?(\d{1,5}s)?$/.test(text));
}

function spell(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  return ['h', 'm', 's'].map((unit, index) => (parts[index] === 0 ? '' : `${parts[index]}${unit}`)).join('');
}

const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6().filter((text) => !/ffff:(\d|[0-9a-f]+:[0-9a-f]+$)/i.test(text)),
);
const network = fc.oneof(
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, bits]) => `${ip}/${bits}`),
  fc
    .tuple(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 128 }))
    .map(([group, bits]) => `2001:db8:${group.toString(16)}::/${bits}`),
);

const privateKey = fc.oneof(
  fc.record({ algorithm: fc.constant('RSA'), size: fc.constantFrom(2048, 3072, 4096, 8192) }),
  fc.record({ algorithm: fc.constant('ECDSA'), size: fc.constantFrom(256, 384, 521) }),
  fc.record(
    { algorithm: fc.constantFrom('RSA', 'ECDSA', 'Ed25519'), rotationPolicy: fc.constantFrom('Always', 'Never') },
    { requiredKeys: [] },
  ),
);
const issued = fc.record(
  {
    issuerRef: fc.oneof(
      fc.record(
        { name: label, kind: fc.constantFrom('Issuer', 'ClusterIssuer'), group: fc.constant('cert-manager.io') },
        { requiredKeys: ['name'] },
      ),
      fc.record({ name: label, kind: fc.constant('StepIssuer'), group: fc.constant('certmanager.step.sm') }),
    ),
    ipAddresses: fc.uniqueArray(address, { minLength: 1, maxLength: 3 }),
    dnsNames: fc.uniqueArray(host, { minLength: 1, maxLength: 3 }),
    privateKey,
    duration: duration(3600, 10_000_000),
    renewBeforePercentage: fc.integer({ min: 1, max: 99 }),
  },
  { requiredKeys: ['issuerRef'] },
);
const tls = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: issued },
      fc.record({ secretName: label }),
      fc.record({ certificateRef: fc.record({ name: label }) }),
    ),
    fc.record({ profile: fc.constantFrom('Intermediate', 'Modern') }, { requiredKeys: [] }),
  )
  .map(([source, profile]) => ({ ...source, ...profile }));

const limits = fc
  .record(
    {
      connectionsPerClient: fc.integer({ min: 1, max: 65_535 }),
      handshakesPerSecond: fc.integer({ min: 1, max: 10_000 }),
      burst: fc.integer({ min: 1, max: 100_000 }),
    },
    { requiredKeys: [] },
  )
  .filter(
    (each) =>
      each.handshakesPerSecond !== undefined || (each.burst === undefined && each.connectionsPerClient !== undefined),
  );

const affinity = fc.oneof(
  fc.record({ type: fc.constantFrom('None', 'SourceIP') }),
  fc.record(
    {
      type: fc.constant('Cookie'),
      cookie: fc.record(
        { name: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/), maxAge: duration(1, 31_536_000) },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ['type'] },
  ),
);

const verification = fc.record(
  {
    enabled: fc.boolean(),
    interval: duration(10, 86_400),
    path,
    host: plainHost,
    port: fc.integer({ min: 1, max: 65535 }),
    subprotocols: fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9._~+-]{1,12}$/), { minLength: 1, maxLength: 3 }),
    origin: plainHost.map((name) => `https://${name}`),
  },
  { requiredKeys: [] },
);

const spec: Arbitrary<ManifestSpec> = fc
  .record(
    {
      hosts: fc.uniqueArray(host, { maxLength: 4 }),
      ingressClassName: fc.constantFrom('nginx', 'edge'),
      paths,
      tls,
      timeouts: fc.record({ idle: duration(1, 604_800), connect: duration(1, 75) }, { requiredKeys: [] }),
      redirect: fc.boolean(),
      affinity,
      loadBalancing: fc.constantFrom('RoundRobin', 'LeastConnections'),
      limits,
      allowedSources: fc.uniqueArray(network, { minLength: 1, maxLength: 4 }),
      allowedOrigins: fc.uniqueArray(
        plainHost.map((name) => `https://${name}`),
        { minLength: 1, maxLength: 3 },
      ),
      hsts: fc.record(
        { maxAge: duration(1, 63_072_000), includeSubDomains: fc.boolean() },
        { requiredKeys: ['maxAge'] },
      ),
      verification,
    },
    { requiredKeys: ['ingressClassName', 'paths', 'tls'] },
  )
  .filter(hasNames);

/** A certificate to issue needs a name. */
function hasNames({ hosts, tls: { issuerRef, ipAddresses, dnsNames } }: ManifestSpec): boolean {
  return issuerRef === undefined || (hosts ?? []).length > 0 || ipAddresses !== undefined || dnsNames !== undefined;
}

/** Routes that the API server accepts, of every shape. */
export const arbitraryRoute: Arbitrary<Manifest> = fc
  .record({ name: routeName, namespace: fc.constantFrom('blue', 'green'), spec })
  .map(({ name, namespace, spec: each }) => ({
    apiVersion: 'wssroute.dev/v1alpha1',
    kind: 'WssRoute',
    metadata: { name, namespace },
    spec: each,
  }));
