import { formatClaim, formatHostClaim } from '../route/claims.ts';
import { isCertificateInPlace } from './certificate-in-place.ts';
import type { Serving } from './holders.ts';
import type { Place, Presence } from './host-index.ts';
import type { Observed } from './observed.ts';

/**
 * What a route is to its hosts. Nothing is written for it where it has no path that is its own. While nobody knows whether it has a certificate, it is taken to have
 * one where its Ingress has the host as a whole, because that one stays.
 */
export function judgePresence(
  observed: Pick<Observed, 'route' | 'certificate' | 'fillers' | 'holders' | 'children'>,
  isObstructed: boolean,
): (place: Place) => Presence {
  const { route, holders } = observed;
  const isOwn = (place: Place): boolean => {
    const [scope, host] = splitPlace(place);
    return route.spec.paths.some(({ path }) => !holders.has(formatClaim(scope, host, path)));
  };
  return (place) => {
    if (isObstructed || !isOwn(place)) return 'idle';
    return (isCertificateInPlace(observed) ?? hasWhole(observed, place)) ? 'ready' : 'bare';
  };
}

/** Whether an Ingress of the route has a host as a whole. */
export function hasWhole({ route, children }: Pick<Observed, 'route' | 'children'>, place: Place): boolean {
  const whole = formatHostClaim(...splitPlace(place));
  return children.some(
    (child) =>
      child.owner?.uid === route.metadata.uid && 'claims' in child && (child as Serving).claims.includes(whole),
  );
}

function splitPlace(place: Place): [scope: string, host: string] {
  const [scope = '', host = ''] = place.split(' ');
  return [scope, host];
}
