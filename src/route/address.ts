import { isIP, SocketAddress } from 'node:net';

/** No zones and no IPv4-mapped addresses, as in Kubernetes (https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-ip-address-library). */
export function isKubernetesIp(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%') && !isMapped(text);
}

/** Whether it is IPv4 in IPv6's clothes, however it is spelt: ::ffff:192.0.2.1, ::ffff:c000:201, 0:0:0:0:0:ffff:c000:201. */
function isMapped(address: string): boolean {
  if (isIP(address) !== 6) return false;
  return /^::ffff:\d+\./.test(new SocketAddress({ address, family: 'ipv6' }).address);
}

/** An address of that kind, `/`, and the number of leading bits without leading zeros. */
export function isKubernetesCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  if (rest.length > 0 || !isKubernetesIp(address) || !/^(0|[1-9]\d*)$/.test(bits)) return false;
  return Number(bits) <= (isIP(address) === 4 ? 32 : 128);
}
