/** A span as Envoy Gateway takes it (`^([0-9]{1,5}(h|m|s|ms)){1,4}$`): 5400 → `1h30m`. */
export function formatSpan(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [seconds % 60, 's'],
  ] as const;
  return parts.map(([count, unit]) => (count === 0 ? '' : `${count}${unit}`)).join('') || '0s';
}

/** A span as NGINX Gateway Fabric takes it, four digits and one unit (`^[0-9]{1,4}(ms|s|m|h)?$`): rounded up where it must be. */
export function roundForNginx(seconds: number): { readonly text: string; readonly seconds: number } {
  const units = [
    [1, 's'],
    [60, 'm'],
    [3600, 'h'],
  ] as const;
  for (const [size, unit] of units) {
    const count = Math.ceil(seconds / size);
    if (count <= 9999) return { text: `${count}${unit}`, seconds: count * size };
  }
  return { text: '9999h', seconds: 9999 * 3600 };
}
