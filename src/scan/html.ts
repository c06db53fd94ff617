import { type DefaultTreeAdapterTypes, parse } from 'parse5';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

/** Where a piece of text begins; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Inline extends Place {
  readonly code: string;
  /** What the script element says of itself; `module` and others in lower case. */
  readonly type: string;
  readonly language: string;
}

export interface Reference extends Place {
  readonly src: string;
  readonly type: string;
}

export interface Attribute extends Place {
  readonly element: string;
  readonly name: string;
  readonly value: string;
}

/** What of a document has to do with WebSockets. */
export interface Html {
  /** `<base href>`: the first one counts. */
  readonly base?: string;
  /** `<meta http-equiv="Content-Security-Policy">` of the head; browsers pass over others. */
  readonly policies: readonly (Place & { readonly content: string })[];
  readonly inlines: readonly Inline[];
  readonly references: readonly Reference[];
  readonly attributes: readonly Attribute[];
}

/** Reads HTML as browsers do; it is never wrong, and so are the templates of Vue and Svelte. */
export function readHtml(text: string): Html {
  const found: Collected = { policies: [], inlines: [], references: [], attributes: [] };
  let base: string | undefined;
  const waiting: { readonly node: Node; readonly isInHead: boolean }[] = [
    { node: parse(text, { sourceCodeLocationInfo: true }), isInHead: false },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, isInHead } = next;
    const inside = isInHead || node.nodeName === 'head';
    if ('tagName' in node) {
      if (node.tagName === 'base') base ??= attributeOf(node, 'href');
      collect(node, isInHead, found);
    }
    const children = 'content' in node ? node.content.childNodes : 'childNodes' in node ? node.childNodes : [];
    // The last is taken first: pushing them in reverse keeps the order of the document.
    for (const child of [...children].reverse()) waiting.push({ node: child, isInHead: inside });
  }
  return { ...found, ...(base !== undefined && { base }) };
}

interface Collected {
  readonly policies: (Place & { readonly content: string })[];
  readonly inlines: Inline[];
  readonly references: Reference[];
  readonly attributes: Attribute[];
}

function collect(element: Element, isInHead: boolean, found: Collected): void {
  const { tagName } = element;
  if (
    tagName === 'meta' &&
    isInHead &&
    attributeOf(element, 'http-equiv')?.toLowerCase() === 'content-security-policy'
  ) {
    found.policies.push({ ...placeOf(element), content: attributeOf(element, 'content') ?? '' });
  }
  if (tagName === 'script') collectScript(element, found);
  for (const { name, value } of element.attrs) {
    found.attributes.push({ ...placeOf(element, name), element: tagName, name, value });
  }
}

function collectScript(element: Element, found: Collected): void {
  const type = (attributeOf(element, 'type') ?? '').trim().toLowerCase();
  const src = attributeOf(element, 'src');
  if (src !== undefined) {
    found.references.push({ ...placeOf(element, 'src'), src, type });
    return;
  }
  const [content] = element.childNodes;
  if (content?.nodeName !== '#text') return;
  const language = (attributeOf(element, 'lang') ?? '').toLowerCase();
  found.inlines.push({ ...placeOf(content), code: (content as { readonly value: string }).value, type, language });
}

function attributeOf(element: Element, name: string): string | undefined {
  return element.attrs.find((each) => each.name === name)?.value;
}

function placeOf(node: Node, attribute?: string): Place {
  const location = node.sourceCodeLocation;
  const exact = attribute === undefined ? undefined : (location as Element['sourceCodeLocation'])?.attrs?.[attribute];
  const { startLine, startCol } = exact ?? location ?? { startLine: 1, startCol: 1 };
  return { line: startLine, column: startCol };
}
