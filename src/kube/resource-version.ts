const isDecimal = /^(0|[1-9][0-9]*)$/;

/**
 * Orders two resourceVersions of one kind: negative when `a` is older than `b`.
 * Decimal numbers of any length (KEP-5504), so they are compared as text: the longer one is the newer one.
 * Whatever is not a decimal number counts as older than all others.
 */
export function compareResourceVersions(a: string, b: string): number {
  if (a === b) return 0;
  if (!isDecimal.test(a)) return -1;
  if (!isDecimal.test(b)) return 1;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}
