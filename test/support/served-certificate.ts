import type { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';

/** Subject of the certificate that ingress-nginx makes for itself and shows where it has no other. */
export const FAKE_CERTIFICATE = 'Kubernetes Ingress Controller Fake Certificate';

/** The certificate that a client is shown, unverified. Without a name the client sends none (SNI). */
export function readServedCertificate(address: string, name = ''): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port: 443, servername: name, rejectUnauthorized: false, timeout: 10_000 });
    socket.on('timeout', () => socket.destroy(new Error(`no TLS with ${address} in 10 s`)));
    socket.on('error', reject);
    socket.on('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate();
      socket.destroy();
      if (certificate === undefined) reject(new Error(`${address} shows no certificate`));
      else resolve(certificate);
    });
  });
}
