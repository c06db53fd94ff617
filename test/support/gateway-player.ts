import type { ApiObject } from './admin-client.ts';
import { createDataPlane } from './gateway/data-path.ts';
import { findChanges, type StatusChange } from './gateway/statuses.ts';
import type { World } from './gateway/world.ts';
import type { GatewayVendor } from './gateway-crds.ts';
import { type KindWatch, startWatches, stopWatches } from './kind-watch.ts';
import type { Rig } from './rig.ts';
import { StandInProxy } from './stand-in/proxy.ts';
import { writeStatus } from './stand-in/write-status.ts';

/** Where the stand-in answers and what it publishes; see published-address.ts. */
export const GATEWAY_ADDRESS = '192.0.2.30';

export interface GatewayPlayerOptions {
  /** GatewayClasses of this `spec.controllerName` are played. */
  readonly controllerName: string;
  /** `GatewayClass.status.supportedFeatures`. Default: what a WssRoute can make use of. */
  readonly supportedFeatures?: readonly string[];
  readonly address?: string;
  /** Vendors whose policies get a status too; their CRDs have to be there. */
  readonly vendors?: readonly GatewayVendor[];
  /** Serve requests at the address, beside ingress-nginx if need be. */
  readonly isServing?: boolean;
  /** Ports of listeners that are served. Default 80 and 443. */
  readonly ports?: { readonly plain: number; readonly secure: number };
}

const defaultFeatures = [
  'BackendTLSPolicy',
  'Gateway',
  'HTTPRoute',
  'HTTPRouteBackendProtocolWebSocket',
  'HTTPRouteBackendTimeout',
  'HTTPRouteRequestTimeout',
  'HTTPRouteResponseHeaderModification',
  'HTTPRouteSchemeRedirect',
  'ListenerSet',
  'ReferenceGrant',
];

const gatewayApi = '/apis/gateway.networking.k8s.io/v1';
const vendorPolicies: Readonly<Record<GatewayVendor, string>> = {
  'envoy-gateway': '/apis/gateway.envoyproxy.io/v1alpha1/backendtrafficpolicies',
  'nginx-gateway-fabric': '/apis/gateway.nginx.org/v1alpha1/proxysettingspolicies',
};

const paths = {
  classes: `${gatewayApi}/gatewayclasses`,
  gateways: `${gatewayApi}/gateways`,
  listenerSets: `${gatewayApi}/listenersets`,
  routes: `${gatewayApi}/httproutes`,
  backendTlsPolicies: `${gatewayApi}/backendtlspolicies`,
  grants: `${gatewayApi}/referencegrants`,
  namespaces: '/api/v1/namespaces',
  services: '/api/v1/services',
  secrets: '/api/v1/secrets',
  configMaps: '/api/v1/configmaps',
} as const;

type Watches = Readonly<Record<keyof typeof paths, KindWatch>>;

/**
 * Plays the data plane of a GatewayClass **for its statuses only**: it says Accepted, Programmed, ResolvedRefs and the rest by the
 * rules of Gateway API as far as those are about listeners, ListenerSets, hostnames, namespaces, ReferenceGrants, Services and
 * certificates. It is no implementation: it refuses nothing for fields that the class does not support, it takes policies of
 * vendors whatever is in them, and nothing is programmed anywhere. With `isServing` a small proxy in the process of the test
 * follows the routes (paths, redirects, BackendTLSPolicy), so that a handshake can go all the way; timeouts, headers, weights and
 * limits mean nothing to it. The CRDs have to be there, see gateway-crds.ts.
 */
export class GatewayPlayer {
  readonly #rig: Pick<Rig, 'client'>;
  readonly #options: GatewayPlayerOptions;
  #watches: Watches | undefined;
  #vendorWatches: readonly KindWatch[] = [];
  #proxy: StandInProxy | undefined;
  #isStopping = false;
  #wake: () => void = () => {};
  #end: Promise<void> = Promise.resolve();

  private constructor(rig: Pick<Rig, 'client'>, options: GatewayPlayerOptions) {
    this.#rig = rig;
    this.#options = options;
  }

  static async start(rig: Pick<Rig, 'client'>, options: GatewayPlayerOptions): Promise<GatewayPlayer> {
    const player = new GatewayPlayer(rig, options);
    const look = () => player.#wake();
    player.#watches = await startWatches(rig.client, paths, look);
    try {
      const vendors = (options.vendors ?? []).map((vendor) => [vendor, vendorPolicies[vendor]]);
      player.#vendorWatches = Object.values(await startWatches(rig.client, Object.fromEntries(vendors), look));
      if (options.isServing === true) player.#proxy = await player.#serve();
    } catch (error) {
      await player.stop();
      throw error;
    }
    player.#end = player.#play();
    // A failure is told by stop(), not by the process.
    player.#end.catch(() => {});
    return player;
  }

  /** Statuses stay as they are, as when a controller ends. Throws what the player failed of, if it did. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#wake();
    try {
      await this.#end;
    } finally {
      await this.#proxy?.stop();
      await stopWatches([...Object.values(this.#watches ?? {}), ...this.#vendorWatches]);
    }
  }

  async #play(): Promise<void> {
    while (!this.#isStopping) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const changes = findChanges(this.#look(), {
        address: this.#options.address ?? GATEWAY_ADDRESS,
        supportedFeatures: this.#options.supportedFeatures ?? defaultFeatures,
        now: `${new Date().toISOString().slice(0, 19)}Z`,
      });
      for (const change of changes) await this.#write(change);
      // What was written comes back by a watch: it is not decided again before that.
      await woken;
    }
  }

  async #write({ object, status }: StatusChange): Promise<void> {
    const { namespace, name, resourceVersion } = object.metadata;
    const scope = namespace === undefined ? '' : `/namespaces/${namespace}`;
    const path = `/apis/${object.apiVersion}${scope}/${pluralOf(object)}/${name}`;
    // Entries of other controllers lie in the same lists: whoever was first wins, and the other one looks again.
    const patch = { metadata: { resourceVersion }, status };
    await writeStatus(this.#rig.client, path, patch, () => this.#isStopping);
  }

  #look(): World {
    const watches = this.#watches;
    if (watches === undefined) throw new Error('the player looks before it watches');
    const objects = Object.entries(watches).map(([name, watch]) => [name, watch.objects]);
    const policies = this.#vendorWatches.flatMap((watch) => watch.objects);
    const { controllerName } = this.#options;
    return { ...(Object.fromEntries(objects) as World), vendorPolicies: policies, controllerName };
  }

  #serve(): Promise<StandInProxy> {
    const { address = GATEWAY_ADDRESS, ports = { plain: 80, secure: 443 } } = this.#options;
    const plane = createDataPlane(this.#rig.client, () => this.#look());
    return StandInProxy.start({ address, plainPorts: [ports.plain], securePorts: [ports.secure], plane });
  }
}

const plurals: Readonly<Record<string, string>> = {
  BackendTLSPolicy: 'backendtlspolicies',
  BackendTrafficPolicy: 'backendtrafficpolicies',
  Gateway: 'gateways',
  GatewayClass: 'gatewayclasses',
  HTTPRoute: 'httproutes',
  ListenerSet: 'listenersets',
  ProxySettingsPolicy: 'proxysettingspolicies',
};

function pluralOf({ kind }: ApiObject): string {
  const plural = plurals[kind];
  if (plural === undefined) throw new Error(`the player knows no ${kind}`);
  return plural;
}
