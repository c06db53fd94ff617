import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { load } from 'js-yaml';
import { goldenObjects } from '../apiserver/golden-routes.ts';
import type { ApiObject } from '../support/admin-client.ts';
import type { IngressNginx } from '../support/ingress-nginx/ingress-nginx.ts';
import { applyObjects } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { createNamespace } from '../support/routes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { listSamples } from './markdown.ts';

/** The settings for ingress-nginx in the security section of deploy/README.md, and what the page says of them. */

const hash = 'nginx.ingress.kubernetes.io/upstream-hash-by';
const namespace = 'app';
const ingresses = goldenObjects
  .filter(({ object }) => object.kind === 'Ingress')
  .map(({ object }, index) => serveOwnHost(object, `golden-${index}`));

let rig: Rig;
let nginx: IngressNginx;

before(async () => {
  rig = await startRig({ parts: ['ingress-nginx'] });
  assert.ok(rig.ingressNginx);
  nginx = rig.ingressNginx;
  await createNamespace(rig, namespace);
});

after(() => rig?.stop());

describe('ingress-nginx as the security section has it', () => {
  test('serves affinity by address as long as nobody has set it up so', async () => {
    const [one] = ingresses.filter(isHashing);
    assert.ok(one, 'no golden route has affinity by address');
    await applyObjects(rig, [serveOwnHost(one, 'before')]);
    await waitUntil(async () => isServed(await nginx.nginxConf(), 'before'), {
      what: 'the Ingress to be served',
      timeoutMs: 60_000,
    });
  });

  test('serves every other Ingress of a golden route, and nothing with a snippet', async () => {
    const settings = listSamples('deploy/README.md').find(({ text }) => text.includes('annotations-risk-level:'));
    assert.ok(settings, 'deploy/README.md shows no settings');
    // One that shows in nginx.conf tells when they have come.
    await nginx.configure({ ...(load(settings.text) as ApiObject).data, 'keep-alive': '74' });
    await waitUntil(async () => /keepalive_timeout\s+74s/.test(await nginx.nginxConf()), {
      what: 'the settings to be in force',
      timeoutMs: 60_000,
    });
    const snippet = serveOwnHost(ingresses[0], 'snippet');
    snippet.metadata.annotations['nginx.ingress.kubernetes.io/configuration-snippet'] = 'return 200;';
    await applyObjects(rig, [snippet, ...ingresses]);

    const [refused, served] = [ingresses.filter(isHashing), ingresses.filter((each) => !isHashing(each))];
    assert.ok(served.length > 40, `${served.length} Ingresses`);
    const listMissing = async () => {
      const conf = await nginx.nginxConf();
      return served.map(({ metadata }) => metadata.name).filter((name) => !isServed(conf, name));
    };
    await waitUntil(async () => (await listMissing()).length === 0, {
      what: 'every Ingress to be served',
      timeoutMs: 60_000,
      explain: async () => `not served: ${(await listMissing()).join(', ')}`,
    });
    const conf = await nginx.nginxConf();
    for (const { metadata } of [snippet, ...refused]) assert.equal(isServed(conf, metadata.name), false, metadata.name);
    assert.equal((await nginx.testConf()).code, 0);
  });
});

/** A copy that asks for nothing else's host. */
function serveOwnHost(object: ApiObject, name: string): ApiObject {
  const copy = structuredClone(object);
  const host = `${name}.example.com`;
  const [rule] = copy.spec.rules;
  const [{ secretName }] = copy.spec.tls;
  copy.metadata = { namespace, name, annotations: copy.metadata.annotations };
  copy.spec = {
    ...copy.spec,
    ingressClassName: 'nginx',
    tls: [{ hosts: [host], secretName }],
    rules: [{ ...rule, host }],
  };
  return copy;
}

function isHashing({ metadata }: ApiObject): boolean {
  return hash in metadata.annotations;
}

function isServed(conf: string, name: string): boolean {
  return conf.includes(`server_name ${name}.example.com `);
}
