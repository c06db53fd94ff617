/** The head of an HTTP/1 answer. */
export interface UpgradeAnswer {
  readonly version: '1.0' | '1.1';
  readonly status: number;
  /** By lower-case name; values of repeated headers are joined by `, `. */
  readonly headers: ReadonlyMap<string, string>;
  /** Bytes that followed the head. */
  readonly rest: Buffer;
}

export type AnswerReading =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'answer'; readonly answer: UpgradeAnswer }
  | { readonly kind: 'broken'; readonly problem: string };

/** Bytes of a head that are read at most: nginx sends 4 or 8 KiB, browsers give up far later. */
export const mostHeadBytes = 16 * 1024;

const statusLine = /^HTTP\/(1\.[01]) ([1-5]\d\d)(?: .*)?$/;
const headerLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/;

/** Reads the answer out of what has come so far. Interim answers (100, 103) are passed over; they count for the limit. */
export function readAnswer(bytes: Buffer): AnswerReading {
  for (let start = 0; ; ) {
    const beginning = bytes.subarray(start, start + 7);
    if (!'HTTP/1.'.startsWith(beginning.toString('latin1'))) return broken(describeStart(beginning));
    const end = bytes.subarray(0, mostHeadBytes).indexOf('\r\n\r\n', start);
    if (end < 0) {
      const isTooLong = bytes.length >= mostHeadBytes;
      return isTooLong ? broken(`its headers do not end within ${mostHeadBytes / 1024} KiB`) : { kind: 'incomplete' };
    }
    const [first = '', ...lines] = bytes.subarray(start, end).toString('latin1').split('\r\n');
    const [, version, code] = statusLine.exec(first) ?? [];
    if (version === undefined) return broken('its first line is no HTTP status');
    start = end + 4;
    const status = Number(code);
    if (status < 200 && status !== 101) continue;
    const headers = readHeaders(lines);
    if (headers === undefined) return broken('a line of its headers is no header');
    const rest = bytes.subarray(start);
    return { kind: 'answer', answer: { version: version as '1.0' | '1.1', status, headers, rest } };
  }
}

function broken(problem: string): AnswerReading {
  return { kind: 'broken', problem };
}

function readHeaders(lines: readonly string[]): ReadonlyMap<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value = ''] = headerLine.exec(line) ?? [];
    if (name === undefined) return undefined;
    const key = name.toLowerCase();
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

/** A TLS alert begins with 21, 3; a ServerHello with 22, 3. */
function describeStart(bytes: Buffer): string {
  const [type, version] = bytes;
  const isTls = (type === 21 || type === 22) && (version === 3 || version === undefined);
  return isTls ? 'it speaks TLS: probe it as wss://' : 'it does not speak HTTP/1.1';
}
