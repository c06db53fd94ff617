import { ApiError, classify } from '../kube/errors.ts';
import { inputError, usageError } from './exit-codes.ts';
import { lintCluster } from './lint-cluster.ts';
import { lintDocuments } from './lint-documents.ts';
import { formatReport, hasErrors, type LintReport, toJson } from './lint-report.ts';
import { readFiles } from './read-files.ts';
import { withCluster } from './with-cluster.ts';

export interface LintFlags {
  readonly filename?: readonly string[];
  readonly all?: boolean;
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly output: 'text' | 'json';
}

/** `wss lint`: judges Ingresses whoever wrote them. Returns the exit code: 1 when something does not work, or cannot be read. */
export async function lint(flags: LintFlags): Promise<number> {
  const wrong = judgeFlags(flags);
  if (wrong !== undefined) return complain(wrong, usageError);
  if (flags.filename !== undefined) return print(lintDocuments(await readFiles(flags.filename)), flags);
  return withCluster(flags, async (cluster) => {
    try {
      const { report, notes } = await lintCluster(cluster, flags.namespace);
      for (const note of notes) process.stderr.write(`note: ${note}\n`);
      return print(report, flags);
    } catch (error) {
      if (!(error instanceof ApiError) || classify(error) !== 'forbidden') throw error;
      return complain(`Ingresses cannot be read: ${error.serverMessage}`, inputError);
    }
  });
}

function judgeFlags({ filename, all, namespace, kubeconfig, context }: LintFlags): string | undefined {
  if ((filename === undefined) === (all !== true)) return 'give either -f FILE or --all';
  const cluster = Object.entries({ namespace, kubeconfig, context }).find(([, value]) => value !== undefined);
  return filename === undefined || cluster === undefined ? undefined : `--${cluster[0]} goes with --all`;
}

function print(report: LintReport, { output }: LintFlags): number {
  process.stdout.write(output === 'json' ? `${JSON.stringify(toJson(report), null, 2)}\n` : formatReport(report));
  return hasErrors(report) ? inputError : 0;
}

function complain(because: string, exitCode: number): number {
  process.stderr.write(`error: ${because}\n`);
  return exitCode;
}
