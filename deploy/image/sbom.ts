/**
 * node deploy/image/sbom.ts
 *
 * Writes dist/sbom.cdx.json (CycloneDX) and dist/sbom.spdx.json (SPDX): the packages that are in the bundle, and no others.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBuildTime } from './build-time.ts';
import { bundle, root } from './bundle.ts';
import { type BundledPackage, identify, listBundledPackages } from './bundled-packages.ts';

// biome-ignore lint/suspicious/noExplicitAny: two JSON formats of which a few fields are changed.
type Document = any;

export interface SbomOptions {
  readonly root: string;
  readonly packages: readonly BundledPackage[];
  /** When the documents say that they were made. */
  readonly time: Date;
}

/** File name → text. What npm knows from the lock file, without the packages that did not get into the bundle, random ids and clocks. */
export function composeSboms({ root, packages, time }: SbomOptions): Readonly<Record<string, string>> {
  const bundled = new Set(packages.map(identify));
  const cycloneDx = reduceCycloneDx(askNpm(root, 'cyclonedx'), bundled, time);
  const spdx = reduceSpdx(askNpm(root, 'spdx'), bundled, time);
  return { 'sbom.cdx.json': `${print(cycloneDx)}\n`, 'sbom.spdx.json': `${print(spdx)}\n` };
}

function askNpm(root: string, format: 'cyclonedx' | 'spdx'): Document {
  // Not --omit=dev: npm 11 then also leaves out packages that the operator shares with a development package.
  const args = ['sbom', '--package-lock-only', '--sbom-type=application', `--sbom-format=${format}`];
  return JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 }));
}

function reduceCycloneDx(document: Document, bundled: ReadonlySet<string>, time: Date): Document {
  const { metadata } = document;
  const own = metadata.component['bom-ref'];
  const isKept = (ref: string) => ref === own || bundled.has(ref);
  const name = own.replace(/@[^@]*$/, '');
  const reduced = {
    ...document,
    metadata: {
      ...metadata,
      timestamp: time.toISOString(),
      tools: [{ vendor: 'npm', name: 'cli' }],
      // npm says the name of the folder.
      component: { ...metadata.component, name },
    },
    components: document.components.filter(({ name, version }: Document) => bundled.has(identify({ name, version }))),
    dependencies: document.dependencies
      .filter(({ ref }: Document) => isKept(ref))
      .map(({ ref, dependsOn }: Document) => ({ ref, dependsOn: dependsOn.filter(isKept) })),
  };
  const { serialNumber: _, ...rest } = reduced;
  return { ...reduced, serialNumber: `urn:uuid:${deriveUuid(rest)}` };
}

function reduceSpdx(document: Document, bundled: ReadonlySet<string>, time: Date): Document {
  const described = new Set(document.documentDescribes);
  const packages = document.packages.filter(
    ({ SPDXID, name, versionInfo }: Document) =>
      described.has(SPDXID) || bundled.has(identify({ name, version: versionInfo })),
  );
  const ids = new Set([document.SPDXID, ...packages.map(({ SPDXID }: Document) => SPDXID)]);
  const { documentNamespace: _, ...rest } = {
    ...document,
    creationInfo: { created: time.toISOString().replace(/\.\d+Z$/, 'Z'), creators: ['Tool: npm/cli'] },
    packages,
    relationships: document.relationships.filter(
      ({ spdxElementId, relatedSpdxElement }: Document) => ids.has(spdxElementId) && ids.has(relatedSpdxElement),
    ),
  };
  const documentNamespace = document.documentNamespace.replace(/[0-9a-f-]{36}$/, deriveUuid(rest));
  return { ...rest, documentNamespace };
}

/** A UUID that follows from the content (version 8 of RFC 9562), so that equal builds have equal documents. */
function deriveUuid(content: Document): string {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function print(document: Document): string {
  return JSON.stringify(document, undefined, 2);
}

if (import.meta.main) {
  const scratch = mkdtempSync(join(tmpdir(), 'wss-sbom-'));
  try {
    const files = await bundle({ root, outfile: join(scratch, 'main.js') });
    const packages = listBundledPackages(root, files);
    const documents = composeSboms({ root, packages, time: readBuildTime(root) });
    mkdirSync(join(root, 'dist'), { recursive: true });
    for (const [name, text] of Object.entries(documents)) writeFileSync(join(root, 'dist', name), text);
    console.log(`dist/: ${Object.keys(documents).join(', ')} with ${packages.length} packages`);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
