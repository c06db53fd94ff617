import { readFile } from 'node:fs/promises';
import { createAuthority, issueCertificate } from './certificates.ts';
import type { Rig } from './rig.ts';

/** PEM of all three. */
export interface IssuedPair {
  readonly cert: string;
  readonly key: string;
  /** The root that clients are to trust. */
  readonly ca: string;
}

/** A certificate for some host names, of a root of its own: for tests that need no cert-manager. */
export async function issuePair({ directory }: Pick<Rig, 'directory'>, hosts: readonly string[]): Promise<IssuedPair> {
  const [name = ''] = hosts;
  const file = name.replace('*', 'any');
  const authority = await createAuthority(directory, `root-of-${file}`);
  const request = { name: file, commonName: name, altNames: hosts.map((host) => `DNS:${host}`) };
  const { certificateFile, keyFile } = await issueCertificate(directory, authority, {
    ...request,
    usage: 'serverAuth',
  });
  const [cert = '', key = '', ca = ''] = await Promise.all(
    [certificateFile, keyFile, authority.certificateFile].map((each) => readFile(each, 'utf8')),
  );
  return { cert, key, ca };
}

export async function createTlsSecret(
  { client }: Pick<Rig, 'client'>,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { cert, key }: IssuedPair,
): Promise<void> {
  const secret = { metadata: { name }, type: 'kubernetes.io/tls', stringData: { 'tls.crt': cert, 'tls.key': key } };
  await client.create(`/api/v1/namespaces/${namespace}/secrets`, secret);
}
