/** The input or the cluster is wrong. */
export const inputError = 1;

/** The command line is wrong. */
export const usageError = 2;
