import { writeFile } from 'node:fs/promises';
import type { KeyPair } from './certificates.ts';

export interface KubeconfigOptions {
  readonly file: string;
  readonly server: string;
  readonly authorityFile: string;
  readonly credentials: KeyPair | { readonly token: string };
}

/** Writes a kubeconfig (JSON is YAML) and returns its path. */
export async function writeKubeconfig(options: KubeconfigOptions): Promise<string> {
  const { credentials } = options;
  const user =
    'token' in credentials
      ? { token: credentials.token }
      : { 'client-certificate': credentials.certificateFile, 'client-key': credentials.keyFile };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'rig', cluster: { server: options.server, 'certificate-authority': options.authorityFile } }],
    users: [{ name: 'rig', user }],
    contexts: [{ name: 'rig', context: { cluster: 'rig', user: 'rig', namespace: 'default' } }],
    'current-context': 'rig',
  };
  await writeFile(options.file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  return options.file;
}
