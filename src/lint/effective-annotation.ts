import { readSeconds } from './f5-forms.ts';
import { mergeableType } from './f5-spec.ts';
import { forms } from './ingress-nginx-forms.ts';
import { findSettings, keyOfHost, type Scene, type Subject } from './scene.ts';

/** Seconds that nginx waits for the backend to say something, and where that is set; without a setting it is 60 s in both dialects. */
export function readIdleTimeout(
  subject: Subject,
  scene: Scene,
): { readonly seconds: number; readonly annotation: string } {
  const annotation = `${subject.dialect === 'f5' ? 'nginx.org' : 'nginx.ingress.kubernetes.io'}/proxy-read-timeout`;
  const read = subject.dialect === 'f5' ? readSeconds : readPlainSeconds;
  const written = readInherited(subject, annotation, scene);
  const global = subject.dialect && findSettings(scene, subject.dialect)?.data['proxy-read-timeout'];
  const seconds =
    (written === undefined ? undefined : read(written)) ?? (global === undefined ? undefined : read(global)) ?? 60;
  return { seconds, annotation };
}

/** An annotation of the Ingress; a minion of F5's takes over what its master has, where it has none (`minionInheritanceList`). */
export function readInherited({ ingress }: Subject, annotation: string, { masters }: Scene): string | undefined {
  const own = ingress.annotations[annotation];
  if (own !== undefined || ingress.annotations[mergeableType] !== 'minion') return own;
  return masters.get(keyOfHost(ingress))?.annotations[annotation];
}

function readPlainSeconds(value: string): number | undefined {
  return value !== '' && forms.seconds.accepts(value) ? Number(value) : undefined;
}
