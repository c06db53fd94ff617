import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const dayMs = 24 * 3600 * 1000;

/** PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

export interface Wish {
  readonly commonName: string;
  readonly organization?: string;
  /** In the words of openssl: `DNS:localhost`, `IP:127.0.0.1`. */
  readonly altNames?: readonly string[];
  /** Days from now; default: from yesterday for 30 days. */
  readonly fromDay?: number;
  readonly untilDay?: number;
  readonly isAuthority?: boolean;
  /** Default: `serverAuth` for a server, any for an authority. */
  readonly usage?: 'serverAuth' | 'clientAuth';
  /** An object identifier. */
  readonly policy?: string;
}

/** Makes certificates with any dates, which `openssl req` of Debian 12 cannot. Its folder goes with it. */
export class CertificateMaker implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'wss-probe-'));
  #count = 0;

  /** A certificate that `issuer` signs, or that signs itself. */
  async make(wish: Wish, issuer?: Identity): Promise<Identity> {
    this.#count += 1;
    const file = (name: string) => join(this.directory, `${this.#count}-${name}`);
    const files = Object.fromEntries(
      ['key', 'csr', 'crt', 'index', 'serial', 'conf', 'ca-crt', 'ca-key'].map((name) => [name, file(name)]),
    ) as Readonly<Record<string, string>>;
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const serial = this.#count.toString(16).padStart(8, '0');
    await Promise.all([
      writeFile(files.key ?? '', key),
      writeFile(files.index ?? '', ''),
      writeFile(files.serial ?? '', `${serial}\n`),
      writeFile(files.conf ?? '', composeConfiguration(files, this.directory, wish)),
      ...(issuer === undefined
        ? []
        : [writeFile(files['ca-crt'] ?? '', issuer.certificate), writeFile(files['ca-key'] ?? '', issuer.key)]),
    ]);
    const subject = `${wish.organization === undefined ? '' : `/O=${wish.organization}`}/CN=${wish.commonName}`;
    const conf = ['-config', files.conf ?? ''];
    await run('openssl', ['req', '-new', ...conf, '-key', files.key ?? '', '-subj', subject, '-out', files.csr ?? '']);
    const signer =
      issuer === undefined
        ? ['-selfsign', '-keyfile', files.key ?? '']
        : ['-cert', files['ca-crt'] ?? '', '-keyfile', files['ca-key'] ?? ''];
    const dates = ['-startdate', toAsn1(wish.fromDay ?? -1), '-enddate', toAsn1(wish.untilDay ?? 30)];
    const order = ['-batch', '-notext', '-in', files.csr ?? '', '-out', files.crt ?? ''];
    await run('openssl', ['ca', ...conf, ...signer, ...dates, ...order]);
    return { certificate: await readFile(files.crt ?? '', 'utf8'), key };
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function composeConfiguration(files: Readonly<Record<string, string>>, directory: string, wish: Wish): string {
  const { altNames, isAuthority = false, usage = isAuthority ? undefined : 'serverAuth', policy } = wish;
  return [
    '[req]',
    'distinguished_name=name',
    'prompt=no',
    '[name]',
    '[ca]',
    'default_ca=authority',
    '[authority]',
    `database=${files.index}`,
    `serial=${files.serial}`,
    `new_certs_dir=${directory}`,
    'default_md=sha256',
    'policy=anything',
    'unique_subject=no',
    'x509_extensions=extensions',
    '[anything]',
    'organizationName=optional',
    'commonName=optional',
    '[extensions]',
    `basicConstraints=critical,CA:${isAuthority ? 'TRUE' : 'FALSE'}`,
    'subjectKeyIdentifier=hash',
    ...(isAuthority ? ['keyUsage=critical,keyCertSign,cRLSign'] : []),
    ...(usage === undefined ? [] : [`extendedKeyUsage=${usage}`]),
    ...(policy === undefined ? [] : [`certificatePolicies=${policy}`]),
    ...(altNames === undefined ? [] : [`subjectAltName=${altNames.join(',')}`]),
    '',
  ].join('\n');
}

/** GeneralizedTime: YYYYMMDDHHMMSSZ. */
function toAsn1(day: number): string {
  return new Date(Date.now() + day * dayMs).toISOString().replace(/[-:T]|\.\d+/g, '');
}
