import type { KubeObject } from '../../../src/api/objects.ts';
import { buildIngress, type IngressOptions } from './example.ts';

/** Ingresses of F5's controller, each named after what it is. */

export const type = 'nginx.org/mergeable-ingress-type';

/** Annotations by their names without `nginx.org/`. */
type Sketch = IngressOptions & { readonly org?: Readonly<Record<string, string>> };

export function plain(sketch: Sketch = {}): KubeObject {
  return build('plain', { tls: true, ...sketch }, {});
}

export function master(sketch: Sketch = {}): KubeObject {
  return build('master', { tls: true, paths: [], ...sketch }, { [type]: 'master' });
}

export function minion(sketch: Sketch = {}): KubeObject {
  return build('minion', sketch, { [type]: 'minion' });
}

/** What cert-manager writes for a challenge. */
export function solver(sketch: Sketch = {}): KubeObject {
  const paths = ['/.well-known/acme-challenge/TOKEN solver'];
  return build('solver', { paths, pathType: 'ImplementationSpecific', ...sketch }, {});
}

/** The rules of a spec, from `host path service` each; no path where the text is a host alone. */
export function rules(...texts: readonly string[]): { readonly rules: readonly object[] } {
  return {
    rules: texts.map((text) => {
      const [host = '', path, service = 'chat'] = text.split(' ');
      const backend = { service: { name: service, port: { number: 80 } } };
      return {
        ...(host !== '-' && { host }),
        ...(path !== undefined && { http: { paths: [{ path, pathType: 'Prefix', backend }] } }),
      };
    }),
  };
}

/** A rule of one path that is written as it stands. */
export function path(path: Readonly<Record<string, unknown>>): { readonly rules: readonly object[] } {
  const backend = { service: { name: 'chat', port: { number: 80 } } };
  return { rules: [{ host: 'chat.example.com', http: { paths: [{ pathType: 'Prefix', backend, ...path }] } }] };
}

/** The same ones, each a second younger than the one before. */
export function age(ingresses: readonly KubeObject[]): readonly KubeObject[] {
  return ingresses.map((ingress, index) => {
    const { creationTimestamp = new Date(index * 1000).toISOString(), uid = `${index}` } = ingress.metadata;
    return { ...ingress, metadata: { ...ingress.metadata, creationTimestamp, uid } };
  });
}

function build(name: string, { org = {}, annotations, ...options }: Sketch, own: Record<string, string>): KubeObject {
  const prefixed = Object.entries(org).map(([key, value]) => [`nginx.org/${key}`, value] as const);
  return buildIngress({ name, ...options, annotations: { ...own, ...Object.fromEntries(prefixed), ...annotations } });
}
