/** What a run prints: one line for each step, a sign of life while nothing ends, and the story of what failed. */
export class Console {
  readonly #describeRunning: () => readonly string[];
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout;
  #printedAt = performance.now();

  /** `describeRunning` is asked after 20 s of silence. */
  constructor(describeRunning: () => readonly string[]) {
    this.#describeRunning = describeRunning;
    this.#timer = setInterval(() => this.#breakSilence(), 1_000);
  }

  print(text: string): void {
    this.#printedAt = performance.now();
    process.stdout.write(`${text}\n`);
  }

  /** A step that ended; `text` is what there is to know when it failed. */
  printStep(name: string, verdict: string, seconds: number, text = ''): void {
    this.print(`  ${name.padEnd(40)} ${verdict.padEnd(32)} ${seconds.toFixed(1).padStart(6)} s`);
    if (text !== '') this.print(indent(text.trimEnd()));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #breakSilence(): void {
    if (performance.now() - this.#printedAt < 20_000) return;
    const elapsed = Math.round((performance.now() - this.#startedAt) / 1000);
    this.print(`  … ${elapsed} s, running: ${this.#describeRunning().join('; ')}`);
  }
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '      ');
}
