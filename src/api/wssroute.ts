import type { KubeObject } from './objects.ts';
import type { WssRouteSpec, WssRouteStatus } from './wssroute.generated.ts';

/** A WssRoute as the API server returns it: validated, and with defaults filled in. */
export interface WssRoute extends KubeObject {
  readonly spec: WssRouteSpec;
  readonly status?: WssRouteStatus;
}
