import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Case, Script, Transcript, Verdict } from './script.ts';

/** What came back on the two ways. */
export interface Transcripts {
  readonly direct: Transcript;
  readonly tls: Transcript;
}

/** Holds what came back against what the RFC asks for and what it allows. */
export function judge(transcript: Transcript, { strict, tolerated }: Script): Verdict {
  if (isDeepStrictEqual(transcript, strict)) return 'strict';
  return tolerated !== undefined && isDeepStrictEqual(transcript, tolerated) ? 'ok' : 'forbidden';
}

/** Direct, the verdict is the case's; through TLS everything is the same, but for a difference that the case tells. */
export function assertVerdict(of: Case, script: Script, { direct, tls }: Transcripts): void {
  const { verdict = 'strict', throughTls } = of;
  const expected = verdict === 'strict' ? script.strict : script.tolerated;
  if (judge(direct, script) !== verdict) assert.deepEqual(direct, expected, `direct, it is not ${verdict}`);
  if (throughTls === undefined) {
    assert.deepEqual(tls, direct, 'through TLS, it is not as direct');
    return;
  }
  const { isCertain, outcomes, why } = throughTls;
  const allowed = outcomes.map((outcome): Transcript => ({ ...script.strict, ...outcome }));
  const isAllowed = [...allowed, ...(isCertain ? [] : [script.strict])].some((each) => isDeepStrictEqual(tls, each));
  if (!isAllowed) assert.deepEqual(tls, allowed, `${why}: but it came out in another way`);
}
