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

/**
 * What is wrong with the Ingresses and the controllers' ConfigMaps among the objects, whoever made them, in the order of the objects. The
 * others are what the judges look at: IngressClasses, Services, Certificates. No Secret is needed.
 */
export function lintObjects(objects: readonly KubeObject[]): readonly Finding[] {
  const scene = setScene(objects);
  const findings = finders.flatMap((find) => find(scene));
  const order = new Map(objects.map((object, index) => [object, index]));
  return findings.sort((left, right) => (order.get(left.object) ?? 0) - (order.get(right.object) ?? 0));
}
