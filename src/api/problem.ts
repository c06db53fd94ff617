import { escapeUnseen } from './text.ts';

/** A mistake of a user: where it is, what was found there, what to write instead. */
export interface Problem {
  /** Field path as the API server writes it: `spec.hosts[0]`. */
  readonly path: string;
  /** The offending value as JSON, shortened; empty where something is missing. */
  readonly found: string;
  readonly expected: string;
}

/** The value as it is shown in a message: JSON, what nobody sees escaped, at most 80 characters. */
export function quoteValue(value: unknown): string {
  const text = escapeUnseen(JSON.stringify(value) ?? '');
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

/** One line for a problem: `spec.hosts[0]: found "Chat", expected …`. */
export function formatProblem({ path, found, expected }: Problem): string {
  return found === '' ? `${path}: ${expected}` : `${path}: found ${found}, ${expected}`;
}
