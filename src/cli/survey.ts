import { escapeUnseen } from '../api/text.ts';
import type { Finding } from '../scan/finding.ts';
import type { JudgedSocket, Scan } from '../scan/scan-document.ts';

/** What a scan of many files or of a page found. */
export interface Survey {
  readonly files: number;
  readonly findings: readonly Finding[];
  readonly sockets: readonly JudgedSocket[];
  /** WebSockets whose URL is known at run time only. */
  readonly unknown: number;
  /** What was left out or not understood, and which way the page was reached. */
  readonly notes: readonly string[];
}

/** Puts scans together. A script of several pages is found once where the verdict is the same. */
export function summarize(files: number, scans: readonly Scan[], remarks: readonly string[]): Survey {
  const findings = unique(
    scans.flatMap((scan) => scan.findings),
    ({ file, line, column, reason, message }) => JSON.stringify([file, line, column, reason, message]),
  );
  return {
    files,
    findings: findings.sort((a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column),
    sockets: unique(
      scans.flatMap(({ sockets }) => sockets),
      ({ file, line, column, verdict }) => JSON.stringify([file, line, column, verdict.result, verdict.url]),
    ),
    unknown: scans.reduce((sum, { unknown }) => sum + unknown, 0),
    notes: [...new Set([...remarks, ...scans.flatMap(({ notes }) => notes)])],
  };
}

/** A finding and its cure in two lines each, then the sum. */
export function formatSurvey({ files, findings, unknown }: Survey): string {
  const lines = findings.flatMap(({ file, line, column, url, reason, message, cure, certainty }) => [
    `${escapeUnseen(file)}:${line}:${column}: ${url === '' ? '' : `${url}: `}${reason}: ${escapeUnseen(message)}${certainty === 'lexical' ? ' (found by its words, not parsed)' : ''}`,
    `    ${cure}`,
  ]);
  const sum = findings.length === 0 ? 'nothing that a browser would block' : count(findings.length, 'finding');
  const rest = unknown === 0 ? '' : `; ${count(unknown, 'URL')} known at run time only, not judged`;
  return `${[...lines, `${sum} in ${count(files, 'file')}${rest}`].join('\n')}\n`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function unique<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
