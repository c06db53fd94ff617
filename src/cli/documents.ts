import { boolYaml11Tag, CORE_SCHEMA, loadAll, mergeTag } from 'js-yaml';

/** One object of a YAML or JSON file, or the reason why it could not be read. */
export type Document =
  | { readonly place: string; readonly isReadable: true; readonly object: Readonly<Record<string, unknown>> }
  | { readonly place: string; readonly isReadable: false; readonly because: string };

/** YAML as kubectl reads it: `<<` merges, and yes, no, on and off are booleans (https://github.com/kubernetes-sigs/yaml). */
const schema = CORE_SCHEMA.withTags(mergeTag, boolYaml11Tag);

/** More than any object that etcd takes; a few lines of aliases can unfold to more than memory holds. */
const maximumValues = 100_000;

/** The objects of a file, Lists unfolded. A document that is no YAML is reported, and its neighbours are read. */
export function readDocuments(text: string, source: string): readonly Document[] {
  const parts = splitDocuments(text);
  const documents: Document[] = [];
  for (const [index, part] of parts.entries()) {
    const place = parts.length === 1 ? source : `${source}, document ${index + 1}`;
    try {
      for (const value of loadAll(part, { schema })) documents.push(...unfold(value, place));
    } catch (error) {
      documents.push({ place, isReadable: false, because: `must be YAML or JSON: ${firstLine(error)}` });
    }
  }
  return documents;
}

/** A line that starts with `---` begins a document, wherever it stands (YAML 1.2, section 9.1.2). Comments and directives are none. */
function splitDocuments(text: string): readonly string[] {
  return text.split(/^\uFEFF?---(?=\s|$)/m).filter((part) => part.replace(/^\uFEFF?(?:\s*#|%).*$/gm, '').trim() !== '');
}

function unfold(value: unknown, place: string): readonly Document[] {
  if (value === null || value === undefined) return [];
  const { kind, items } = value as { readonly kind?: unknown; readonly items?: unknown };
  if (kind !== 'List' || !Array.isArray(items)) return [toDocument(value, place)];
  return items.map((item, index) => toDocument(item, `${place}, items[${index}]`));
}

function toDocument(value: unknown, place: string): Document {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { place, isReadable: false, because: 'must be an object with apiVersion and kind' };
  }
  if (!isBounded(value)) {
    return { place, isReadable: false, because: `must hold at most ${maximumValues} values, its aliases unfolded` };
  }
  return { place, isReadable: true, object: value as Readonly<Record<string, unknown>> };
}

function isBounded(value: object): boolean {
  const left: unknown[] = [value];
  for (let seen = 0; seen < maximumValues; seen += 1) {
    if (left.length === 0) return true;
    const next = left.pop();
    if (typeof next !== 'object' || next === null) continue;
    for (const child of Object.values(next)) left.push(child);
  }
  return false;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
