const newline = 10;

/**
 * Cuts a byte stream into lines at byte 10 only. `node:readline` also cuts at U+2028 and U+2029, which JSON may hold
 * unescaped; and a multi-byte character may be spread over two chunks, so text is made of whole lines only.
 */
export class LineSplitter {
  #rest: Buffer[] = [];

  /** The lines that `chunk` completes, without their line ends; empty lines are left out. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      const tail = chunk.subarray(start, end);
      const line = this.#rest.length === 0 ? tail.toString() : Buffer.concat([...this.#rest, tail]).toString();
      this.#rest = [];
      if (line !== '') lines.push(line);
      start = end + 1;
    }
    // A copy: a slice would keep the whole chunk of the socket alive.
    if (start < chunk.length) this.#rest.push(Buffer.from(chunk.subarray(start)));
    return lines;
  }

  /** Whether a line was begun and not ended. */
  get hasRest(): boolean {
    return this.#rest.length > 0;
  }
}
