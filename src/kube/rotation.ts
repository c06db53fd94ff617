import type { ClusterAccess, TlsSettings } from './access.ts';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';

/** One reading of the credentials. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsSettings;
}

const maximumAgeMs = 60_000;
/** Many requests are rejected together when a token expires: one reading serves them all. */
const minimumAgeMs = 500;
const retryMs = 5_000;

/** Keeps what `read` returned, and reads again when it is a minute old or was rejected. */
export class RotatingCredentials {
  readonly #read: () => Promise<Credentials>;
  readonly #clock: Clock;
  #current: Credentials;
  #readAt: number;
  #pending: Promise<void> | undefined;

  constructor(read: () => Promise<Credentials>, first: Credentials, clock: Clock = systemClock) {
    this.#read = read;
    this.#clock = clock;
    this.#current = first;
    this.#readAt = clock.now();
  }

  get tls(): TlsSettings {
    return this.#current.tls;
  }

  /** Rejects only after a rejection: as long as the old credentials work, a file that is unreadable just now does no harm. */
  async authorize(options: { readonly isRejected?: boolean } = {}): Promise<Readonly<Record<string, string>>> {
    const age = this.#clock.now() - this.#readAt;
    const isRejected = options.isRejected === true;
    if (age < (isRejected ? minimumAgeMs : maximumAgeMs) && this.#pending === undefined) return this.#current.headers;
    this.#pending ??= this.#refresh().finally(() => {
      this.#pending = undefined;
    });
    try {
      await this.#pending;
    } catch (error) {
      if (isRejected) throw error;
    }
    return this.#current.headers;
  }

  async #refresh(): Promise<void> {
    try {
      const next = await this.#read();
      const isSameTls = fingerprint(next.tls) === fingerprint(this.#current.tls);
      this.#current = { headers: next.headers, tls: isSameTls ? this.#current.tls : next.tls };
      this.#readAt = this.#clock.now();
    } catch (error) {
      this.#readAt = this.#clock.now() - maximumAgeMs + retryMs;
      throw error;
    }
  }
}

/** The access to a cluster whose credentials come from `credentials`. */
export function rotatingAccess(
  place: Pick<ClusterAccess, 'server' | 'currentNamespace' | 'source'>,
  credentials: RotatingCredentials,
): ClusterAccess {
  return {
    ...place,
    get tls() {
      return credentials.tls;
    },
    authorize(options) {
      return credentials.authorize(options);
    },
  };
}

function fingerprint(tls: TlsSettings): string {
  return JSON.stringify(
    [tls.ca, tls.cert, tls.key].map((part) => part?.toString()).concat(tls.servername, `${tls.rejectUnauthorized}`),
  );
}
