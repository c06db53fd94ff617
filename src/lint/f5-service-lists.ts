import type { ServiceForm } from './f5-annotations.ts';

export interface Refusal {
  /** In words that follow the value. */
  readonly because: string;
  readonly effect: 'rejected' | 'ignored';
}

/** Why a list of Services is refused; undefined where it is not. A cookie for a Service that is none of the Ingress is only ignored. */
export function judgeServiceList(form: ServiceForm, value: string, services: ReadonlySet<string>): Refusal | undefined {
  const names =
    form === 'services' ? value.split(',') : readEntries(value, form === 'rewrites' ? readRewrite : readSticky);
  const misspelt = 'because' in names ? names.because : form === 'services' ? judgeNames(names, services) : undefined;
  if (misspelt !== undefined) return { because: misspelt, effect: 'rejected' };
  const unknown = (names as readonly string[]).filter((name) => !services.has(name));
  if (unknown.length === 0) return undefined;
  const list = unknown.map((name) => `"${name}"`).join(', ');
  const because = `must name Services of this Ingress' own paths only, ${list} is none: ${sayWhich(services)}`;
  return { because, effect: form === 'stickyServices' ? 'ignored' : 'rejected' };
}

/** Split at commas and nothing else, so that a blank belongs to the name (`ParseServiceList`). */
function judgeNames(names: readonly string[], services: ReadonlySet<string>): string | undefined {
  if (names.some((name) => name === ''))
    return `must have a name between its commas, and none at its end: ${sayWhich(services)}`;
  if (names.some((name) => /\s/.test(name)))
    return `must have no blanks, they would belong to the names: ${sayWhich(services)}`;
  return undefined;
}

function sayWhich(services: ReadonlySet<string>): string {
  return services.size === 0 ? 'it has no paths, remove it' : `write "${[...services].join(',')}" or some of them`;
}

type Entry = { readonly name: string } | { readonly because: string };

function readEntries(value: string, read: (part: string) => Entry): readonly string[] | { readonly because: string } {
  const names: string[] = [];
  for (const part of value.split(';')) {
    const entry = read(part);
    if ('because' in entry) return entry;
    names.push(entry.name);
  }
  return names;
}

/** `parseRewrites`. */
function readRewrite(part: string): Entry {
  const [, name, path] = /^\s*serviceName=([^=\s]*) rewrite=([^=]*?)\s*$/.exec(part) ?? [];
  if (name === undefined || path === undefined) {
    return { because: 'must be "serviceName=NAME rewrite=/PATH", with ; between several and none at the end' };
  }
  if (!/^\/[^\s{};$]*$/.test(path))
    return { because: 'must rewrite to a path that begins with / and has no blanks, {, }, ; or $' };
  return { name };
}

/** `parseStickyService`: blanks before `serviceName` would make it another key, and blanks after it begin the cookie. */
function readSticky(part: string): Entry {
  const [, name, cookie] = /^serviceName=([^=\s]+) (\S.*)$/.exec(part) ?? [];
  if (name === undefined || cookie === undefined) {
    return {
      because:
        'must be "serviceName=NAME COOKIE [expires=1h] [path=/ws] …", with ; and no blank between several and none at the end',
    };
  }
  if (!/^(?:[^"$\\]|\\[^$])*$/.test(cookie))
    return { because: "must have every '\"' escaped, no $ and no \\ at its end" };
  return { name };
}
