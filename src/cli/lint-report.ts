import type { KubeObject } from '../api/objects.ts';
import { formatProblem, quoteValue } from '../api/problem.ts';
import { escapeUnseen } from '../api/text.ts';
import type { Finding } from '../lint/finding.ts';
import { findingReasons } from '../lint/finding-reasons.ts';

/** All that a run of `wss lint` has to say. */
export interface LintReport {
  readonly findings: readonly Finding[];
  /** Where an object was read from; those of a cluster have no such place. */
  readonly places: ReadonlyMap<KubeObject, string>;
  /** Documents that could not be read, a line each. */
  readonly unreadable: readonly string[];
  /** Ingresses that were judged. */
  readonly ingresses: number;
  /** What could not be known, and what follows from that. */
  readonly notes: readonly string[];
}

export function hasErrors({ findings, unreadable }: LintReport): boolean {
  return unreadable.length > 0 || findings.some(({ severity }) => severity === 'error');
}

/** A line for each finding: `error: FILE: Ingress NAMESPACE/NAME: FIELD: found …, must … (Reason)`. */
export function formatFindings({ findings, places }: Pick<LintReport, 'findings' | 'places'>): readonly string[] {
  return findings.map((finding) => {
    const place = places.get(finding.object);
    const where = `${place === undefined ? '' : `${place}: `}${nameOf(finding.object)}`;
    return escapeUnseen(`${finding.severity}: ${where}: ${formatProblem(finding)} (${finding.reason})`);
  });
}

/** A note for each class of which nobody has said whose it is. */
export function noteUnknown(classes: readonly string[], cure: string): readonly string[] {
  return classes.map((name) => {
    const what = name === '' ? 'the default IngressClass' : `IngressClass ${quoteValue(name)}`;
    return `${what} is not ${cure}: its Ingresses are judged by the annotations that they have, those without by nothing`;
  });
}

export function formatReport(report: LintReport): string {
  const { findings, unreadable, ingresses } = report;
  const errors = findings.filter(({ severity }) => severity === 'error').length + unreadable.length;
  const counts = `${count(errors, 'error')} and ${count(findings.length + unreadable.length - errors, 'warning')} in ${count(ingresses, 'Ingress', 'Ingresses')}`;
  return [...unreadable.map((line) => `error: ${line}`), ...formatFindings(report), counts]
    .map((line) => `${line}\n`)
    .join('');
}

export function toJson({ findings, places, unreadable, ingresses, notes }: LintReport): unknown {
  return {
    findings: findings.map((finding) => ({
      severity: finding.severity,
      reason: finding.reason,
      ...(places.has(finding.object) && { file: places.get(finding.object) }),
      object: {
        kind: finding.object.kind,
        namespace: finding.object.metadata.namespace,
        name: finding.object.metadata.name,
      },
      path: finding.path,
      found: finding.found,
      expected: finding.expected,
      message: formatProblem(finding),
      cure: findingReasons[finding.reason].cure,
    })),
    unreadable,
    ingresses,
    notes,
  };
}

function nameOf({ kind, metadata: { namespace, name } }: KubeObject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
