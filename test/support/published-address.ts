/**
 * What ingress-nginx publishes as the address of every Ingress, and where it is reached in the sandbox: on the loopback
 * device, with an address of the range for documentation (RFC 5737), so that it is not a loopback address.
 */
export const PUBLISHED_ADDRESS = '192.0.2.10';
