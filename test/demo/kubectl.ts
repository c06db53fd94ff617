import { execFile, spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { partDirectory } from '../support/build-parts.ts';

const execute = promisify(execFile);

export interface KubectlSettings {
  readonly command: string;
  readonly kubeconfig: string;
  readonly cacheDirectory: string;
  /** Ends what runs. */
  readonly signal?: AbortSignal;
  /** Is told of every process that is not over soon. */
  readonly guard?: (pid: number) => void;
}

/** The real kubectl, for everything that the demo does in place of a person. */
export class Kubectl {
  readonly #settings: KubectlSettings;

  constructor(settings: KubectlSettings) {
    this.#settings = settings;
  }

  /** Its standard output; what it complains about becomes the error. */
  async run(args: readonly string[], stdin = ''): Promise<string> {
    const { command, signal } = this.#settings;
    const running = execute(command, [...args], { env: this.#env(), maxBuffer: 64 * 1024 * 1024, signal });
    running.child.stdin?.on('error', () => {}); // It may end before it has read everything; its exit code tells why.
    running.child.stdin?.end(stdin);
    try {
      return (await running).stdout;
    } catch (cause) {
      const { stderr, message } = cause as { readonly stderr?: string; readonly message: string };
      throw new Error(`kubectl ${args.join(' ')}: ${stderr?.trim() || message}`, { cause });
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: an object of any kind, as the API server has it.
  async getJson(...args: readonly string[]): Promise<any> {
    return JSON.parse(await this.run(['get', ...args, '--output=json']));
  }

  /** Server-side apply, as the operator does it. */
  apply(objects: readonly object[]): Promise<string> {
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    return this.run(['apply', '--server-side', '--filename=-'], list);
  }

  /** Calls back for every line that `kubectl get --watch` prints, until the signal of the settings aborts. */
  async watch(args: readonly string[], onLine: (line: string) => void): Promise<void> {
    const { command, signal, guard } = this.#settings;
    while (signal?.aborted !== true) {
      const child = spawn(command, ['get', ...args, '--watch'], {
        stdio: ['ignore', 'pipe', 'ignore'],
        env: this.#env(),
        signal,
      });
      if (child.pid !== undefined) guard?.(child.pid);
      child.on('error', () => {}); // Aborted, or not there, which every other call reports.
      for await (const line of createInterface({ input: child.stdout })) onLine(line);
      // The API server ends every watch after a while.
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  #env(): NodeJS.ProcessEnv {
    const { kubeconfig, cacheDirectory } = this.#settings;
    return { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: cacheDirectory };
  }
}

/** `kubectl` where it is on the PATH, or else the one that the rig has built; undefined where there is neither. */
export function findKubectl(): string | undefined {
  const onPath = (process.env.PATH ?? '').split(delimiter).some((directory) => isProgram(join(directory, 'kubectl')));
  if (onPath) return 'kubectl';
  const built = builtKubectl();
  return existsSync(built) ? built : undefined;
}

export function builtKubectl(): string {
  return join(partDirectory('kubernetes'), 'kubectl');
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
