import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeObject } from '../../src/api/objects.ts';
import type { WssRoute } from '../../src/api/wssroute.ts';
import { readDocuments } from '../../src/cli/documents.ts';
import type { Stage } from './stage.ts';

export const exampleFile = 'deploy/examples/chat.yaml';

/** The example as it is applied, and what of it had to be changed for this cluster, a line each. */
export interface ExampleRoute {
  readonly route: KubeObject;
  readonly changes: readonly string[];
}

export async function readExample(
  stage: Pick<Stage, 'namespace' | 'issuer' | 'ingressClassName'>,
): Promise<ExampleRoute> {
  const text = await readFile(join(import.meta.dirname, '..', '..', exampleFile), 'utf8');
  const [document] = readDocuments(text, exampleFile);
  if (document?.isReadable !== true) throw new Error(`${exampleFile} must hold a WssRoute`);
  const example = document.object as unknown as WssRoute;
  const { kind, name } = stage.issuer;
  const { ingressClassName } = stage;
  const { issuerRef } = example.spec.tls;
  const changes: string[] = [];
  if (issuerRef?.kind !== kind || issuerRef.name !== name) {
    changes.push(`spec.tls.issuerRef: ${issuerRef?.kind} ${issuerRef?.name} → ${kind} ${name}`);
  }
  if (example.spec.ingressClassName !== ingressClassName) {
    changes.push(`spec.ingressClassName: ${example.spec.ingressClassName} → ${ingressClassName}`);
  }
  const route = {
    ...example,
    metadata: { ...example.metadata, namespace: stage.namespace },
    spec: { ...example.spec, ingressClassName, tls: { ...example.spec.tls, issuerRef: { name, kind } } },
  };
  return { route, changes };
}
