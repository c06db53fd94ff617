/** Networks of a list, as routes write them: a single address becomes a network of its own. */
export function readNetworks(text: string): readonly string[] {
  const networks = text.split(',').map((item) => item.trim());
  return [...new Set(networks.filter((item) => item !== '').map(toNetwork))];
}

function toNetwork(address: string): string {
  if (address.includes('/')) return address;
  return `${address}/${address.includes(':') ? 128 : 32}`;
}
