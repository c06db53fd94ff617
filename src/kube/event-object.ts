import { apiVersionOf, eventKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import { toOneLine } from '../api/text.ts';
import { microTime } from './micro-time.ts';

export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
}

/** Something worth telling the owner of an object. */
export interface EventInput {
  readonly regarding: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  /** Why, in one CamelCase word. */
  readonly reason: string;
  /** What was done or tried, in one CamelCase word. */
  readonly action: string;
  readonly note: string;
}

export const reportingController = 'wssroute.dev/wss-operator';

// Limits of k8s.io/kubernetes pkg/apis/core/validation/events.go, in bytes.
const noteLimit = 1024;
const nameLimit = 128;

/** Events of cluster-scoped objects live here (same file: legacyValidateEvent). */
const clusterNamespace = 'default';

export function eventNamespace(event: EventInput): string {
  const { namespace } = event.regarding;
  return namespace === undefined || namespace === '' ? clusterNamespace : namespace;
}

/** The first occurrence of an event, as an object to create. `serial` makes names of one moment differ. */
export function eventObject(event: EventInput, reportingInstance: string, at: Date, serial: number): KubeObject {
  const suffix = `.${(BigInt(at.getTime()) * 1_000_000n + BigInt(serial % 1_000_000)).toString(16)}`;
  return {
    apiVersion: apiVersionOf(eventKind),
    kind: eventKind.kind,
    metadata: {
      name: `${event.regarding.name.slice(0, 253 - suffix.length)}${suffix}`,
      namespace: eventNamespace(event),
    },
    eventTime: microTime(at),
    reportingController,
    reportingInstance: cut(reportingInstance, nameLimit),
    type: event.type,
    reason: cut(event.reason, nameLimit),
    action: cut(event.action, nameLimit),
    note: cleanNote(event.note),
    regarding: { ...event.regarding },
  };
}

/** One line of at most 1,024 bytes without control characters: notes end up in terminals. */
export function cleanNote(note: string): string {
  return cut(toOneLine(note), noteLimit);
}

function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const room = bytes - Buffer.byteLength('…');
  // A character that is cut in two decodes to U+FFFD.
  return `${Buffer.from(text)
    .subarray(0, room)
    .toString()
    .replace(/\uFFFD+$/u, '')}…`;
}
