import { isDeepStrictEqual } from 'node:util';
import type { AdminClient, ApiObject } from './admin-client.ts';
import { answer, findServer } from './f5/answer.ts';
import { type Announcement, Announcer, EventWriter } from './f5/events.ts';
import { type Decision, decide, keyOf, type Server, type Verdict } from './f5/rules.ts';
import { type KindWatch, startWatches, stopWatches } from './kind-watch.ts';
import type { Rig } from './rig.ts';
import { findEndpoint } from './stand-in/endpoint.ts';
import { type Asked, type DataPlane, type Reply, StandInProxy } from './stand-in/proxy.ts';
import { writeStatus } from './stand-in/write-status.ts';

export const F5_CONTROLLER = 'nginx.org/ingress-controller';
/** Where the stand-in answers and what it publishes; see published-address.ts. */
export const F5_ADDRESS = '192.0.2.20';

const paths = {
  ingresses: '/apis/networking.k8s.io/v1/ingresses',
  secrets: '/api/v1/secrets',
  classes: '/apis/networking.k8s.io/v1/ingressclasses',
} as const;

export interface F5PlayerOptions {
  /** Default `nginx-f5`. An IngressClass of this name has to say spec.controller `nginx.org/ingress-controller`. */
  readonly ingressClassName?: string;
  readonly address?: string;
  /** Serve requests at the address, beside ingress-nginx if need be. */
  readonly isServing?: boolean;
  /** Default 80 and 443. */
  readonly ports?: { readonly plain: number; readonly secure: number };
}

/** What became of a host at one change. */
export interface Moment {
  readonly host: string;
  /** namespace/name of the Ingress that holds the host: none when nobody does, and every handshake ends with alert 112. */
  readonly holder: string | undefined;
  readonly hasCertificate: boolean;
  /** Paths that are served, sorted: `/ws app/chat upgraded`. */
  readonly locations: readonly string[];
}

/**
 * Plays F5's NGINX Ingress Controller. It is a stand-in, made after what the real one (5.5.4) was seen to do, because the real one
 * cannot be built here: who holds a host, masters and minions, what is refused, status, Events and counted reloads; the proxy
 * behind it only passes requests on. What it was not seen to do is not in it: VirtualServers, Policies, ConfigMap keys, more than
 * one replica, timeouts, limits, reloads that cut sockets or follow endpoints, "(combined from similar events)". What holds here
 * is no proof that it holds there.
 */
export class F5Player {
  readonly #rig: Pick<Rig, 'client'>;
  readonly #className: string;
  readonly #address: string;
  readonly #announcer = new Announcer();
  readonly #events: EventWriter;
  readonly #moments: Moment[] = [];
  readonly #announcements: Announcement[] = [];
  #watches: Readonly<Record<keyof typeof paths, KindWatch>> | undefined;
  #decision: Decision = { verdicts: [], servers: new Map() };
  #configuration = '';
  #reloads = 0;
  #proxy: StandInProxy | undefined;
  #isStopping = false;
  #wake: () => void = () => {};
  #end: Promise<void> = Promise.resolve();

  private constructor(rig: Pick<Rig, 'client'>, options: F5PlayerOptions) {
    this.#rig = rig;
    this.#className = options.ingressClassName ?? 'nginx-f5';
    this.#address = options.address ?? F5_ADDRESS;
    this.#events = new EventWriter(rig.client);
  }

  static async start(rig: Pick<Rig, 'client'>, options: F5PlayerOptions = {}): Promise<F5Player> {
    const player = new F5Player(rig, options);
    player.#watches = await startWatches(rig.client, paths, () => player.#look());
    try {
      if (options.isServing === true) {
        const { plain, secure } = options.ports ?? { plain: 80, secure: 443 };
        const ports = { plainPorts: [plain], securePorts: [secure] };
        player.#proxy = await StandInProxy.start({ address: player.#address, ...ports, plane: player.#plane() });
      }
    } catch (error) {
      await player.stop();
      throw error;
    }
    player.#look();
    player.#end = player.#play();
    // A failure is told by stop(), not by the process.
    player.#end.catch(() => {});
    return player;
  }

  /** What is served now, and what is refused. */
  get decision(): Decision {
    return this.#decision;
  }

  /** Each change of what a host is served by, oldest first: nothing is left out, however short it lasted. */
  moments(host: string): readonly Moment[] {
    return this.#moments.filter((moment) => moment.host === host);
  }

  /** How often nginx would have been reloaded: each reload may cut sockets. Changes of endpoints are not counted. */
  get reloads(): number {
    return this.#reloads;
  }

  verdictOn(namespace: string, name: string): Verdict | undefined {
    return this.#decision.verdicts.find(({ key }) => key === `${namespace}/${name}`);
  }

  /** Statuses stay as they are, as when the real one ends. Throws what the player failed of, if it did. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#wake();
    try {
      await this.#end;
    } finally {
      await this.#proxy?.stop();
      await stopWatches(Object.values(this.#watches ?? {}));
    }
  }

  /** At every single change, at once: what follows from it is written later. */
  #look(): void {
    if (this.#watches === undefined) return;
    const { ingresses, secrets, classes } = this.#watches;
    const isOurs = classes.find(this.#className)?.spec.controller === F5_CONTROLLER;
    const ours = ingresses.objects.filter(({ spec }) => isOurs && spec.ingressClassName === this.#className);
    const tlsSecrets = secrets.objects.filter(({ type, data }) => type === 'kubernetes.io/tls' && data?.['tls.crt']);
    const before = this.#decision.servers;
    this.#decision = decide({ ingresses: ours, tlsSecrets: new Set(tlsSecrets.map(keyOf)) });
    this.#remember(before);
    this.#announcements.push(...this.#announcer.announce(this.#decision));
    const configuration = describeConfiguration(this.#decision);
    if (configuration !== this.#configuration) this.#reloads += 1;
    this.#configuration = configuration;
    this.#wake();
  }

  #remember(before: ReadonlyMap<string, Server>): void {
    const { servers } = this.#decision;
    for (const host of new Set([...before.keys(), ...servers.keys()])) {
      const moment = describeHost(host, servers.get(host));
      if (!isDeepStrictEqual(moment, describeHost(host, before.get(host)))) this.#moments.push(moment);
    }
  }

  async #play(): Promise<void> {
    while (!this.#isStopping) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      // Events are lost while the API server is away, as those of any recorder are.
      for (const announcement of this.#announcements.splice(0)) await this.#events.write(announcement).catch(() => {});
      for (const verdict of this.#decision.verdicts) await this.#publish(verdict);
      if (this.#announcements.length === 0) await woken;
    }
  }

  async #publish({ ingress, isAccepted }: Verdict): Promise<void> {
    const { namespace, name } = ingress.metadata;
    const addresses = isAccepted ? [{ ip: this.#address }] : [];
    const published = ingress.status?.loadBalancer?.ingress ?? [];
    if (isDeepStrictEqual(published, addresses)) return;
    const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/${name}`;
    const status = { loadBalancer: { ingress: addresses.length === 0 ? null : addresses } };
    await writeStatus(this.#rig.client, path, { status }, () => this.#isStopping);
  }

  #plane(): DataPlane {
    return {
      findCertificate: (name) => {
        const secret = findServer(this.#decision.servers, name)?.secret;
        return secret === undefined ? undefined : readPair(this.#watches?.secrets.find(secret));
      },
      answer: (asked) => reply(this.#rig.client, this.#decision, asked),
    };
  }
}

async function reply(client: AdminClient, { servers }: Decision, asked: Asked): Promise<Reply> {
  const given = answer(servers, asked);
  if (given.kind === 'redirect') return { kind: 'status', status: 301, location: given.to };
  if (given.kind === 'no-certificate') return { kind: 'status', status: 421 };
  if (given.kind === 'status') return given;
  const endpoint = await findEndpoint(client, given.location);
  // Without endpoints the upstream is a placeholder that refuses.
  if (endpoint === undefined) return { kind: 'status', status: 502 };
  return { kind: 'backend', endpoint, isUpgraded: given.location.isUpgraded };
}

function readPair(secret: ApiObject | undefined): { readonly cert: string; readonly key: string } | undefined {
  const [cert, key] = ['tls.crt', 'tls.key'].map((name) =>
    Buffer.from(secret?.data?.[name] ?? '', 'base64').toString(),
  );
  return cert === undefined || cert === '' || key === undefined ? undefined : { cert, key };
}

function describeHost(host: string, server: Server | undefined): Moment {
  const locations = (server?.locations ?? []).map(({ path, namespace, service, isUpgraded }) => {
    return `${path} ${namespace}/${service}${isUpgraded ? ' upgraded' : ''}`;
  });
  return { host, holder: server?.holder, hasCertificate: server?.secret !== undefined, locations: locations.sort() };
}

/** What a reload follows: every annotation of an accepted Ingress counts, also those that mean nothing to it. */
function describeConfiguration({ verdicts, servers }: Decision): string {
  const accepted = verdicts.filter(({ isAccepted }) => isAccepted);
  const ingresses = accepted.map(({ key, ingress: { metadata, spec } }) => [key, metadata.annotations ?? {}, spec]);
  return JSON.stringify([ingresses, [...servers.values()]]);
}
