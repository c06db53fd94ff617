import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { dialects } from '../../src/dialects/registry.ts';
import type { Feature } from '../../src/route/plan.ts';
import { type Case, cases, renderCase } from './cases.ts';

/** Each feature is asked for in a golden case of each dialect, and of each implementation whose words are spoken. */

/** A spec as it is written; an empty field is null. */
interface Spec {
  readonly ingressClassName?: string;
  readonly parentRefs?: readonly object[];
  readonly paths: readonly { readonly backendTLS?: object }[];
  readonly timeouts?: { readonly idle?: string; readonly connect?: string } | null;
  readonly redirect?: boolean;
  readonly affinity?: { readonly type?: string } | null;
  readonly loadBalancing?: string;
  readonly limits?: {
    readonly connectionsPerClient?: number;
    readonly handshakesPerSecond?: number;
    readonly burst?: number;
  } | null;
  readonly allowedSources?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  readonly tls?: { readonly profile?: string };
  readonly hsts?: object;
}

/** Whether a route asks for a feature itself, where a default would do so as well. */
const asks = {
  idleTimeout: ({ timeouts }) => timeouts?.idle !== undefined,
  connectTimeout: ({ timeouts }) => timeouts?.connect !== undefined,
  // A route that says nothing asks for one.
  redirect: ({ redirect }) => redirect === false,
  cookieAffinity: ({ affinity }) => affinity?.type === 'Cookie',
  sourceAffinity: ({ affinity }) => affinity?.type === 'SourceIP',
  leastConnections: ({ loadBalancing }) => loadBalancing === 'LeastConnections',
  connectionsPerClient: ({ limits }) => limits?.connectionsPerClient !== undefined,
  handshakesPerSecond: ({ limits }) => limits?.handshakesPerSecond !== undefined,
  handshakeBurst: ({ limits }) => limits?.burst !== undefined,
  allowedSources: ({ allowedSources }) => allowedSources !== undefined,
  allowedOrigins: ({ allowedOrigins }) => allowedOrigins !== undefined,
  tlsProfile: ({ tls }) => tls?.profile !== undefined,
  backendTLS: ({ paths }) => paths.some(({ backendTLS }) => backendTLS !== undefined),
  hsts: ({ hsts }) => hsts !== undefined,
} as const satisfies Record<Feature, (spec: Spec) => boolean>;

/** Whose words a controller wants, by the `spec.controller` of its class or the `spec.controllerName` of its GatewayClass. */
const columns = new Map([
  ...dialects.flatMap(({ name, controller }) => (controller === undefined ? [] : [[controller, name] as const])),
  ['gateway.envoyproxy.io/gatewayclass-controller', 'Envoy Gateway'],
  ['gateway.nginx.org/nginx-gateway-controller', 'NGINX Gateway Fabric'],
]);
const others = 'other Gateways';

/** `column: feature` of everything that the routes of a case ask for, where each of them is written for its place. */
async function listAsked(one: Case): Promise<readonly string[]> {
  const { documents, renderings } = await renderCase(one);
  if (renderings.some(({ objects, problems }) => problems.length > 0 || objects.length === 0)) return [];
  const objects = documents.flatMap((document) => (document.isReadable ? [document.object] : []));
  const specsOf = (kind: string) => objects.filter((each) => each.kind === kind).map(({ spec }) => spec);
  const classes = specsOf('IngressClass') as readonly { readonly controller: string }[];
  const gateways = specsOf('GatewayClass') as readonly { readonly controllerName: string }[];
  return (specsOf('WssRoute') as readonly Spec[]).flatMap((spec) => {
    const places = [
      ...(spec.ingressClassName === undefined ? [] : classes.map(({ controller }) => columns.get(controller))),
      ...(spec.parentRefs === undefined ? [] : gateways.map((each) => columns.get(each.controllerName) ?? others)),
    ];
    const features = (Object.keys(asks) as Feature[]).filter((feature) => asks[feature](spec));
    // A class that is not among the documents is ingress-nginx's.
    const known = places.length === 0 ? ['ingress-nginx'] : places;
    return known.flatMap((place) => features.map((feature) => `${place}: ${feature}`));
  });
}

const asked = new Set((await Promise.all(cases.map(listAsked))).flat());

suite('golden cases', () => {
  for (const column of [...columns.values(), others]) {
    test(`ask for each feature of ${column}`, () => {
      const missing = Object.keys(asks).filter((feature) => !asked.has(`${column}: ${feature}`));
      assert.deepEqual(missing, [], `add cases to test/golden, and run \`npm run golden\``);
    });
  }
});
