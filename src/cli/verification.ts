import type { VerificationSettings } from '../config/settings.ts';
import type { ControllerOptions } from '../controller/controller.ts';
import { probe } from '../probe/probe.ts';
import { createTrust, type Trust } from '../probe/trust.ts';

/**
 * How the controller proves routes; undefined when it is not to. Chains to a private authority are right for a route, and
 * what the operator's own machine lacks is no verdict about one.
 */
export function createVerification({ enabled, ...limits }: VerificationSettings): ControllerOptions['verification'] {
  if (!enabled) return undefined;
  let trust: Trust | undefined;
  return {
    ...limits,
    async probe(target, signal) {
      // All roots that browsers bring along: they are read when the first route is ready.
      trust ??= createTrust('report');
      const result = await probe(target, { trust, now: new Date(), signal });
      if (result.isOwnLack) throw new Error(result.message);
      return result;
    },
  };
}
