import type { ObjectKey } from '../api/objects.ts';
import { escapeUnseen } from '../api/text.ts';

export type RouteName =
  | { readonly isValid: true; readonly name: string; readonly namespace: string | undefined }
  | { readonly isValid: false; readonly because: string };

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** `chat` or `shop/chat`, and what `--namespace` says; no namespace means that of the context. */
export function readRouteName(text: string, namespaceFlag: string | undefined): RouteName {
  const parts = text.split('/');
  const { namespace, name } = splitKey(parts, namespaceFlag);
  if (parts.length > 2 || !subdomain.test(name) || name.length > 253) {
    return refuse(`"${escapeUnseen(text)}" must be the name of a WssRoute, or namespace/name`);
  }
  if (namespace !== undefined && (!label.test(namespace) || namespace.length > 63)) {
    return refuse(`"${escapeUnseen(namespace)}" must be the name of a namespace`);
  }
  if (parts.length === 2 && namespaceFlag !== undefined && namespaceFlag !== namespace) {
    return refuse(
      `"${text}" and --namespace ${escapeUnseen(namespaceFlag)} must name the same namespace: leave one out`,
    );
  }
  return { isValid: true, name, namespace };
}

function splitKey(parts: readonly string[], flag: string | undefined): Partial<ObjectKey> & { readonly name: string } {
  const [first = '', second] = parts;
  if (second !== undefined) return { namespace: first, name: second };
  return { ...(flag !== undefined && { namespace: flag }), name: first };
}

function refuse(because: string): RouteName {
  return { isValid: false, because };
}
