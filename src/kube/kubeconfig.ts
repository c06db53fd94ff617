import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { ClusterAccess, TlsSettings } from './access.ts';
import { CredentialsError } from './errors.ts';
import type { Credentials } from './rotation.ts';
import { RotatingCredentials, rotatingAccess } from './rotation.ts';

/** An exec plugin may ask a person to log in, but it must not block for ever. */
const pluginLimitMs = 60_000;

/**
 * Access by kubeconfig files, merged when there are several. This is the one file that loads client-node: it knows exec
 * plugins, OIDC, token files and client certificates. Throws {@link CredentialsError}.
 */
export async function loadKubeconfig(files: readonly string[], context: string | undefined): Promise<ClusterAccess> {
  const source = `kubeconfig ${files.join(':')}`;
  const config = parse();
  const cluster = config.getCurrentCluster();
  const place = {
    server: new URL(cluster?.server ?? ''),
    currentNamespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
    source: `${source}, context ${config.getCurrentContext()}`,
  };
  return rotatingAccess(place, new RotatingCredentials(read, await read()));

  // The files are parsed each time: whoever logs in again writes a new token into them, and client-node keeps what an
  // exec plugin said for as long as its KubeConfig lives.
  async function read(): Promise<Credentials> {
    const options: RequestOptions = {};
    try {
      await withLimit(parse().applyToHTTPSOptions(options));
    } catch (cause) {
      if (cause instanceof CredentialsError) throw cause;
      throw new CredentialsError(`${source}: the credentials of the user cannot be read: ${textOf(cause)}`, { cause });
    }
    return { headers: headersOf(options), tls: tlsOf(options) };
  }

  function parse(): KubeConfig {
    const merged = new KubeConfig();
    for (const [index, file] of files.entries()) {
      try {
        if (index === 0) merged.loadFromFile(file);
        else merged.mergeConfig(loadOne(file), true);
      } catch (cause) {
        throw new CredentialsError(`kubeconfig ${file} cannot be read: ${textOf(cause)}`, { cause });
      }
    }
    if (context !== undefined) merged.setCurrentContext(context);
    check(merged, source);
    return merged;
  }
}

function loadOne(file: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(file);
  return config;
}

function check(config: KubeConfig, source: string): void {
  const name = config.getCurrentContext();
  const known = config.getContexts().map((one) => one.name);
  if (name === undefined || name === '') {
    throw new CredentialsError(`${source}: current-context is not set; name one of ${known.join(', ')} by --context`);
  }
  const context = config.getContextObject(name);
  if (context === null)
    throw new CredentialsError(`${source}: there is no context ${name}; there is ${known.join(', ')}`);
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new CredentialsError(
      `${source}: context ${name} names the cluster ${context.cluster}, which is not in clusters[]`,
    );
  }
  if (config.getCurrentUser() === null) {
    throw new CredentialsError(`${source}: context ${name} names the user ${context.user}, which is not in users[]`);
  }
  if (!URL.canParse(cluster.server)) {
    throw new CredentialsError(`${source}: server of cluster ${cluster.name} is not a URL: ${cluster.server}`);
  }
  if (cluster.proxyUrl !== undefined && cluster.proxyUrl !== '') {
    throw new CredentialsError(
      `${source}: proxy-url of cluster ${cluster.name} is not supported; connect without a proxy`,
    );
  }
}

function headersOf(options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = String(value);
  if (typeof options.auth === 'string') {
    headers.authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  }
  return headers;
}

function tlsOf(options: RequestOptions): TlsSettings {
  const { ca, cert, key, servername, rejectUnauthorized } = options;
  const material = { ca, cert, key, servername, rejectUnauthorized } as TlsSettings;
  return Object.fromEntries(Object.entries(material).filter(([, value]) => value !== undefined)) as TlsSettings;
}

async function withLimit(work: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = new CredentialsError(
    `the kubeconfig's credential plugin did not answer within ${pluginLimitMs / 1000} s`,
  );
  const timer = setTimeout(() => reject(late), pluginLimitMs);
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
