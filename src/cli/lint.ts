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
  /** `spec.controller` of classes that are not among the files. */
  readonly controller?: string;
  readonly output: 'text' | 'json';
}

/** `wss lint`: judges Ingresses whoever wrote them. Returns the exit code: 1 when something does not work, or cannot be read. */
export async function lint(flags: LintFlags): Promise<number> {
  const wrong = judgeFlags(flags);
  if (wrong !== undefined) return complain(wrong, usageError);
  if (flags.filename !== undefined) return print(lintDocuments(await readFiles(flags.filename), flags), flags);
  return withCluster(flags, async (cluster) => {
    try {
      return print(await lintCluster(cluster, flags.namespace), flags);
    } catch (error) {
      if (!(error instanceof ApiError) || classify(error) !== 'forbidden') throw error;
      return complain(`Ingresses cannot be read: ${error.serverMessage}`, inputError);
    }
  });
}

function judgeFlags({ filename, all, namespace, kubeconfig, context, controller }: LintFlags): string | undefined {
  if ((filename === undefined) === (all !== true)) return 'give either -f FILE or --all';
  if (filename === undefined && controller !== undefined) return '--controller goes with -f FILE';
  const cluster = Object.entries({ namespace, kubeconfig, context }).find(([, value]) => value !== undefined);
  return filename === undefined || cluster === undefined ? undefined : `--${cluster[0]} goes with --all`;
}

function print(report: LintReport, { output }: LintFlags): number {
  for (const note of report.notes) process.stderr.write(`note: ${note}\n`);
  process.stdout.write(output === 'json' ? `${JSON.stringify(toJson(report), null, 2)}\n` : formatReport(report));
  return hasErrors(report) ? inputError : 0;
}

function complain(because: string, exitCode: number): number {
  process.stderr.write(`error: ${because}\n`);
  return exitCode;
}
