import type { Fate } from './reading.ts';
import { judgeSnippet } from './snippet.ts';

/** What is known of a controller's annotations that no field of a route is read from. Names are without their prefix. */
export interface Rest {
  /** Annotations, or values of them, that change nothing for a WebSocket. */
  readonly needless: Readonly<Record<string, { readonly values?: readonly string[]; readonly because: string }>>;
  /** Why nothing of a route says the same, and what to do; by the first pattern that fits. */
  readonly lost: readonly { readonly pattern: RegExp; readonly because: string; readonly cure: string }[];
  /** Why a snippet that says nothing new is dropped. */
  readonly whyNoSnippet: string;
}

const keep = 'keep this Ingress';

/** The last word on one of these annotations that nothing else has read. */
export function judgeOwnRest(rest: Rest, name: string, value: string): Fate {
  const { values, because } = rest.needless[name] ?? {};
  if (because !== undefined && (values === undefined || values.includes(value.toLowerCase()))) {
    return { outcome: 'dropped', because };
  }
  if (/-snippets?$/.test(name)) return judgeLostSnippet(rest, value);
  const known = rest.lost.find(({ pattern }) => pattern.test(name));
  if (known !== undefined) return { outcome: 'leftover', because: known.because, cure: known.cure };
  return { outcome: 'leftover', because: 'no field of a route says this', cure: `${keep}, if it matters` };
}

function judgeLostSnippet(rest: Rest, value: string): Fate {
  const { isNeedless, cures } = judgeSnippet(value);
  if (isNeedless) return { outcome: 'dropped', because: rest.whyNoSnippet };
  const because = 'nothing that a route says reaches nginx as configuration';
  return { outcome: 'leftover', because, cure: cures.length === 0 ? keep : cures.join('; ') };
}
