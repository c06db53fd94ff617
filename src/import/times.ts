const nginxTime =
  /^(?:(\d+)y)?\s*(?:(\d+)M)?\s*(?:(\d+)w)?\s*(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m(?!s))?\s*(?:(\d+)(?:s|(?=\s|$)))?\s*(?:(\d+)ms)?$/;
const secondsOfUnits = [31_536_000, 2_592_000, 604_800, 86_400, 3600, 60, 1, 0.001];

/** Seconds of a time as nginx writes it, such as `3600`, `3600s`, `1h 30m`; undefined where it is none. https://nginx.org/en/docs/syntax.html */
export function parseNginxTime(text: string): number | undefined {
  const match = text.trim() === '' ? null : nginxTime.exec(text.trim());
  if (match === null) return undefined;
  return match.slice(1).reduce((sum, digits, index) => sum + Number(digits ?? 0) * (secondsOfUnits[index] ?? 0), 0);
}

const goDuration = /^(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?$/;

/** Seconds of a duration as Go writes it, such as `2160h0m0s`; undefined where it is none. */
export function parseGoDuration(text: string): number | undefined {
  const match = text === '' ? null : goDuration.exec(text);
  if (match === null) return undefined;
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** A whole number as Go reads it (`strconv.Atoi`); undefined where it is none. */
export function parseInteger(text: string): number | undefined {
  return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** A truth value as Go reads it (`strconv.ParseBool`); undefined where it is none. */
export function parseTruth(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
  return undefined;
}

/** A duration as routes write it: 5400 → `1h30m`. */
export function formatDuration(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = seconds % 60;
  const parts = [hours > 0 && `${hours}h`, minutes > 0 && `${minutes}m`, rest > 0 && `${rest}s`].filter(Boolean);
  return parts.length === 0 ? '0s' : parts.join('');
}
