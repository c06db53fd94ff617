import { loadAll } from 'js-yaml';

/** One object of a YAML or JSON file, or the reason why it could not be read. */
export type Document =
  | { readonly place: string; readonly isReadable: true; readonly object: Readonly<Record<string, unknown>> }
  | { readonly place: string; readonly isReadable: false; readonly because: string };

/** The objects of a file, Lists unfolded. A document that is no YAML is reported, and its neighbours are read. */
export function readDocuments(text: string, source: string): readonly Document[] {
  const parts = splitDocuments(text);
  const documents: Document[] = [];
  for (const [index, part] of parts.entries()) {
    const place = parts.length === 1 ? source : `${source}, document ${index + 1}`;
    try {
      for (const value of loadAll(part)) documents.push(...unfold(value, place));
    } catch (error) {
      documents.push({ place, isReadable: false, because: `must be YAML or JSON: ${firstLine(error)}` });
    }
  }
  return documents;
}

/** A line that starts with `---` begins a document, wherever it stands (YAML 1.2, section 9.1.2). */
function splitDocuments(text: string): readonly string[] {
  return text.split(/^---(?=\s|$)/m).filter((part) => part.replace(/^\s*#.*$/gm, '').trim() !== '');
}

function unfold(value: unknown, place: string): readonly Document[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object' || Array.isArray(value)) {
    return [{ place, isReadable: false, because: 'must be an object with apiVersion and kind' }];
  }
  const object = value as Readonly<Record<string, unknown>>;
  if (object.kind === 'List' && Array.isArray(object.items)) {
    return object.items.flatMap((item, index) => unfold(item, `${place}, items[${index}]`));
  }
  return [{ place, isReadable: true, object }];
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
