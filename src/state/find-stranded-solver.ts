import type { WssRoute } from '../api/wssroute.ts';
import { attachmentsOf, scopeOf } from '../route/attachment.ts';
import { formatSolverClaim, hostsOf } from '../route/claims.ts';
import type { Hosting, Rivals } from './holders.ts';

/**
 * A host of the route for which cert-manager has written an Ingress that the controller there turns away, because the host is somebody's
 * as a whole: the answer to its HTTP-01 challenge is never served. A challenge is solved in the namespace of its Certificate.
 */
export function findStrandedSolver(
  route: WssRoute,
  { isExclusive }: Pick<Hosting, 'isExclusive'>,
  { objectsAt }: Pick<Rivals, 'objectsAt'>,
): string | undefined {
  for (const attachment of attachmentsOf(route).filter(isExclusive)) {
    const stranded = hostsOf(route).find((host) =>
      [...objectsAt(formatSolverClaim(scopeOf(attachment), host))].some(
        ({ namespace }) => namespace === route.metadata.namespace,
      ),
    );
    if (stranded !== undefined) return stranded;
  }
  return undefined;
}
