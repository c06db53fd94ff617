import type { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';

/** Whether it is the one that ingress-nginx makes for itself and shows where it has no other. */
export function isFakeCertificate(certificate: X509Certificate): boolean {
  // A certificate of cert-manager has no subject at all, against the type.
  const subject: string | undefined = certificate.subject;
  return subject?.includes('Kubernetes Ingress Controller Fake Certificate') === true;
}

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
