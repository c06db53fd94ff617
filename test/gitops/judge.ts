import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ApiObject } from '../support/admin-client.ts';
import { partDirectory } from '../support/build-parts.ts';

const gitops = join(import.meta.dirname, '../../deploy/gitops');

export const customization = join(gitops, 'argocd/resource_customizations/wssroute.dev/WssRoute');
export const healthScript = join(customization, 'health.lua');
export const fluxRoutes = join(gitops, 'flux/routes.yaml');

export interface Verdict {
  readonly status: string;
  readonly message?: string;
}

/** What each tool makes of one object, in the tool's own words. */
export interface Verdicts {
  readonly kstatus: Verdict;
  readonly argo: Verdict;
  readonly flux: Verdict;
  /** Whether `kubectl wait --for=condition=Ready` would end. */
  readonly isWaitOver: boolean;
}

/** The verdicts on each of the objects, in their order. */
export async function judgeHealth(objects: readonly ApiObject[], lua = healthScript): Promise<readonly Verdicts[]> {
  return (await judge(['health', '-lua', lua, '-flux', fluxRoutes], objects)) as readonly Verdicts[];
}

/** What a script of an Argo CD action returns for an object. */
export async function runLua(lua: string, object: ApiObject): Promise<ApiObject> {
  return (await judge(['lua', '-lua', lua], [object]))[0];
}

async function judge(args: readonly string[], objects: readonly ApiObject[]): Promise<readonly ApiObject[]> {
  const child = spawn(join(partDirectory('judge'), 'judge'), args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  child.stdin.end(objects.map((object) => `${JSON.stringify(object)}\n`).join(''));
  const output = await text(child.stdout);
  const [code] = await exit;
  if (code !== 0) throw new Error(`the judge has ended with ${code}`);
  const answers = output.split('\n').filter((line) => line !== '');
  if (answers.length !== objects.length) throw new Error(`${answers.length} answers for ${objects.length} objects`);
  return answers.map((line) => JSON.parse(line));
}
