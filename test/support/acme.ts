import { readFile, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { join } from 'node:path';
import { partDirectory } from './build-parts.ts';
import { createAuthority, issueCertificate, type KeyPair } from './certificates.ts';
import { startNameServer } from './name-server.ts';
import { RestartableProcess } from './process.ts';
import { PUBLISHED_ADDRESS } from './published-address.ts';

/** Where cert-manager asks for the addresses of names that it checks by itself (`--acme-http01-solver-nameservers`). */
export const CLUSTER_RESOLVER = { address: '127.0.0.1', port: 5354 } as const;
const PUBLIC_RESOLVER = { address: '127.0.0.1', port: 5355 } as const;

const PORT = 14000;
const MANAGEMENT_PORT = 15000;

/** Addresses by name; every other name below example.com leads to ingress-nginx. */
export type Names = Map<string, string>;

/** A public ACME server, as far as a sandbox has one: pebble, which validates HTTP-01 on port 80 by names of its own. */
export interface Acme {
  readonly process: RestartableProcess;
  readonly directoryUrl: string;
  /** The authority of the directory's own HTTPS, PEM, in base64: `spec.acme.caBundle` of an issuer. */
  readonly caBundle: string;
  /** The root of the certificates that it issues, PEM; another one after each start. */
  readRoot(): Promise<string>;
  /** Names as cert-manager sees them, and as the ACME server does. */
  readonly clusterNames: Names;
  readonly publicNames: Names;
  stop(): Promise<void>;
}

/** Starts pebble with a directory on https://127.0.0.1:14000/dir, and the name servers of {@link Acme.clusterNames} and publicNames. */
export async function startAcme(directory: string): Promise<Acme> {
  const authority = await createAuthority(directory, 'pebble-authority');
  const request = { name: 'pebble', commonName: 'pebble', altNames: ['IP:127.0.0.1'], usage: 'serverAuth' } as const;
  const pair = await issueCertificate(directory, authority, request);
  const ca = await readFile(authority.certificateFile);
  const server = await createPebble(directory, pair, ca);
  const clusterNames: Names = new Map();
  const publicNames: Names = new Map();
  const resolvers = [
    await startNameServer(CLUSTER_RESOLVER, (name) => findAddress(clusterNames, name)),
    await startNameServer(PUBLIC_RESOLVER, (name) => findAddress(publicNames, name)),
  ];
  async function stop(): Promise<void> {
    await Promise.all([server.stop(), ...resolvers.map((resolver) => resolver.close())]);
  }
  try {
    await server.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    process: server,
    directoryUrl: `https://127.0.0.1:${PORT}/dir`,
    caBundle: ca.toString('base64'),
    readRoot: () => fetchSecurely(`https://127.0.0.1:${MANAGEMENT_PORT}/roots/0`, ca),
    ...{ clusterNames, publicNames, stop },
  };
}

async function createPebble(
  directory: string,
  { certificateFile, keyFile }: KeyPair,
  ca: Buffer,
): Promise<RestartableProcess> {
  const configuration = join(directory, 'pebble.json');
  const pebble = {
    listenAddress: `127.0.0.1:${PORT}`,
    managementListenAddress: `127.0.0.1:${MANAGEMENT_PORT}`,
    certificate: certificateFile,
    privateKey: keyFile,
    // Where ingress-nginx listens in the sandbox.
    httpPort: 80,
    tlsPort: 443,
    // Seconds that a client is told to wait before it asks again.
    retryAfter: { authz: 1, order: 1 },
    profiles: { default: { description: 'a certificate of a day', validityPeriod: 24 * 3600 } },
  };
  await writeFile(configuration, JSON.stringify({ pebble }));
  return new RestartableProcess({
    name: 'pebble',
    command: join(partDirectory('pebble'), 'pebble'),
    args: [`-config=${configuration}`, `-dnsserver=${PUBLIC_RESOLVER.address}:${PUBLIC_RESOLVER.port}`],
    // Else it waits up to 15 s before a validation, and leaves it to chance whether a name that it knows needs another one: here it does
    // not, as at public authorities for some days or weeks. Nonces it refuses as by default: five of a hundred, which RFC 8555 allows
    // (section 6.5).
    env: { PEBBLE_VA_NOSLEEP: '1', PEBBLE_AUTHZREUSE: '100' },
    logFile: join(directory, 'pebble.log'),
    isReady: async () => (await fetchSecurely(`https://127.0.0.1:${PORT}/dir`, ca)) !== '',
    readyTimeoutMs: 30_000,
  });
}

function findAddress(names: Names, name: string): string | undefined {
  return names.get(name) ?? (name.endsWith('.example.com') ? PUBLISHED_ADDRESS : undefined);
}

/** The body of an answer from a server that `ca` vouches for. */
function fetchSecurely(url: string, ca: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { ca, timeout: 5_000, headers: { 'user-agent': 'wss-rig' } }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`${url}: ${response.statusCode} ${body}`));
      });
    });
    request.on('timeout', () => request.destroy(new Error(`${url}: no answer in 5 s`)));
    request.on('error', reject);
  });
}
