import type { Attachment } from '../route/attachment.ts';
import type { Dialect } from './dialect.ts';
import { f5Nginx } from './f5-nginx.ts';
import { gatewayApi } from './gateway-api.ts';
import { ingressNginx } from './ingress-nginx.ts';

/** Every dialect that is spoken. */
export const dialects: readonly Dialect[] = [ingressNginx, f5Nginx, gatewayApi];

/** Values of `IngressClass.spec.controller` that have a dialect. */
export const controllers: readonly string[] = dialects.flatMap(({ controller }) => controller ?? []);

/** The dialect of an IngressClass, by its `spec.controller`; the name of a class says nothing. */
export function findDialect(controller: string, spoken = dialects): Dialect | undefined {
  return spoken.find((dialect) => dialect.controller === controller);
}

/** The dialect of an attachment to a Gateway or ListenerSet. */
export function findParentDialect({ kind }: Attachment, spoken = dialects): Dialect | undefined {
  return kind === 'IngressClass' ? undefined : spoken.find(({ controller }) => controller === undefined);
}
