import { type DestinationStream, destination, type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino';

/** What is logged: `log.info({ route }, 'status written')`. The message is a constant, what varies is a field; errors go in `err`. */
export type Log = Logger;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogOptions {
  /** The least level that is written. */
  readonly level: LogLevel;
  /** Where the lines go; standard error when not given, as with every Kubernetes controller: standard output is for results. */
  readonly stream?: DestinationStream;
}

const standardError = 2;

/** Fields that can hold a credential, at the top and up to three objects deep: a request's headers within an error, for instance. */
const secretFields = ['authorization', 'Authorization', 'proxy-authorization', 'cookie', 'password', 'token'];
const secretPaths = secretFields.flatMap((field) =>
  ['', '*', '*.*', '*.*.*'].map((depth) => (field.includes('-') ? `${depth}["${field}"]` : join(depth, field))),
);

/** A credential inside of a text, which no path can name. */
const bearerToken = /\b(Bearer|Basic) +[A-Za-z0-9._~+/=-]{8,}/gi;

/** One JSON object for each line: `level`, `time` (ISO 8601), the fields, `msg`; an error in `err` with the chain of its causes. */
export function createLog(options: LogOptions): Log {
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      serializers: { err: stdSerializers.errWithCause },
      redact: { paths: secretPaths, censor: '[redacted]' },
      hooks: { streamWrite: (line) => line.replace(bearerToken, '$1 [redacted]') },
    },
    // Synchronous, so that the last line before an exit is not lost.
    options.stream ?? destination({ dest: standardError, sync: true }),
  );
}

function join(depth: string, field: string): string {
  return depth === '' ? field : `${depth}.${field}`;
}
