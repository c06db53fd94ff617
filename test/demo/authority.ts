import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stage } from './stage.ts';

/** Name of what signs the root, of its Certificate and of its Secret. */
const root = 'demo-root';

/** Who the certificates of the demo are verified with. */
export interface Authority {
  /** The root's certificate, PEM. */
  readonly rootPem: string;
  readonly rootFile: string;
}

/** Makes the issuer of the stage: a private authority, its key made by cert-manager. */
export async function createAuthority({ kubectl, issuer, directory }: Stage): Promise<Authority> {
  const { kind, name, namespace } = issuer;
  const apiVersion = 'cert-manager.io/v1';
  const selfSigned = { apiVersion, kind: 'Issuer', metadata: { namespace, name: root }, spec: { selfSigned: {} } };
  const certificate = {
    apiVersion,
    kind: 'Certificate',
    metadata: { namespace, name: root },
    spec: {
      isCA: true,
      commonName: 'wss-operator demo root',
      secretName: root,
      duration: '720h',
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never' },
      issuerRef: { name: root, kind: 'Issuer' },
    },
  };
  const metadata = { name, ...(kind === 'Issuer' && { namespace }) };
  await kubectl.apply([selfSigned, certificate]);
  await waitForReady('certificate', root);
  await kubectl.apply([{ apiVersion, kind, metadata, spec: { ca: { secretName: root } } }]);
  await waitForReady(kind.toLowerCase(), name);

  const secret = await kubectl.getJson('secret', root, `--namespace=${namespace}`);
  const rootPem = Buffer.from(secret.data['tls.crt'], 'base64').toString('utf8');
  const rootFile = join(directory, 'root.pem');
  await writeFile(rootFile, rootPem);
  return { rootPem, rootFile };

  async function waitForReady(resource: string, which: string): Promise<void> {
    const what = `${resource}.cert-manager.io/${which}`;
    await kubectl.run(['wait', '--for=condition=Ready', what, `--namespace=${namespace}`, '--timeout=90s']);
  }
}
