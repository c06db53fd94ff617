import type { AdminClient, ApiObject } from '../admin-client.ts';
import type { Decision, Verdict } from './rules.ts';

/** More of the same are dropped: 41 changes were seen to end at a count of 25. */
const mostOfTheSame = 25;
const component = 'nginx-ingress-controller';

interface Seen {
  /** What its Events depend on: status and labels are nothing to the controller. */
  readonly print: string;
  readonly isAccepted: boolean;
}

export interface Announcement {
  readonly ingress: ApiObject;
  readonly event: Verdict['event'];
}

/** Tells which Events a change brings: for what changed, and for each minion of a master that changed. */
export class Announcer {
  #seen = new Map<string, Seen>();

  announce({ verdicts, servers }: Decision): readonly Announcement[] {
    const before = this.#seen;
    this.#seen = new Map(verdicts.map((verdict) => [verdict.ingress.metadata.uid, printOf(verdict)]));
    const changed = new Set(
      verdicts.filter(({ ingress: { metadata } }) => {
        return this.#seen.get(metadata.uid)?.print !== before.get(metadata.uid)?.print;
      }),
    );
    const changedKeys = new Set([...changed].map(({ key }) => key));
    return verdicts.flatMap((verdict) => {
      const { ingress, event, key, role, isAccepted } = verdict;
      const holder = role === 'minion' ? servers.get(ingress.spec.rules[0]?.host)?.holder : undefined;
      if (!changed.has(verdict) && !(isAccepted && holder !== undefined && changedKeys.has(holder))) return [];
      const wasServed = before.get(ingress.metadata.uid)?.isAccepted === true;
      if (event.reason !== 'Rejected' || !wasServed) return [{ ingress, event }];
      const message = `${key} was rejected: with error: ${event.message}`;
      return [
        { ingress, event },
        { ingress, event: { ...event, message } },
      ];
    });
  }
}

function printOf({ ingress: { metadata, spec }, event, isAccepted }: Verdict): Seen {
  return { print: JSON.stringify([metadata.annotations, spec, event]), isAccepted };
}

/** Writes Events as the controller's recorder does: the same text raises a count, and no version of the Ingress is told. */
export class EventWriter {
  readonly #client: AdminClient;
  readonly #written = new Map<string, { readonly path: string; count: number }>();
  #number = 0;

  constructor(client: AdminClient) {
    this.#client = client;
  }

  async write({ ingress, event }: Announcement): Promise<void> {
    const { namespace, name, uid, resourceVersion } = ingress.metadata;
    const path = `/api/v1/namespaces/${namespace}/events`;
    const same = `${uid} ${event.reason} ${event.message}`;
    const now = `${new Date().toISOString().slice(0, 19)}Z`;
    const before = this.#written.get(same);
    if (before !== undefined) {
      if (before.count >= mostOfTheSame) return;
      before.count += 1;
      await this.#client.patch(before.path, { count: before.count, lastTimestamp: now });
      return;
    }
    this.#number += 1;
    const eventName = `${name}.${uid.slice(0, 8)}.${this.#number}`;
    const { apiVersion = 'networking.k8s.io/v1', kind = 'Ingress' } = ingress;
    const { status } = await this.#client.request('POST', path, {
      metadata: { name: eventName },
      involvedObject: { apiVersion, kind, namespace, name, uid, resourceVersion },
      ...event,
      ...{ source: { component }, reportingComponent: component, reportingInstance: '' },
      ...{ firstTimestamp: now, lastTimestamp: now, count: 1 },
    });
    // A namespace that is going takes none.
    if (status === 201) this.#written.set(same, { path: `${path}/${eventName}`, count: 1 });
  }
}
