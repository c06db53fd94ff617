import { createAuthority, createSigningKeys, issueCertificate, type KeyPair } from './certificates.ts';

/** What the control plane and its first administrator prove themselves with. */
export interface ControlPlaneKeys {
  readonly authority: KeyPair;
  readonly server: KeyPair;
  readonly admin: KeyPair;
  readonly serviceAccounts: { readonly privateFile: string; readonly publicFile: string };
}

export async function createControlPlaneKeys(directory: string): Promise<ControlPlaneKeys> {
  const authority = await createAuthority(directory, 'kubernetes-ca');
  const [server, admin, serviceAccounts] = await Promise.all([
    issueCertificate(directory, authority, {
      name: 'apiserver',
      commonName: 'kube-apiserver',
      // The second address is that of the Service `kubernetes`, see pod.ts.
      altNames: ['IP:127.0.0.1', 'IP:10.96.0.1', 'DNS:localhost', 'DNS:kubernetes.default.svc'],
      usage: 'serverAuth',
    }),
    issueCertificate(directory, authority, {
      name: 'admin',
      commonName: 'rig-admin',
      organizations: ['system:masters'],
      usage: 'clientAuth',
    }),
    createSigningKeys(directory),
  ]);
  return { authority, server, admin, serviceAccounts };
}
