import fc from 'fast-check';
import { DeflateWindow } from './deflate-window.ts';
import { close, composeFrame, continuation, opcodes, ping, pong, text } from './frame-writer.ts';
import { closed, control, message, type Script, speaking } from './script.ts';

type Control = { readonly kind: 'ping' | 'pong'; readonly payload: Buffer };

/** What a client says: control frames, or a message in fragments with control frames between them. */
type Part =
  | Control
  | {
      readonly kind: 'text' | 'binary';
      readonly payload: Buffer;
      readonly isDeflated: boolean;
      /** Where it is cut, as shares of its length. */
      readonly cuts: readonly number[];
      /** One for each cut. */
      readonly between: readonly (Control | undefined)[];
    };

const control125 = fc.uint8Array({ maxLength: 125 }).map(Buffer.from);
const anyControl: fc.Arbitrary<Control> = fc.record({ kind: fc.constantFrom('ping', 'pong'), payload: control125 });
const anyCuts = fc
  .array(
    fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), control: fc.option(anyControl, { nil: undefined }) }),
    {
      maxLength: 6,
    },
  )
  .map((cuts) => cuts.toSorted((one, other) => one.at - other.at));
const anyText = fc
  .string({ unit: 'binary', maxLength: 3000, size: 'max' })
  .map((each) => Buffer.from(each.toWellFormed()));
const anyBytes = fc.uint8Array({ maxLength: 70_000, size: 'max' }).map(Buffer.from);

const anyMessage = fc
  .tuple(
    fc.oneof(
      fc.record({ kind: fc.constant('text' as const), payload: anyText }),
      fc.record({ kind: fc.constant('binary' as const), payload: anyBytes }),
    ),
    fc.boolean(),
    anyCuts,
  )
  .map(
    ([content, isDeflated, cuts]): Part => ({
      ...content,
      isDeflated,
      cuts: cuts.map(({ at }) => at),
      between: cuts.map((cut) => cut.control),
    }),
  );

const anyPart: fc.Arbitrary<Part> = fc.oneof(
  { weight: 3, arbitrary: anyMessage },
  { weight: 1, arbitrary: anyControl },
);

/** A valid conversation in writes of any size, with permessage-deflate or without, and what has to come back. */
export const anyScript: fc.Arbitrary<Script> = fc
  .record({
    parts: fc.array(anyPart, { minLength: 1, maxLength: 12, size: 'max' }),
    hasDeflate: fc.boolean(),
    chop: fc.oneof(fc.constant(undefined), fc.integer({ min: 60, max: 20_000 })),
    masks: fc.array(fc.uint8Array({ minLength: 4, maxLength: 4 }).map(Buffer.from), { minLength: 1, maxLength: 5 }),
  })
  .map(({ parts, hasDeflate, chop, masks }) => {
    const window = hasDeflate ? new DeflateWindow() : undefined;
    const told = parts.map((part) => tell(part, window));
    const frames = told.flatMap((each) => each.frames).map((frame, index) => frame(masks[index % masks.length]));
    const bytes = Buffer.concat(frames);
    const send = chop === undefined ? [bytes] : [{ bytes, chop }];
    const events = told.flatMap((each) => each.events);
    const script = speaking(send, events);
    if (!hasDeflate) return script;
    const strict = { ...script.strict, answer: '101 permessage-deflate' };
    return { ...script, path: '/ws/deflate', headers: { 'Sec-WebSocket-Extensions': 'permessage-deflate' }, strict };
  });

/** What no client may say, each one frame of few bytes, and the status that it is failed with. */
const violations: readonly (readonly [Buffer, number])[] = [
  [text('a', { reserved: 1 }), 1002],
  [text('a', { mask: 'none' }), 1002],
  [composeFrame(5, Buffer.from('a')), 1002],
  [composeFrame(12, Buffer.from('a')), 1002],
  [ping('a', { isFinal: false }), 1002],
  [ping(Buffer.alloc(126)), 1002],
  [continuation('a'), 1002],
  [close(1005), 1002],
  [text(Buffer.from('c0af', 'hex')), 1007],
];

/** The same with a violation at its end instead of a close. It goes in one write: see cases/nginx.ts for one that goes on. */
export const anyBrokenScript: fc.Arbitrary<Script> = fc
  .tuple(anyScript, fc.constantFrom(...violations))
  .map(([script, [violation, code]]) => ({
    ...script,
    send: [...script.send.slice(0, -1), violation],
    strict: { ...script.strict, events: [...script.strict.events.slice(0, -1), closed(code)] },
  }));

interface Told {
  readonly frames: readonly ((mask: Buffer | undefined) => Buffer)[];
  readonly events: readonly string[];
}

function tell(part: Part, window: DeflateWindow | undefined): Told {
  if (!('cuts' in part)) return tellControl(part);
  const { kind, payload, cuts, between } = part;
  const isDeflated = window !== undefined && part.isDeflated;
  const bytes = isDeflated ? window.compress(payload) : payload;
  const ends = [...cuts.map((share) => Math.floor(share * bytes.length)), bytes.length];
  const told = ends.map((end, index): Told => {
    const start = index === 0 ? 0 : (ends[index - 1] ?? 0);
    const opcode = index === 0 ? opcodes[kind] : opcodes.continuation;
    const shape = { isFinal: index === ends.length - 1, reserved: isDeflated && index === 0 ? 4 : 0 };
    const after = between[index];
    const rest = after === undefined ? { frames: [], events: [] } : tellControl(after);
    const frame = (mask?: Buffer) =>
      composeFrame(opcode, bytes.subarray(start, end), { ...shape, ...(mask !== undefined && { mask }) });
    return { frames: [frame, ...rest.frames], events: rest.events };
  });
  // The backend deflates every echo when deflating has been agreed on.
  const echo = message(kind, payload, window !== undefined);
  return { frames: told.flatMap((each) => each.frames), events: [...told.flatMap((each) => each.events), echo] };
}

function tellControl({ kind, payload }: Control): Told {
  const compose = kind === 'ping' ? ping : pong;
  const frame = (mask?: Buffer) => compose(payload, { ...(mask !== undefined && { mask }) });
  return { frames: [frame], events: kind === 'ping' ? [control('pong', payload)] : [] };
}
