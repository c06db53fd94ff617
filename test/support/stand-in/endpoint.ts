import type { AdminClient, ApiObject } from '../admin-client.ts';

/** A port of a Service, by number or by name. */
export interface ServicePort {
  readonly namespace: string;
  readonly service: string;
  readonly port: { readonly name?: string; readonly number?: number };
}

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Any ready endpoint of a Service's port: undefined where there is none, or no such Service. */
export async function findEndpoint(client: AdminClient, wanted: ServicePort): Promise<Endpoint | undefined> {
  const { namespace, service: name, port } = wanted;
  const service = await client.find(`/api/v1/namespaces/${namespace}/services/${name}`);
  const isWanted = (each: ApiObject) => (port.name === undefined ? each.port === port.number : each.name === port.name);
  const servicePort = service?.spec.ports.find(isWanted);
  if (servicePort === undefined) return undefined;
  const label = encodeURIComponent(`kubernetes.io/service-name=${name}`);
  const slices = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=${label}`;
  for (const { endpoints, ports } of await client.list(slices)) {
    const open = ports?.find((each: ApiObject) => (each.name ?? '') === (servicePort.name ?? ''));
    const ready = endpoints?.find((each: ApiObject) => each.conditions?.ready !== false);
    if (open !== undefined && ready !== undefined) return { address: ready.addresses[0], port: open.port };
  }
  return undefined;
}
