import type { Dialect } from './dialect.ts';
import { ingressNginx } from './ingress-nginx.ts';

/** Every dialect that is spoken. */
export const dialects: readonly Dialect[] = [ingressNginx];

/** The dialect of an IngressClass, by its `spec.controller`; the name of a class says nothing. */
export function findDialect(controller: string): Dialect | undefined {
  return dialects.find((dialect) => dialect.controller === controller);
}
