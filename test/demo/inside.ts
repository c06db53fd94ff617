/**
 * node test/demo/inside.ts HANDOVER
 *
 * The half of the embedded demo that runs in the sandbox; sandboxed.ts starts it.
 */
import { conclude } from './conclude.ts';
import { type Exposure, runEmbedded } from './embedded.ts';
import { formatInvitation } from './invitation.ts';
import { Screen } from './screen.ts';

/** What the half outside tells the half inside; JSON. */
export interface Handover {
  /** When the demo began, in milliseconds since the epoch. */
  readonly since: number;
  readonly exposure?: Exposure;
}

const { since, exposure }: Handover = JSON.parse(process.argv[2] ?? '{}');
const screen = new Screen(since);
process.exit(
  await conclude(screen, async (course) => {
    const result = await runEmbedded(screen, course, exposure);
    if (exposure !== undefined) screen.print(formatInvitation(exposure));
    return result;
  }),
);
