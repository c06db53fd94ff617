import type { KubeObject } from '../api/objects.ts';
import { findBrokenUpgrades } from './find-broken-upgrade.ts';
import { findCertificatesTwice } from './find-certificate-twice.ts';
import { findClients } from './find-clients.ts';
import { findForeignDialect } from './find-foreign-dialect.ts';
import { findRedirects } from './find-redirects.ts';
import { findRefused } from './find-refused.ts';
import { findRegexBleed } from './find-regex-bleed.ts';
import { findWeakTls } from './find-weak-tls.ts';
import type { Finding } from './finding.ts';
import { setScene } from './scene.ts';

const finders = [
  findRefused,
  findForeignDialect,
  findBrokenUpgrades,
  findRedirects,
  findRegexBleed,
  findClients,
  findCertificatesTwice,
  findWeakTls,
];

/** What has been judged, and how well. */
export interface Lint {
  readonly findings: readonly Finding[];
  readonly ingresses: readonly KubeObject[];
  /** Names of classes that are not among the objects; empty for the default one. */
  readonly unknownClasses: readonly string[];
}

/**
 * What is wrong with the Ingresses and the controllers' ConfigMaps among the objects, whoever made them, in the order of the objects. The
 * others are what the judges look at: IngressClasses, Services, Certificates. No Secret is needed. `assumed` is the `spec.controller` of
 * classes that are not among them; without it annotations tell the dialect.
 */
export function lintObjects(objects: readonly KubeObject[], assumed?: string): Lint {
  const scene = setScene(objects, assumed);
  const findings = finders.flatMap((find) => find(scene));
  const unknown = scene.subjects.filter(({ isClassKnown }) => !isClassKnown);
  const order = new Map(objects.map((object, index) => [object, index]));
  return {
    findings: findings.sort((left, right) => (order.get(left.object) ?? 0) - (order.get(right.object) ?? 0)),
    ingresses: scene.subjects.map(({ object }) => object),
    unknownClasses: [...new Set(unknown.map(({ ingress }) => ingress.className))],
  };
}
