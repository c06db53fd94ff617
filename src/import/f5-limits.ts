import { type Annotations, assume, carry, drop, leave, pick, type Reading, remark } from './reading.ts';
import { parseInteger, parseTruth } from './times.ts';

const names = [
  'limit-req-rate',
  'limit-req-key',
  'limit-req-burst',
  'limit-req-delay',
  'limit-req-no-delay',
  'limit-req-zone-size',
  'limit-req-reject-code',
  'limit-req-dry-run',
  'limit-req-log-level',
  'limit-req-scale',
];

/** Requests per client address; a WebSocket is one request, its handshake. */
export function readF5Limits(annotations: Annotations): readonly Reading[] {
  const present = pick(annotations, names);
  const rate = annotations.get('limit-req-rate');
  if (rate === undefined) return present.map((name) => drop(name, 'without limit-req-rate it has no effect'));
  const key = annotations.get('limit-req-key') ?? '$binary_remote_addr';
  const cure = 'set spec.limits';
  if (!/^\$\{?(binary_)?remote_addr\}?$/.test(key)) {
    return [leave(present, 'a route counts by the address of the client only', cure)];
  }
  if (parseTruth(annotations.get('limit-req-dry-run')) === true) {
    return [drop(present, 'with limit-req-dry-run nobody is refused')];
  }
  const handshakesPerSecond = parseRate(rate);
  if (handshakesPerSecond === undefined) {
    return [leave(present, 'a route counts by the second, and this is no whole number a second', cure)];
  }
  const limits = { handshakesPerSecond };
  return [
    carry(pick(annotations, ['limit-req-rate', 'limit-req-key']), 'spec.limits.handshakesPerSecond', { limits }),
    ...readBurst(annotations, limits),
    ...readRest(annotations),
  ];
}

/** `10r/s`, or `600r/m`, which nginx counts the same. */
function parseRate(text: string): number | undefined {
  const [, digits = '', unit] = /^(\d+)r\/([sm])$/.exec(text.trim()) ?? [];
  const rate = unit === 'm' ? Number(digits) / 60 : Number(digits);
  return unit === undefined || !Number.isInteger(rate) || rate < 1 ? undefined : rate;
}

function readBurst(annotations: Annotations, limits: { readonly handshakesPerSecond: number }): readonly Reading[] {
  const name = 'limit-req-burst';
  const text = annotations.get(name);
  if (text === undefined) {
    const text = 'it is left out, which means none; 1, the least of a route, is written';
    return [assume(name, { limits: { ...limits, burst: 1 } }, text)];
  }
  const burst = parseInteger(text);
  if (burst === undefined) return [leave(name, 'it is no whole number', 'set spec.limits.burst')];
  if (burst === 0)
    return [
      leave(name, 'a route has a burst of at least 1, which is written', 'nothing', {
        limits: { ...limits, burst: 1 },
      }),
    ];
  return [carry(name, 'spec.limits.burst', { limits: { ...limits, burst } })];
}

function readRest(annotations: Annotations): readonly Reading[] {
  const isImmediate = parseTruth(annotations.get('limit-req-no-delay')) === true;
  const hasBurst = annotations.get('limit-req-burst') !== undefined;
  const why = 'the burst of a route is let in at once, because a handshake that waits looks like a server that hangs';
  const readings: Reading[] = [];
  if (isImmediate) readings.push(drop('limit-req-no-delay', 'the route does it'));
  else if (annotations.get('limit-req-no-delay') !== undefined)
    readings.push(leave('limit-req-no-delay', why, 'nothing'));
  else if (hasBurst) readings.push(remark('limit-req-no-delay', `it is left out: ${why}`));
  if (annotations.get('limit-req-delay') !== undefined) readings.push(leave('limit-req-delay', why, 'nothing'));
  if (annotations.get('limit-req-zone-size') !== undefined) {
    readings.push(drop('limit-req-zone-size', 'it is the memory of the counters, which the operator sets'));
  }
  if (annotations.get('limit-req-dry-run') !== undefined) readings.push(drop('limit-req-dry-run', 'it is off'));
  const code = annotations.get('limit-req-reject-code');
  if (code === '429') readings.push(drop('limit-req-reject-code', "it is the controller's default"));
  else if (code !== undefined) {
    readings.push(
      leave(
        'limit-req-reject-code',
        'the operator leaves the status to the controller',
        'nothing: to a browser every status but 101 is the same',
      ),
    );
  }
  if (annotations.get('limit-req-log-level') !== undefined) {
    readings.push(
      leave('limit-req-log-level', 'a route says nothing of logs', 'set it in the ConfigMap of the controller'),
    );
  }
  const scale = annotations.get('limit-req-scale');
  if (parseTruth(scale) === false) readings.push(drop('limit-req-scale', 'it is off'));
  else if (scale !== undefined) {
    readings.push(
      leave(
        'limit-req-scale',
        'the limits of a route are those of each replica of the controller',
        'divide spec.limits.handshakesPerSecond by the number of replicas',
      ),
    );
  }
  return readings;
}
