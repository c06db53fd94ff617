import type { WssRoute } from '../api/wssroute.ts';

/** A place where a route is served. */
export type Attachment = IngressClassAttachment | ParentAttachment;

export interface IngressClassAttachment {
  readonly kind: 'IngressClass';
  readonly name: string;
}

/** A Gateway or ListenerSet of the Gateway API. */
export interface ParentAttachment {
  readonly kind: 'Gateway' | 'ListenerSet';
  readonly namespace: string;
  readonly name: string;
  /** The HTTPS listener; all that fit when left out. */
  readonly sectionName?: string;
  /** Whether the route brings its own listeners along, in a ListenerSet. */
  readonly createsListener: boolean;
}

/** Every place where a route wants to be served, each once: the class first, then the parents in the order of the route. */
export function attachmentsOf({ metadata, spec }: WssRoute): readonly Attachment[] {
  const attachments: Attachment[] = [];
  if (spec.ingressClassName !== undefined) attachments.push({ kind: 'IngressClass', name: spec.ingressClassName });
  for (const { kind, namespace = metadata.namespace ?? '', name, sectionName, createListener } of spec.parentRefs ?? [])
    attachments.push({
      ...{ kind, namespace, name, createsListener: createListener },
      ...(sectionName !== undefined && { sectionName }),
    });
  return [...new Map(attachments.map((attachment) => [formatAttachment(attachment), attachment])).values()];
}

/** `IngressClass/nginx`, `Gateway/infra/edge`, `Gateway/infra/edge/https`: as the status names it. */
export function formatAttachment(attachment: Attachment): string {
  if (attachment.kind === 'IngressClass') return `IngressClass/${attachment.name}`;
  const { kind, namespace, name, sectionName } = attachment;
  return `${kind}/${namespace}/${name}${sectionName === undefined ? '' : `/${sectionName}`}`;
}

/** As people say it: `class "nginx"`, `Gateway infra/edge`. */
export function describeAttachment(attachment: Attachment): string {
  if (attachment.kind === 'IngressClass') return `class "${attachment.name}"`;
  return `${attachment.kind} ${attachment.namespace}/${attachment.name}`;
}

/** What one host and path may be served by once only; listeners of one Gateway are one such place. */
export function scopeOf(attachment: Attachment): string {
  if (attachment.kind === 'IngressClass') return attachment.name;
  return `${attachment.kind}/${attachment.namespace}/${attachment.name}`;
}

/** The field that names the attachment. */
export function fieldOf({ kind }: Attachment): string {
  return kind === 'IngressClass' ? 'spec.ingressClassName' : 'spec.parentRefs';
}
