import { isGlobal, type Node, nameOfMember } from './node.ts';
import { type Page, unknownHost } from './page.ts';
import { hole } from './text.ts';

const ofLocation = ['protocol', 'host', 'hostname', 'port', 'origin', 'href', 'pathname'] as const;

/** `location.host` and the like, which the page's URL tells. */
export function readLocation(node: Node, { url, isHostKnown, isPathKnown }: Page): string | undefined {
  const name = ofLocation.find((each) => each === nameOfMember(node));
  const { object } = node as { readonly object?: Node };
  if (name === undefined || object === undefined || !isGlobal(object, 'location')) return undefined;
  if (name === 'port' && isHostKnown === false) return hole;
  const location = new URL(url);
  // A folder, so that what is relative to it is below it.
  if (isPathKnown === false) location.pathname = `/${unknownHost}/`;
  return location[name].replaceAll(unknownHost, hole);
}
