import type { Case } from '../script.ts';
import { chops } from './chops.ts';
import { closing } from './closing.ts';
import { deflate } from './deflate.ts';
import { fragmentation } from './fragmentation.ts';
import { framing } from './framing.ts';
import { handshake } from './handshake.ts';
import { limits } from './limits.ts';
import { nginx } from './nginx.ts';
import { reservedOpcodes } from './opcodes.ts';
import { pingPong } from './ping-pong.ts';
import { reservedBits } from './reserved-bits.ts';
import { sizes } from './sizes.ts';
import { utf8 } from './utf8.ts';

/** By category, as Autobahn's test suite numbers them. */
export const categories: Readonly<Record<string, readonly Case[]>> = {
  '1 framing': framing,
  '2 pings and pongs': pingPong,
  '3 reserved bits': reservedBits,
  '4 opcodes': reservedOpcodes,
  '5 fragmentation': fragmentation,
  '6 UTF-8': utf8,
  '7 closing': closing,
  '9 sizes': sizes,
  '9 limits': limits,
  '10 writes and buffers': chops,
  '12 and 13 permessage-deflate': deflate,
  'the handshake': handshake,
  'where nginx makes a difference': nginx,
};
