import type { KubeObject } from '../api/objects.ts';
import { isRecord } from '../api/record.ts';
import { escapeUnseen } from '../api/text.ts';
import { lintObjects } from '../lint/lint.ts';
import type { Document } from './documents.ts';
import { type LintReport, noteUnknown } from './lint-report.ts';

/** Judges the Ingresses and controllers' ConfigMaps among documents, and those that `rendered` brings along. */
export function lintDocuments(
  documents: readonly Document[],
  {
    rendered = [],
    controller,
  }: { readonly rendered?: readonly KubeObject[]; readonly controller?: string | undefined } = {},
): LintReport {
  const places = new Map<KubeObject, string>(rendered.map((object) => [object, 'rendered']));
  const unreadable: string[] = [];
  for (const document of documents) {
    if (!document.isReadable) unreadable.push(escapeUnseen(`${document.place}: document: ${document.because}`));
    else if (isNamed(document.object)) places.set(document.object, document.place);
  }
  const { findings, ingresses, unknownClasses } = lintObjects([...places.keys()], controller);
  const notes = noteUnknown(unknownClasses, 'among the files, and --controller does not say whose it is');
  return { findings, places, unreadable, ingresses: ingresses.length, notes };
}

/** What has no name is no object of a cluster, a values file of a chart for instance. */
function isNamed(object: Readonly<Record<string, unknown>>): object is KubeObject {
  const { apiVersion, kind, metadata } = object;
  return (
    typeof apiVersion === 'string' &&
    typeof kind === 'string' &&
    isRecord(metadata) &&
    typeof metadata.name === 'string' &&
    (metadata.namespace === undefined || typeof metadata.namespace === 'string')
  );
}
