import { composeFrame, ping, text } from '../frame-writer.ts';
import { type Case, failing, message } from '../script.ts';

/** Opcodes that RFC 6455, section 5.2, keeps for later: of messages, and of control frames. */
const reserved = [
  [3, 4, 5, 6, 7],
  [11, 12, 13, 14, 15],
] as const;

export const reservedOpcodes: readonly Case[] = reserved.flatMap((opcodes, group) =>
  opcodes.map((opcode, index): Case => {
    const isFirst = index < 2;
    const payload = Buffer.from(index % 2 === 0 ? '' : 'payload');
    const frame = composeFrame(opcode, payload);
    return {
      id: `4.${group + 1}.${index + 1}`,
      what: `opcode ${opcode}, ${payload.length} B, ${isFirst ? 'first of all' : 'between a text and a ping'}`,
      compose: () => {
        if (isFirst) return failing(1002, [frame]);
        const [before, after] = [text('Hello'), Buffer.concat([frame, ping()])];
        const send = index === 4 ? [{ bytes: before, chop: 1 }, after] : [Buffer.concat([before, after])];
        return failing(1002, send, [message('text', 'Hello')]);
      },
    };
  }),
);
