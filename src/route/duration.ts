const pattern = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/** Whole seconds of a duration as routes write it: `1h`, `36h30m`, `90s`. The schema has checked the form. */
export function parseSeconds(duration: string): number {
  const match = pattern.exec(duration);
  if (match === null || duration === '') throw new Error(`not a duration: "${duration}"`);
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
