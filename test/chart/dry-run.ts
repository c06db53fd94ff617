import type { ApiObject } from '../support/admin-client.ts';
import type { Rig } from '../support/rig.ts';

/** Asks the API server what it says to objects, without writing any of them. */
export class DryRun {
  readonly #rig: Rig;
  readonly #namespace: string;
  readonly #resources = new Map<string, Promise<readonly ApiObject[]>>();
  readonly #answers = new Map<string, Promise<string | undefined>>();

  /** `namespace` is that of objects that name none. */
  constructor(rig: Rig, namespace: string) {
    this.#rig = rig;
    this.#namespace = namespace;
  }

  /** What is wrong with the objects, by server-side apply with strict fields; the same object is asked about once. */
  async judge(objects: readonly ApiObject[]): Promise<readonly string[]> {
    const answers = await Promise.all(objects.map((object) => this.#judgeOnce(object)));
    return answers.filter((answer) => answer !== undefined);
  }

  /** What Pod Security says to the Pod that a Deployment would make. */
  async judgePod({ metadata, spec }: ApiObject): Promise<string | undefined> {
    const { namespace = this.#namespace } = metadata;
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      ...spec.template,
      metadata: { ...spec.template.metadata, name: 'pod' },
    };
    const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All&fieldValidation=Strict`;
    const { status, body } = await this.#rig.client.request('POST', path, pod);
    return status < 300 ? undefined : `Pod: ${status} ${body.message}`;
  }

  #judgeOnce(object: ApiObject): Promise<string | undefined> {
    const key = JSON.stringify(object);
    const answer = this.#answers.get(key) ?? this.#judge(object);
    this.#answers.set(key, answer);
    return answer;
  }

  async #judge(object: ApiObject): Promise<string | undefined> {
    const { apiVersion, kind, metadata } = object;
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const resource = (await this.#discover(root)).find((each) => each.kind === kind && !each.name.includes('/'));
    if (resource === undefined) return `${apiVersion} ${kind}: the API server does not know this kind`;
    const scope = resource.namespaced ? `/namespaces/${metadata.namespace ?? this.#namespace}` : '';
    const query = 'fieldManager=helm&force=true&dryRun=All&fieldValidation=Strict';
    const path = `${root}${scope}/${resource.name}/${metadata.name}?${query}`;
    const { status, body } = await this.#rig.client.request('PATCH', path, object, 'application/apply-patch+yaml');
    return status < 300 ? undefined : `${kind} ${metadata.name}: ${status} ${body.message}`;
  }

  #discover(root: string): Promise<readonly ApiObject[]> {
    const resources =
      this.#resources.get(root) ?? this.#rig.client.request('GET', root).then(({ body }) => body.resources ?? []);
    this.#resources.set(root, resources);
    return resources;
  }
}
