/** `MicroTime` (meta/v1): RFC 3339 with microseconds, which Events and Leases insist on. */
export function microTime(at: Date): string {
  return at.toISOString().replace('Z', '000Z');
}
