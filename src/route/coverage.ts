/** The hosts that a certificate's names do not cover. A wildcard covers exactly one label (RFC 6125, section 6.4.3). */
export function findUncovered(hosts: readonly string[], dnsNames: readonly string[]): readonly string[] {
  return hosts.filter((host) => host !== '' && !dnsNames.some((name) => covers(name, host)));
}

/** Whether a certificate's name, or a route's host, stands for a host. */
export function covers(name: string, host: string): boolean {
  if (name === host) return true;
  return name.startsWith('*.') && host.slice(host.indexOf('.') + 1) === name.slice(2);
}
