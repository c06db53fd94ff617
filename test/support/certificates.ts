import { execFile } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const DAYS = '30';

/** Files with a certificate and its private key, PEM. */
export interface KeyPair {
  readonly certificateFile: string;
  readonly keyFile: string;
}

export interface CertificateRequest {
  /** Names the files. */
  readonly name: string;
  readonly commonName: string;
  readonly organizations?: readonly string[];
  /** In the words of openssl: `DNS:localhost`, `IP:127.0.0.1`. */
  readonly altNames?: readonly string[];
  readonly usage: 'serverAuth' | 'clientAuth';
}

/** A self-signed authority. */
export async function createAuthority(directory: string, name: string): Promise<KeyPair> {
  const files = filesOf(directory, name);
  const extensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
  await openssl([...newKey(files), '-subj', `/CN=${name}`, ...extensions.flatMap((each) => ['-addext', each])]);
  return files;
}

/** A certificate that the authority signs. */
export async function issueCertificate(
  directory: string,
  authority: KeyPair,
  request: CertificateRequest,
): Promise<KeyPair> {
  const files = filesOf(directory, request.name);
  const organizations = (request.organizations ?? []).map((each) => `/O=${escapeSubject(each)}`).join('');
  const extensions = [
    'basicConstraints=critical,CA:FALSE',
    `extendedKeyUsage=${request.usage}`,
    ...(request.altNames === undefined ? [] : [`subjectAltName=${request.altNames.join(',')}`]),
  ];
  await openssl([
    ...newKey(files),
    ...['-CA', authority.certificateFile, '-CAkey', authority.keyFile],
    ...['-subj', `${organizations}/CN=${escapeSubject(request.commonName)}`],
    ...extensions.flatMap((each) => ['-addext', each]),
  ]);
  return files;
}

/** A key pair to sign tokens of service accounts with: `certificateFile` holds the public key. */
export async function createSigningKeys(directory: string): Promise<{ privateFile: string; publicFile: string }> {
  const privateFile = join(directory, 'service-account.key');
  const publicFile = join(directory, 'service-account.pub');
  await run('openssl', ['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', privateFile]);
  const publicKey = createPublicKey(await readFile(privateFile));
  await writeFile(publicFile, publicKey.export({ type: 'spki', format: 'pem' }));
  return { privateFile, publicFile };
}

function filesOf(directory: string, name: string): KeyPair {
  return { certificateFile: join(directory, `${name}.crt`), keyFile: join(directory, `${name}.key`) };
}

function newKey(files: KeyPair): readonly string[] {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-keyout', files.keyFile];
  return ['req', '-x509', ...key, '-out', files.certificateFile, '-days', DAYS];
}

function escapeSubject(value: string): string {
  return value.replaceAll(/[\\/+]/g, (character) => `\\${character}`);
}

async function openssl(args: readonly string[]): Promise<void> {
  await run('openssl', [...args]);
}
