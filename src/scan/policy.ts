import type { Policy } from './page.ts';

/** Reads the value of a `Content-Security-Policy` header: policies are separated by commas (CSP3, "parse a response's CSPs"). */
export function readHeader(value: string, place: string): readonly Policy[] {
  return value.split(',').flatMap((text) => readPolicy(text, place));
}

/**
 * Reads `<meta http-equiv="Content-Security-Policy" content>`, one policy. What a meta element may not set is left out; none of
 * it has to do with connections (CSP3, "The <meta> element").
 */
export function readMeta(content: string, place: string): readonly Policy[] {
  return readPolicy(content, place);
}

function readPolicy(text: string, place: string): readonly Policy[] {
  const directives = new Map<string, string>();
  for (const part of text.split(';')) {
    const [, name = '', value = ''] = /^[\t\n\f\r ]*([^\t\n\f\r ]+)([\s\S]*)$/.exec(part) ?? [];
    const key = name.toLowerCase();
    if (key !== '' && !directives.has(key)) directives.set(key, value.trim());
  }
  return directives.size === 0 ? [] : [{ directives, place }];
}

/** The directive that rules connections, or undefined when the policy says nothing about them. */
export function findConnectDirective({
  directives,
}: Policy): { readonly name: string; readonly value: string } | undefined {
  for (const name of ['connect-src', 'default-src']) {
    const value = directives.get(name);
    if (value !== undefined) return { name, value };
  }
  return undefined;
}
