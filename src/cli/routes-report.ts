import type { ProbeResult } from '../probe/result.ts';

/** One route at one of its attachments. */
export interface RouteName {
  readonly namespace: string;
  readonly name: string;
  /** `IngressClass/nginx`, `Gateway/infra/edge` */
  readonly attachment: string;
  readonly url: string;
}

/** What came of one route. `NotProbed`: there was nothing to ask, or nothing to ask it with; the message says why. */
export type RouteReport = RouteName &
  (ProbeResult | { readonly isReachable: false; readonly reason: 'NotProbed'; readonly message: string });

export interface RoutesReport {
  add(report: RouteReport): void;
  /** The end, also an early one. */
  end(): void;
  /** Of those that were added. */
  areAllReachable(): boolean;
}

const titles = { namespace: 'NAMESPACE', name: 'NAME', attachment: 'ATTACHMENT', url: 'URL' };

/** Prints as results come: a table, and then the cures; or an array of JSON. The names are known before, for the widths. */
export function createRoutesReport(
  names: readonly RouteName[],
  isJson: boolean,
  write: (text: string) => void,
): RoutesReport {
  return isJson ? new JsonReport(write) : new TableReport(names, write);
}

class JsonReport implements RoutesReport {
  readonly #write: (text: string) => void;
  #count = 0;
  #areAllReachable = true;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  add(report: RouteReport): void {
    this.#write(`${this.#count === 0 ? '[' : ','}\n${JSON.stringify(report)}`);
    this.#count += 1;
    this.#areAllReachable &&= report.isReachable;
  }

  end(): void {
    this.#write(this.#count === 0 ? '[]\n' : '\n]\n');
  }

  areAllReachable(): boolean {
    return this.#areAllReachable;
  }
}

class TableReport implements RoutesReport {
  readonly #write: (text: string) => void;
  readonly #widths: Readonly<Record<keyof RouteName, number>>;
  readonly #cures: string[] = [];
  #count = 0;

  constructor(names: readonly RouteName[], write: (text: string) => void) {
    this.#write = write;
    const widest = (key: keyof RouteName) =>
      names.reduce((width, each) => Math.max(width, each[key].length), titles[key].length);
    this.#widths = {
      namespace: widest('namespace'),
      name: widest('name'),
      attachment: widest('attachment'),
      url: widest('url'),
    };
    if (names.length > 0) this.#writeLine(titles, 'RESULT', 'REASON', 'LATENCY');
  }

  add(report: RouteReport): void {
    this.#count += 1;
    const { namespace, name, attachment, isReachable, reason, message } = report;
    const isProbed = reason !== 'NotProbed';
    const result = isReachable ? 'ok' : isProbed ? 'failed' : 'unknown';
    this.#writeLine(report, result, reason, isProbed ? `${report.latencyMs} ms` : '-');
    if (isReachable) return;
    const { found = message, cure } = isProbed ? report : {};
    this.#cures.push(
      `${namespace}/${name} at ${attachment}: ${reason}: ${found}\n${cure === undefined ? '' : `  cure: ${cure}\n`}`,
    );
  }

  end(): void {
    if (this.#cures.length > 0) this.#write(`\n${this.#cures.join('')}`);
    if (this.#count > 0) this.#write(`\n${this.#count - this.#cures.length} of ${this.#count} routes are reachable\n`);
  }

  areAllReachable(): boolean {
    return this.#cures.length === 0;
  }

  #writeLine(route: RouteName, result: string, reason: string, latency: string): void {
    const names = (['namespace', 'name', 'attachment', 'url'] as const).map((key) =>
      route[key].padEnd(this.#widths[key]),
    );
    this.#write(`${names.join('  ')}  ${result.padEnd(7)}  ${reason.padEnd(28)}  ${latency}\n`);
  }
}
