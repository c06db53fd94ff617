/**
 * Hosts that are this computer, which browsers trust without TLS (Secure Contexts, "potentially trustworthy origin"; Chromium's
 * net::IsLocalhost): an https page may open ws://localhost.
 */
export function isLoopback(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '');
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(?:\.\d+){3}$/.test(name);
}
