/** Sequences of bytes, in hex, with the ids that Autobahn's test suite has for them; most are Markus Kuhn's. */
type Sequence = readonly [id: string, hex: string];

/** Of a word that is cut after each of its bytes, some beginnings are whole. */
const kosme = 'cebae1bdb9cf83cebcceb5';
const wholeAfter = [2, 5, 7, 9, 11];
const beginnings = Array.from({ length: 11 }, (_, index) => index + 1);

/** The last two code points of each plane are no characters, but are UTF-8. */
const lastOfPlanes = Array.from({ length: 17 }, (_, plane) =>
  [0xfffe, 0xffff].map((low) => plane * 0x10000 + low),
).flat();

export const validSequences: readonly Sequence[] = [
  ...number('6.5', [
    '68656c6c6f24776f726c64',
    '68656c6c6fc2a2776f726c64',
    '68656c6c6fe282ac776f726c64',
    '68656c6c6ff0a4ada2776f726c64',
    kosme,
  ]),
  ...beginnings
    .filter((end) => wholeAfter.includes(end))
    .map((end): Sequence => [`6.6.${end}`, kosme.slice(0, end * 2)]),
  // The first and the last of each length.
  ...number('6.7', ['00', 'c280', 'e0a080', 'f0908080']),
  ...number('6.9', ['7f', 'dfbf', 'efbfbf', 'f48fbfbf']),
  ...number('6.11', ['ed9fbf', 'ee8080', 'efbfbd', 'f48fbfbf']),
  ...number(
    '6.22',
    lastOfPlanes.map((codePoint) => Buffer.from(String.fromCodePoint(codePoint)).toString('hex')),
  ),
  ...number('6.23', ['efbfb9', 'efbfba', 'efbfbb', 'efbfbc', 'efbfbd', 'efbfbe', 'efbfbf']),
];

export const invalidSequences: readonly Sequence[] = [
  ...beginnings
    .filter((end) => !wholeAfter.includes(end))
    .map((end): Sequence => [`6.6.${end}`, kosme.slice(0, end * 2)]),
  // Five and six bytes, and beyond U+10FFFF.
  ...number('6.8', ['f888808080', 'fc8480808080']),
  ...number('6.10', ['f7bfbfbf', 'fbbfbfbfbf', 'fdbfbfbfbfbf']),
  ['6.11.5', 'f4908080'],
  // Continuations of nothing.
  ...number('6.12', ['80', 'bf', '80bf', '80bf80', '80bf80bf', '80bf80bf80', '80bf80bf80bf', toHex(range(0x80, 0xbf))]),
  // Beginnings without continuation.
  ...number(
    '6.13',
    [range(0xc0, 0xdf), range(0xe0, 0xef), range(0xf0, 0xf7), range(0xf8, 0xfb), range(0xfc, 0xfd)].map((starts) =>
      toHex(starts.flatMap((start) => [start, 0x20])),
    ),
  ),
  // The last continuation is missing.
  ...number('6.14', [
    ...['c0', 'e080', 'f08080', 'f8808080', 'fc80808080'],
    ...['df', 'efbf', 'f7bfbf', 'fbbfbfbf', 'fdbfbfbfbf'],
  ]),
  ['6.15.1', 'c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf'],
  ...number('6.16', ['fe', 'ff', 'fefeffff']),
  // Longer than they need to be.
  ...number('6.17', ['c0af', 'e080af', 'f08080af', 'f8808080af', 'fc80808080af']),
  ...number('6.18', ['c1bf', 'e09fbf', 'f08fbfbf', 'f887bfbfbf', 'fc83bfbfbfbf']),
  ...number('6.19', ['c080', 'e08080', 'f0808080', 'f880808080', 'fc8080808080']),
  // Surrogates, alone and in pairs.
  ...number('6.20', ['eda080', 'edadbf', 'edae80', 'edafbf', 'edb080', 'edbe80', 'edbfbf']),
  ...number(
    '6.21',
    ['eda080', 'edadbf', 'edae80', 'edafbf'].flatMap((high) => ['edb080', 'edbfbf'].map((low) => high + low)),
  ),
];

function number(group: string, sequences: readonly string[]): readonly Sequence[] {
  return sequences.map((hex, index) => [`${group}.${index + 1}`, hex]);
}

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function toHex(bytes: readonly number[]): string {
  return Buffer.from(bytes).toString('hex');
}
