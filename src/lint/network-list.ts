import { isIP } from 'node:net';

/** Addresses and networks with commas, as ingress-nginx reads them (internal/net/ipnet.go `ParseCIDRs`); Go refuses zones and leading zeros. */
export function isNetworkList(text: string): boolean {
  return text.split(',').every((part) => isNetwork(part.trim()));
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || address.includes('%') || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
