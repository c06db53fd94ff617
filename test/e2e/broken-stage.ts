/** What broken-routes.test.ts breaks: backends, endpoints, Secrets, fronts, addresses and names, all of them real. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { promisify } from 'node:util';
import { CertificateMaker, type Identity, type Wish } from '../probe/certificate-maker.ts';
import { publishBackend } from '../support/backend.ts';
import { type Behaviour, type FickleServer, startFickleServer } from '../support/fickle-server.ts';
import { type NameServer, startNameServer } from '../support/name-server.ts';
import { applyObjects } from '../support/operator.ts';
import { PUBLISHED_ADDRESS } from '../support/published-address.ts';
import type { Rig } from '../support/rig.ts';
import { routePath } from '../support/routes.ts';

const run = promisify(execFile);
/** Of the sandbox, towards the backend: an EndpointSlice may not name a loopback address. */
const ourAddress = '10.111.0.1';

export class BrokenStage {
  readonly namespace = 'broken';
  /** Servers of cases, by their names. */
  readonly servers = new Map<string, FickleServer>();
  /** What the name server knows. */
  readonly names = new Map<string, string>();
  readonly #rig: Rig;
  readonly #maker = new CertificateMaker();
  #authority: Identity | undefined;
  #nameServer: NameServer | undefined;

  constructor(rig: Rig) {
    this.#rig = rig;
  }

  /** Makes a network with a black hole, with an address that no way leads to, and with a name server. */
  async open(): Promise<void> {
    this.#authority = await this.#maker.make({ commonName: 'Authority of the test', isAuthority: true });
    const nobody = ['lladdr', '02:00:00:00:09:09', 'nud', 'permanent'];
    await run('ip', ['route', 'replace', '198.51.100.7/32', 'dev', 'backend']);
    await run('ip', ['neighbour', 'replace', '198.51.100.7', ...nobody, 'dev', 'backend']);
    await run('ip', ['route', 'replace', 'unreachable', '203.0.113.7/32']);
    this.#nameServer = await startNameServer({ address: '127.0.0.1' }, (name) => this.names.get(name));
    const file = join(this.#maker.directory, 'resolv.conf');
    await writeFile(file, 'nameserver 127.0.0.1\n');
    await run('mount', ['--bind', file, '/etc/resolv.conf']);
  }

  async close(): Promise<void> {
    for (const server of this.servers.values()) await server.close();
    await this.#nameServer?.close();
    this.#maker[Symbol.dispose]();
  }

  /** Makes the Service of a case, which leads to the backend. */
  publish(name: string): Promise<void> {
    return publishBackend(this.#rig, { namespace: this.namespace, name, port: 8080 });
  }

  /** Leads the Service of a case somewhere; to the backend, as far as nothing else is said. */
  async lead(
    name: string,
    endpoint: { readonly address?: string; readonly port?: number; readonly isReady?: boolean } | 'nowhere',
  ): Promise<void> {
    const path = `/apis/discovery.k8s.io/v1/namespaces/${this.namespace}/endpointslices/${name}-rig`;
    const { backend, client } = this.#rig;
    if (endpoint === 'nowhere') {
      await client.patch(path, { endpoints: [] });
      return;
    }
    const { address = backend?.address, port = backend?.port, isReady = true } = endpoint;
    await client.patch(path, {
      endpoints: [{ addresses: [address], conditions: { ready: isReady, serving: isReady, terminating: false } }],
      ports: [{ name: 'ws', port, protocol: 'TCP' }],
    });
  }

  /** Leads the Service of a case to a server of its own. */
  async answer(name: string, behaviour: Behaviour): Promise<void> {
    const server = await startFickleServer(ourAddress, 0, behaviour);
    this.servers.set(name, server);
    await this.lead(name, { address: ourAddress, port: server.port });
  }

  /** Writes the Secret of a case: a certificate of its host, as far as nothing else is wished. */
  async bring(name: string, wish: Partial<Wish>): Promise<void> {
    await this.#applySecret(name, await this.#maker.make({ ...this.#wishFor(name), ...wish }, this.#authority));
  }

  /** The same, signed by the certificate of a server, which comes with it. */
  async bringFromServer(name: string): Promise<void> {
    const server = await this.#maker.make({ commonName: 'a server' }, this.#authority);
    const { certificate, key } = await this.#maker.make(this.#wishFor(name), server);
    await this.#applySecret(name, { certificate: certificate + server.certificate, key });
  }

  #wishFor(name: string): Wish {
    return { commonName: 'of the test', altNames: [`DNS:${name}.${this.namespace}.example.com`] };
  }

  async #applySecret(name: string, { certificate, key }: Identity): Promise<void> {
    await applyObjects(this.#rig, [
      {
        ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls' },
        metadata: { namespace: this.namespace, name },
        data: { 'tls.crt': btoa(certificate), 'tls.key': btoa(key) },
      },
    ]);
  }

  /** Puts a server before the controller, at another port. */
  async front(name: string, port: number, behaviour: Behaviour): Promise<void> {
    this.servers.set(name, await startFickleServer(PUBLISHED_ADDRESS, port, behaviour));
  }

  /** Puts a server before the controller that shows the certificate of somebody else. */
  async frontAsAnother(name: string, port: number): Promise<void> {
    const wish = { commonName: 'of the test', altNames: ['DNS:other.example.com'] };
    const { certificate, key } = await this.#maker.make(wish, this.#authority);
    const secure = createServer({ cert: certificate, key });
    secure.on('tlsClientError', () => {});
    secure.on('secureConnection', (socket) => socket.on('error', () => {}));
    await this.front(name, port, (socket) => void secure.emit('connection', socket));
  }

  /** Makes the server before the controller hand on every byte. */
  async passOn(name: string): Promise<void> {
    this.servers.get(name)?.behave((incoming) => {
      const outgoing: Socket = createConnection({ host: PUBLISHED_ADDRESS, port: 443 });
      outgoing.on('error', () => incoming.destroy());
      incoming.on('close', () => outgoing.destroy());
      incoming.pipe(outgoing).pipe(incoming);
    });
  }

  /** Merges something into the spec of a route. */
  edit(name: string, spec: object): Promise<unknown> {
    return this.#rig.client.patch(routePath(this.namespace, name), { spec });
  }

  /** The machine of the controller gets the address. */
  own(address: string): Promise<unknown> {
    return run('ip', ['address', 'add', `${address}/32`, 'dev', 'lo']);
  }
}
