import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { composeClose, composePing, type Frame, noFrames, readFrames } from '../../../src/probe/frames.ts';

function readAll(chunks: readonly Buffer[], isDeflated = false): readonly Frame[] | string {
  const frames: Frame[] = [];
  let state = noFrames;
  for (const chunk of chunks) {
    const reading = readFrames(state, chunk, isDeflated);
    if (reading.isBroken) return reading.problem;
    frames.push(...reading.frames);
    state = reading.state;
    assert.ok(state.rest.length < 139, `${state.rest.length} bytes are kept`);
  }
  return frames;
}

const large = Buffer.concat([Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]), Buffer.alloc(65_536, 0xff)]);
const stream = Buffer.concat([
  Buffer.from([0x81, 2, 0x68, 0x69]),
  Buffer.from([0x89, 1, 7]),
  Buffer.concat([Buffer.from([0x02, 126, 0, 200]), Buffer.alloc(200, 0x88)]),
  Buffer.from([0x80, 0]),
  Buffer.from([0x8a, 2, 1, 2]),
  Buffer.concat([Buffer.from([0x88, 4, 0x03, 0xe9]), Buffer.from('ok')]),
]);
const expected: readonly Frame[] = [
  { kind: 'message' },
  { kind: 'ping', payload: Buffer.from([7]) },
  { kind: 'message' },
  { kind: 'message' },
  { kind: 'pong', payload: Buffer.from([1, 2]) },
  { kind: 'close', code: 1001, words: 'ok' },
];

suite('frames of a server', () => {
  test('are read however they are cut', () => {
    assert.deepEqual(readAll([stream]), expected);
    for (let cut = 0; cut <= stream.length; cut += 1) {
      assert.deepEqual(readAll([stream.subarray(0, cut), stream.subarray(cut)]), expected, `cut at ${cut}`);
    }
    assert.deepEqual(readAll([...stream].map((byte) => Buffer.from([byte]))), expected);
  });

  test('with large payloads are passed over, not kept', () => {
    const cut = [large.subarray(0, 5), large.subarray(5, 3000), large.subarray(3000), Buffer.from([0x8a, 0])];
    assert.deepEqual(readAll(cut), [{ kind: 'message' }, { kind: 'pong', payload: Buffer.alloc(0) }]);
  });

  test('may be compressed when that was agreed, control frames aside', () => {
    assert.deepEqual(readAll([Buffer.from([0xc1, 0])], true), [{ kind: 'message' }]);
    assert.match(String(readAll([Buffer.from([0xc1, 0])])), /reserved/);
    assert.match(String(readAll([Buffer.from([0xc9, 0])], true)), /reserved/);
    assert.match(String(readAll([Buffer.from([0xa1, 0])], true)), /reserved/);
  });

  for (const [what, bytes, problem] of [
    ['a reserved opcode', [0x83, 0], /opcode 3/],
    ['a reserved control opcode', [0x8b, 0], /opcode 11/],
    ['a mask', [0x81, 0x80], /masked/],
    ['a control frame in parts', [0x09, 0], /in parts/],
    ['a long control frame', [0x89, 126], /125/],
  ] as const) {
    test(`with ${what} are none`, () => {
      assert.match(String(readAll([Buffer.from(bytes)])), problem);
    });
  }
});

suite('frames of the probe', () => {
  test('are masked as RFC 6455, section 5.7 shows it', () => {
    const mask = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
    assert.equal(composePing(Buffer.from('Hello'), mask).toString('hex'), '898537fa213d7f9f4d5158');
  });

  test('close with the status', () => {
    assert.equal(composeClose(1000, Buffer.alloc(4)).toString('hex'), '88820000000003e8');
  });
});
