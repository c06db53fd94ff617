import type { Bar } from './reader.ts';
import { type Annotations, pick } from './reading.ts';
import { judgeSnippet } from './snippet.ts';
import { parseTruth } from './times.ts';

const guards = [
  'basic-auth-secret',
  'nginx.com/jwt-key',
  'policies',
  'nginx.com/policies',
  'appprotect.f5.com/app-protect-policy',
];

/** What makes an Ingress of F5's controller one that no route may take the place of. */
export function findF5Bars(annotations: Annotations): readonly Bar[] {
  const bars: Bar[] = pick(annotations, guards).map((name) => ({
    names: [name],
    because: 'it may keep clients out, and a route would be open without it',
    cure: 'let the backend ask at the handshake, set spec.allowedSources where it is about networks, or keep this Ingress',
  }));
  if (parseTruth(annotations.get('appprotect.f5.com/app-protect-enable')) === true) {
    const because = 'a firewall looks at each handshake, and a route would be open without it';
    bars.push({ names: ['appprotect.f5.com/app-protect-enable'], because, cure: 'keep this Ingress' });
  }
  for (const name of pick(annotations, ['location-snippets', 'server-snippets'])) {
    const { guard } = judgeSnippet(annotations.get(name) ?? '');
    if (guard === undefined) continue;
    const because = `its "${guard.word}" may keep clients out, and a route would be open without it`;
    bars.push({ names: [name], because, cure: guard.cure });
  }
  return bars;
}
