import { type Annotations, carry, drop, leave, pick, type Reading } from './reading.ts';
import { parseInteger } from './times.ts';

/** internal/ingress/annotations/ratelimit/main.go `defBurst` */
const defaultMultiplier = 5;

/** Limits per client address. */
export function readCommunityLimits(annotations: Annotations): readonly Reading[] {
  return [...readConnections(annotations), ...readRate(annotations), ...readRest(annotations)];
}

function readConnections(annotations: Annotations): readonly Reading[] {
  const name = 'limit-connections';
  const text = annotations.get(name);
  if (text === undefined) return [];
  const connectionsPerClient = parseInteger(text);
  if (connectionsPerClient === 0) return [drop(name, '0 is no limit')];
  if (connectionsPerClient === undefined)
    return [leave(name, 'it is no whole number', 'set spec.limits.connectionsPerClient')];
  return [carry(name, 'spec.limits.connectionsPerClient', { limits: { connectionsPerClient } })];
}

function readRate(annotations: Annotations): readonly Reading[] {
  const perSecond = readNumber(annotations, 'limit-rps');
  const perMinute = readNumber(annotations, 'limit-rpm');
  const unset = pick(annotations, ['limit-rps', 'limit-rpm']).filter((name) => readNumber(annotations, name) === 0);
  const readings: Reading[] = unset.map((name) =>
    parseInteger(annotations.get(name) ?? '') === 0
      ? drop(name, '0 is no limit')
      : leave(name, 'it is no whole number', 'set spec.limits.handshakesPerSecond'),
  );
  const multiplier = annotations.get('limit-burst-multiplier');
  const times = multiplier === undefined ? undefined : parseInteger(multiplier);
  const name = perSecond ? 'limit-rps' : 'limit-rpm';
  const isWhole = perSecond > 0 || (perMinute > 0 && perMinute % 60 === 0);
  if (perSecond > 0 && perMinute > 0) {
    readings.push(leave('limit-rpm', 'a route has one rate, and takes limit-rps', 'keep this Ingress, if both matter'));
  }
  if (!isWhole) {
    if (perMinute > 0) {
      const because = 'a route counts by the second, and this is no whole number a second';
      readings.push(leave('limit-rpm', because, 'set spec.limits.handshakesPerSecond, and burst'));
    }
    const unused = 'without a rate that a route can take it has no effect';
    return [...readings, ...pick(annotations, ['limit-burst-multiplier']).map((each) => drop(each, unused))];
  }
  const handshakesPerSecond = perSecond > 0 ? perSecond : perMinute / 60;
  readings.push(carry(name, 'spec.limits.handshakesPerSecond', { limits: { handshakesPerSecond } }));
  // The burst is a multiple of the number that is written, by the minute as well.
  const burst = (perSecond > 0 ? perSecond : perMinute) * (times ?? defaultMultiplier);
  const part = { limits: { handshakesPerSecond, burst } };
  if (multiplier !== undefined) {
    readings.push(
      times === undefined || times < 1
        ? leave('limit-burst-multiplier', 'it is no number above 0', 'set spec.limits.burst')
        : carry('limit-burst-multiplier', 'spec.limits.burst', part),
    );
  } else if (perSecond === 0) readings.push({ kind: 'remark', name: 'limit-burst-multiplier', part });
  return readings;
}

function readRest(annotations: Annotations): readonly Reading[] {
  const free = pick(annotations, ['limit-allowlist', 'limit-whitelist']);
  const slow = pick(annotations, ['limit-rate', 'limit-rate-after']);
  const isLimited = pick(annotations, ['limit-rps', 'limit-rpm', 'limit-connections']).length > 0;
  return [
    ...free.map((name) =>
      isLimited
        ? leave(name, 'the limits of a route hold for every client', 'raise spec.limits so that these clients fit in')
        : drop(name, 'there is no limit that these clients would be free of'),
    ),
    ...slow.map((name) =>
      annotations.get(name) === '0'
        ? drop(name, '0 is no limit')
        : leave(name, 'a route does not slow sockets down', 'let the backend do it'),
    ),
  ];
}

function readNumber(annotations: Annotations, name: string): number {
  return Math.max(0, parseInteger(annotations.get(name) ?? '0') ?? 0);
}
