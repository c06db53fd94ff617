import { styleText } from 'node:util';

/** Milliseconds without a line after which a step says that it is still at it. */
const patience = 10_000;

/** A step that did not work out: what was tried, why it failed, and what the part in charge has to say. */
export class StepError extends Error {
  readonly log: string;

  constructor(step: string, cause: unknown, log: string) {
    super(`${step}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.log = log;
  }
}

/** Standard output as a list of steps, each with the seconds since the start of the demo. */
export class Screen {
  readonly #since: number;

  /** `since` in milliseconds since the epoch, so that two processes can share one clock. */
  constructor(since: number) {
    this.#since = since;
  }

  get since(): number {
    return this.#since;
  }

  /** One line of progress. */
  note(text: string): void {
    const seconds = `${((Date.now() - this.#since) / 1000).toFixed(1)} s`.padStart(8);
    console.log(`${paint('dim', seconds)}  ${text}`);
  }

  /** Begins a part of the print-out. */
  title(text: string): void {
    console.log(`\n${paint('bold', text)}`);
  }

  print(text: string): void {
    console.log(text.trimEnd());
  }

  fail(error: unknown): void {
    console.error(`${paintError('demo failed')}: ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof StepError && error.log !== '') console.error(error.log);
  }

  /**
   * Does something, notes what it was when it is done, and gives a sign of life meanwhile.
   * `readLog` is asked for the end of a log when the step fails.
   */
  async step<T>(
    what: string,
    action: () => Promise<T>,
    readLog: () => string | Promise<string> = () => '',
  ): Promise<T> {
    const heartbeat = setInterval(() => this.note(`still at it: ${what}`), patience);
    try {
      const result = await action();
      this.note(what);
      return result;
    } catch (cause) {
      throw new StepError(what, cause, await readLog());
    } finally {
      clearInterval(heartbeat);
    }
  }
}

/** Green for True, yellow for anything else. */
export function paintStatus(status: string, text = status): string {
  return paint(status === 'True' ? 'green' : 'yellow', text);
}

// styleText leaves the text alone when the stream is no terminal, and honours NO_COLOR.
function paint(format: 'dim' | 'bold' | 'green' | 'yellow', text: string): string {
  return styleText(format, text, { stream: process.stdout });
}

function paintError(text: string): string {
  return styleText('red', text, { stream: process.stderr });
}
