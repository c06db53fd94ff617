import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { version } from '../../src/cli/version.ts';
import type { AuditLog, Authorization } from './audit-log.ts';

/** What a request asks of RBAC. */
export interface Permission {
  readonly verb: string;
  /** API group; empty for the core group. */
  readonly group: string;
  /** `resource` or `resource/subresource`; the path of a request that is about no resource. */
  readonly resource: string;
}

/** What the operator did with its permissions in one rig; JSON in the folder that {@link accessFolder} names. */
export interface AccessReport {
  readonly used: readonly Permission[];
  readonly denied: readonly (Permission & { readonly user: string; readonly where: string; readonly time: string })[];
}

/** Environment variable with the folder that reports are written to; without it none are written. */
export const accessFolder = 'WSS_RIG_ACCESS';

/** Names the operator and its version, but no test that talks through the operator's transport. */
const operatorAgent = `wss-operator/${version}`;

/** Keeps account of what the operator was allowed and refused. */
export class AccessRecord {
  readonly #audit: AuditLog;
  readonly #excused: { readonly from: string; readonly to: string }[] = [];

  constructor(audit: AuditLog) {
    this.#audit = audit;
  }

  /** For a test that takes permissions away: what is denied while the action lasts is no defect. */
  async expectDenials<Result>(action: () => Promise<Result>): Promise<Result> {
    const from = new Date().toISOString();
    try {
      return await action();
    } finally {
      this.#excused.push({ from, to: new Date().toISOString() });
    }
  }

  report(): AccessReport {
    const own = this.#audit.authorizations().filter(({ userAgent }) => userAgent === operatorAgent);
    const used = new Map<string, Permission>();
    for (const each of own.filter(({ isAllowed }) => isAllowed)) {
      const { verb, group, resource } = each;
      // What every authenticated user may do is not the operator's to grant.
      if (/ of (?:Cluster)?Role "system:/.test(each.reason)) continue;
      for (const needed of each.hasCreated ? [verb, 'create'] : [verb]) {
        used.set(`${needed} ${group} ${resource}`, { verb: needed, group, resource });
      }
    }
    const denied = own.filter((each) => !each.isAllowed && !this.#isExcused(each));
    return {
      used: [...used.values()],
      denied: denied.map(({ verb, group, resource, user, namespace, time }) => ({
        ...{ verb, group, resource, user, time },
        where: namespace === '' ? 'in the whole cluster' : `in namespace ${namespace}`,
      })),
    };
  }

  /** Writes the report where the runner looks for it. */
  async save(): Promise<void> {
    const folder = process.env[accessFolder];
    if (folder) await writeFile(join(folder, `${randomUUID()}.json`), JSON.stringify(this.report()));
  }

  #isExcused({ time }: Authorization): boolean {
    return this.#excused.some(({ from, to }) => from <= time && time <= to);
  }
}
