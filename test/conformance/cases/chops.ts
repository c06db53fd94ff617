import { binary, fragments, text } from '../frame-writer.ts';
import { type Case, message, speaking } from '../script.ts';

const kibi = 1024;

/**
 * Where buffers end on the way: 4 KiB are nginx's `proxy_buffer_size` and `ssl_buffer_size` as ingress-nginx sets them, 16 KiB a
 * record of TLS, 64 KiB what Node reads at once.
 */
const borders = [4 * kibi, 16 * kibi, 64 * kibi];

/** Of a masked frame whose length takes two bytes more, which is any of up to 65535 B. */
const headLength = 8;

export const chops: readonly Case[] = [
  {
    id: '10.1.1',
    what: 'a text of 64 KiB in fragments of 1300 B',
    compose: () => {
      const payload = Buffer.alloc(64 * kibi, '*');
      return speaking(fragments('text', payload, 1300), [message('text', payload)]);
    },
  },
  ...[1, 2, 3, 7, 1459, 4097, 16385].map((chop, index): Case => {
    const length = chop < 10 ? 4 * kibi : 64 * kibi;
    return {
      id: `10.a.${index + 1}`,
      what: `a binary of ${length} B in writes of ${chop} B`,
      compose: () => {
        const payload = Buffer.alloc(length, Buffer.from('fe00c1', 'hex'));
        return speaking([{ bytes: binary(payload), chop }], [message('binary', payload)]);
      },
    };
  }),
  ...borders.flatMap((border) =>
    [-1, 0, 1].map((off): Case => {
      return {
        id: `10.b.${border / kibi}.${off + 2}`,
        what: `a frame of ${border + off} B in all, then a text`,
        compose: () => {
          const payload = Buffer.alloc(border + off - headLength, 0xfe);
          return speaking([binary(payload), text('next')], [message('binary', payload), message('text', 'next')]);
        },
      };
    }),
  ),
  ...[1, 125, 126, 4096].map((size, index): Case => {
    const payload = Buffer.from('zażółć gęślą jaźń '.repeat(size === 1 ? 80 : 1200));
    return {
      id: `10.c.${index + 1}`,
      what: `a text of ${payload.length} B in fragments of ${size} B that cut letters, in writes of 1000 B`,
      compose: () => {
        const bytes = Buffer.concat(fragments('text', payload, size));
        return speaking([{ bytes, chop: 1000 }], [message('text', payload)]);
      },
    };
  }),
];
