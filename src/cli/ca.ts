import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { escapeUnseen } from '../api/text.ts';
import { loadClusterAccess } from '../kube/credentials.ts';
import { describe } from '../kube/errors.ts';
import { Transport } from '../kube/transport.ts';
import { labelRoute } from '../route/names.ts';
import { type AuthorityFacts, describeAuthority, readAuthority } from './describe-authority.ts';
import { inputError, usageError } from './exit-codes.ts';
import { type Finding, findAuthority } from './find-authority.ts';
import { type RouteName, readRouteName } from './route-name.ts';
import { formatTrustSteps } from './trust-steps.ts';
import { version } from './version.ts';

/** The flags of `wss ca`, as commander reads them. */
export interface CaFlags {
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `wss ca`: the certificate that clients of a route have to trust. Returns the exit code: 1 when it cannot be found or written. */
export async function ca(text: string, flags: CaFlags): Promise<number> {
  const route = readRouteName(text, flags.namespace);
  if (!route.isValid) return refuse(route.because, usageError);
  if (flags.force === true && flags.out === undefined)
    return refuse('--force overwrites the file of --out: name it', usageError);
  let finding: Finding;
  try {
    finding = await ask(route, flags);
  } catch (error) {
    return refuse(describe(error), inputError);
  }
  for (const remark of finding.remarks) say(`warning: ${escapeUnseen(remark)}`);
  if (!finding.isFound) return refuse(finding.because, inputError);
  const facts = readAuthority(finding);
  return await present(facts, route.name, flags);
}

async function ask({ name, namespace }: Extract<RouteName, { isValid: true }>, flags: CaFlags): Promise<Finding> {
  const access = await loadClusterAccess({ kubeconfig: flags.kubeconfig, context: flags.context, env: process.env });
  const transport = new Transport({ access, version });
  try {
    return await findAuthority(transport, { namespace: namespace ?? access.currentNamespace, name });
  } finally {
    await transport.close();
  }
}

async function present(facts: AuthorityFacts, routeName: string, { out, force, json }: CaFlags): Promise<number> {
  const isNeeded = !facts.isPubliclyTrusted;
  if (out !== undefined) {
    const failure = await write(out, facts.pem, force === true);
    if (failure !== undefined) return refuse(failure, inputError);
  }
  if (json === true) process.stdout.write(`${JSON.stringify(facts, null, 2)}\n`);
  else if (isNeeded && out === undefined) process.stdout.write(facts.pem);
  for (const line of describeAuthority(facts, new Date())) say(line);
  if (out !== undefined) say(`written to   ${escapeUnseen(out)}`);
  if (!isNeeded) {
    say('\nBrowsers and systems bring this root along: there is nothing to install.');
    const use = 'is for programs that have no roots of their own; a renewed certificate may lead to another root';
    say(out === undefined ? `A file of it (--out) ${use}.` : `The file ${use}.`);
    return 0;
  }
  const alias = `${labelRoute(routeName).replaceAll('.', '-')}-ca`;
  const file = out ?? `${alias}.crt`;
  if (json !== true) say(`\n${formatTrustSteps({ file: escapeUnseen(file), alias })}`);
  return 0;
}

/** Why the file could not be written, or undefined. */
async function write(file: string, pem: string, isForced: boolean): Promise<string | undefined> {
  try {
    await writeFile(file, pem, { flag: isForced ? 'w' : 'wx' });
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return `${basename(file)} is there already: name another file, or overwrite it with --force`;
    return `--out ${file}: ${message}`;
  }
}

function refuse(because: string, exitCode: number): number {
  say(`error: ${escapeUnseen(because)}`);
  return exitCode;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
