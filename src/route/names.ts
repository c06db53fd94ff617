/** Names are cut to what a label value may hold, so that a child's name may also be its label. */
const maximumLength = 63;

/** Name of a route's Ingress, Certificate and Secret: `chat` → `chat-wss`. Unique for each route of a namespace, and always the same. */
export function nameChildren(routeName: string): string {
  return shorten(routeName, '-wss');
}

/** Name of one more Ingress of a route, told apart from the first by `key`: `chat` → `chat-wss-0f3a5c7e`. Always the same. */
export function nameSibling(routeName: string, key: string): string {
  return shorten(routeName, `-wss-${fnv1a(key).toString(16).padStart(16, '0').slice(0, 8)}`);
}

/** Name of the ConfigMap that tells a route's authority: `chat` → `chat-wss-ca`. */
export function nameAuthority(routeName: string): string {
  return shorten(routeName, '-wss-ca');
}

/**
 * Name of what a route has several of: `chat` at the Gateway `edge` → `chat-wss-edge-1f2e3d4c`. Its end is a hash of the route and of
 * what the identity says, because "-" may be in each part: it is the same whatever else the route has, and no other's. It leaves
 * room for {@link numberName} and a word more.
 */
export function nameOneOf(routeName: string, word: string, identity: string): string {
  const hash = fnv1a(`${routeName} ${identity}`).toString(16).padStart(16, '0').slice(-8);
  const kept = `${routeName}-wss-${word}`.slice(0, maximumLength - hash.length - '-redirect-999'.length - 1);
  return `${kept.replace(/[-.]+$/, '')}-${hash}`;
}

/** Of several objects the first has the name itself, the others a number behind it, from 2 on. */
export function numberName(name: string, index: number): string {
  return index === 0 ? name : `${name}-${index + 1}`;
}

/** Name of a listener for a host: `https-chat.example.com`, `wildcard-https-example.com`, `https` for any host. */
export function nameListener(protocol: 'HTTP' | 'HTTPS', hostname: string): string {
  const word = protocol.toLowerCase();
  if (hostname === '') return word;
  return shorten(hostname.startsWith('*.') ? `wildcard-${word}-${hostname.slice(2)}` : `${word}-${hostname}`, '');
}

/**
 * Name of an object that a route has for each of its hosts: `chat` → `chat-wss-13f05a1dc4-master`. A host is no part of a name as it is:
 * a wildcard cannot be, and long ones do not fit. 40 bits of a hash tell the hosts of one route apart; the route's name does the rest.
 */
export function nameHostChild(routeName: string, host: string, role: 'master' | 'minion'): string {
  const hash = (fnv1a(host) >> 24n).toString(16).padStart(10, '0');
  return shorten(routeName, `-wss-${hash}-${role}`);
}

/** A route's name as a label value. */
export function labelRoute(routeName: string): string {
  return shorten(routeName, '');
}

/** A name that is too long ends in a hash of the whole, as the names of ReplicaSets do. */
function shorten(name: string, suffix: string): string {
  if (name.length + suffix.length <= maximumLength) return name + suffix;
  const hash = fnv1a(name).toString(16).padStart(16, '0');
  const kept = name.slice(0, maximumLength - suffix.length - hash.length - 1).replace(/[-.]+$/, '');
  return `${kept}-${hash}${suffix}`;
}

/** FNV-1a, 64 bits: no secret, only a short name that does not meet another one by chance. */
function fnv1a(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n);
  }
  return hash;
}
