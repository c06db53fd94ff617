/** Version of an ingress controller, as far as features depend on it. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

const pattern = /^v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?$/;

/** Reads `1.12`, `1.12.3` and `v1.12.3`. The schema has checked the form. */
export function parseVersion(text: string): Version {
  const match = pattern.exec(text);
  if (match === null) throw new Error(`not a version: "${text}"`);
  const [, major, minor, patch = '0'] = match;
  return { major: Number(major), minor: Number(minor), patch: Number(patch) };
}

/** For dialects that take a version that nobody has told for the newest. */
export const newestVersion: Version = { major: Number.POSITIVE_INFINITY, minor: 0, patch: 0 };

/** Whether a version is `major.minor` or newer. What one is taken for that nobody has told, each dialect says for itself. */
export function isSince(version: Version, major: number, minor: number): boolean {
  return version.major > major || (version.major === major && version.minor >= minor);
}
