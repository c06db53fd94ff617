import type { AdminClient, ApiObject } from './admin-client.ts';

/** How long to rest before a watch is begun again that failed, in milliseconds. */
const rest = 100;

/**
 * All objects of one collection, kept up to date by a watch. Every single change is told, in order: what lasts for a moment only
 * is seen too. The operator's own caches are not used, so that they are not what judges them.
 */
export class KindWatch {
  readonly #client: AdminClient;
  readonly #path: string;
  readonly #onChange: () => void;
  readonly #ending = new AbortController();
  readonly #objects = new Map<string, ApiObject>();
  #end: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  private constructor(client: AdminClient, path: string, onChange: () => void) {
    this.#client = client;
    this.#path = path;
    // What the listener fails of is no matter of the connection.
    this.#onChange = () => {
      try {
        onChange();
      } catch (error) {
        this.#failure ??= { error };
      }
    };
  }

  /** Returns when what is there has been read; `onChange` is called for each change from then on. */
  static async start(client: AdminClient, path: string, onChange: () => void): Promise<KindWatch> {
    const watch = new KindWatch(client, path, onChange);
    const version = await watch.#read();
    watch.#end = watch.#follow(version);
    return watch;
  }

  get objects(): readonly ApiObject[] {
    return [...this.#objects.values()];
  }

  /** @param key namespace/name, or the name of what has no namespace */
  find(key: string): ApiObject | undefined {
    return this.#objects.get(key);
  }

  /** Throws what `onChange` failed of, if it did. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#end;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #read(): Promise<string> {
    const { items, metadata } = await this.#client.get(this.#path);
    this.#objects.clear();
    for (const item of items) this.#objects.set(keyOf(item), item);
    return metadata.resourceVersion;
  }

  async #follow(from: string): Promise<void> {
    let version: string | undefined = from;
    while (!this.#ending.signal.aborted) {
      try {
        if (version === undefined) {
          version = await this.#read();
          this.#onChange();
        }
        const query = `?watch=true&allowWatchBookmarks=true&resourceVersion=${version}`;
        await this.#client.stream(
          `${this.#path}${query}`,
          ({ type, object }) => {
            // An ERROR says that the version is too old to go on from: everything is read again.
            version = type === 'ERROR' ? undefined : object.metadata.resourceVersion;
            if (type !== 'ERROR' && type !== 'BOOKMARK') this.#take(type, object);
          },
          this.#ending.signal,
        );
      } catch {
        // The API server is away, or this is the end. What has changed meanwhile is not known one by one.
        version = undefined;
        await new Promise((resolve) => setTimeout(resolve, this.#ending.signal.aborted ? 0 : rest));
      }
    }
  }

  #take(type: string, object: ApiObject): void {
    if (type === 'DELETED') this.#objects.delete(keyOf(object));
    else this.#objects.set(keyOf(object), object);
    this.#onChange();
  }
}

function keyOf({ metadata }: ApiObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

/** One watch for each path, by name. When one cannot be started, none is left running. */
export async function startWatches<Name extends string>(
  client: AdminClient,
  paths: Readonly<Record<Name, string>>,
  onChange: () => void,
): Promise<Readonly<Record<Name, KindWatch>>> {
  const names = Object.keys(paths) as Name[];
  const started = await Promise.allSettled(names.map((name) => KindWatch.start(client, paths[name], onChange)));
  const watches = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failure = started.find((each) => each.status === 'rejected');
  if (failure !== undefined) {
    await stopWatches(watches);
    throw failure.reason;
  }
  return Object.fromEntries(names.map((name, index) => [name, watches[index]])) as Record<Name, KindWatch>;
}

export async function stopWatches(watches: readonly KindWatch[]): Promise<void> {
  await Promise.all(watches.map((watch) => watch.stop()));
}
