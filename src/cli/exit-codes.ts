import { constants } from 'node:os';

/** The input or the cluster is wrong. */
export const inputError = 1;

/** The command line is wrong. */
export const usageError = 2;

/** As a shell tells of a program that a signal has ended. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
