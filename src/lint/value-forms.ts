import type { ValueForm } from './violation.ts';

/** Forms of values that Go programs read: ingress-nginx and F5's controller. */

/** `strconv.ParseBool`. */
export const bool: ValueForm = {
  accepts: (value) => /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(value),
  words: '"true" or "false"',
};

/** Whether a value that may be missing is one that `strconv.ParseBool` takes for true. */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(?:1|t|T|TRUE|true|True)$/.test(value);
}

/** `strconv.Atoi`, in 64 bits. */
export const integer: ValueForm = { accepts: isInteger, words: 'a whole number, such as "10"' };

/** `strconv.ParseUint`. */
export const count: ValueForm = {
  accepts: (value) => /^\d+$/.test(value) && BigInt(value) < 2n ** 64n,
  words: 'a whole number that is not negative, such as "10"',
};

/** One of some words. */
export function oneOf(words: readonly string[], read: (value: string) => string = (value) => value): ValueForm {
  return {
    accepts: (value) => words.includes(read(value)),
    words: words.length === 1 ? `"${words[0]}"` : `one of ${words.map((word) => `"${word}"`).join(', ')}`,
  };
}

export function matching(pattern: RegExp, words: string): ValueForm {
  return { accepts: (value) => pattern.test(value), words };
}

function isInteger(value: string): boolean {
  if (!/^[+-]?\d+$/.test(value)) return false;
  const number = BigInt(value.replace('+', ''));
  return number >= -(2n ** 63n) && number < 2n ** 63n;
}
