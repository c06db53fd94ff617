import { waitUntil } from '../support/wait-until.ts';
import { type Authority, createAuthority } from './authority.ts';
import type { Course } from './conclude.ts';
import { type Condition, ConditionWatch, formatConditions } from './conditions.ts';
import { readEmitted } from './emitted-objects.ts';
import { readTail, spawnOperator } from './operator-process.ts';
import { exampleFile, readExample } from './route.ts';
import type { Screen } from './screen.ts';
import type { Part, Stage } from './stage.ts';
import { tryEcho } from './try-socket.ts';

const message = 'hello from the demo';

/** From nothing to an echo over wss://, and the print-out. The CustomResourceDefinition and the namespace are there. */
export async function tellStory(stage: Stage, screen: Screen, { undo }: Course): Promise<Authority> {
  const { kubectl, namespace, issuer } = stage;
  const operator = await spawnOperator({ ...stage.operator, directory: stage.directory });
  undo.defer(() => operator.stop());
  stage.guard?.(operator.pid);
  const readLog = (part: Part) => (part === 'operator' ? readTail(operator.logFile) : stage.readLog(part));

  const authority = await screen.step(
    `${issuer.kind} ${issuer.name} is ready (a private CA, made for this demo; a real one would be ACME)`,
    () => createAuthority(stage),
    () => readLog('cert-manager'),
  );
  await screen.step(`Service ${namespace}/chat leads to a ws:// echo server`, () => stage.provideBackend());
  await screen.step(
    'operator runs: wss run, a process of its own',
    () => operator.waitUntilReady(),
    () => readLog('operator'),
  );

  const { route, changes } = await readExample(stage);
  const { name } = route.metadata;
  for (const change of changes) screen.note(`changed for this cluster, in memory only: ${change}`);
  const conditions = new ConditionWatch();
  conditions.follow(kubectl, { namespace, name }, screen).catch((error) => screen.note(`watch: ${error.message}`));
  const applied = Date.now();
  await screen.step(`applied ${exampleFile} as WssRoute ${namespace}/${name}`, () => kubectl.apply([route]));
  const isReady = async () => conditions.last.some(({ type, status }) => type === 'Ready' && status === 'True');
  await screen.step(
    `WssRoute ${namespace}/${name} is Ready`,
    () =>
      waitUntil(isReady, { what: 'Ready=True', timeoutMs: 180_000, explain: () => formatConditions(conditions.last) }),
    () => readLog(findCulprit(conditions.last)),
  );
  const readyAfter = Date.now() - applied;

  const stored = await kubectl.getJson('wssroute', name, `--namespace=${namespace}`);
  const url: string = stored.status.urls[0];
  const address = stage.address ?? { host: stored.status.addresses[0] };
  const echo = await screen.step(
    `${url} opened at ${address.host}, certificate verified against the private root`,
    () => tryEcho({ url, rootPem: authority.rootPem, address, message }),
    () => readLog('ingress-nginx'),
  );
  const echoAfter = Date.now() - applied;
  screen.note(`sent ${JSON.stringify(message)}, received ${JSON.stringify(echo)}`);
  screen.note(`from kubectl apply to Ready ${inSeconds(readyAfter)}, to the echo ${inSeconds(echoAfter)}`);

  const get = ['get', 'wssroutes', `--namespace=${namespace}`];
  screen.title(`$ ${stage.kubectlCommand} ${get.join(' ')}`);
  screen.print(await kubectl.run(get));
  screen.title('What the operator wrote (as stored, without status, uids and managedFields)');
  screen.print(await readEmitted(stage, name));
  screen.title(`Conditions of WssRoute ${namespace}/${name}`);
  screen.print(formatConditions(stored.status.conditions));
  screen.print('');
  return authority;
}

/** Whose log tells why a route is not Ready. */
function findCulprit(conditions: readonly Condition[]): Part {
  const open = conditions.find(({ type, status }) => type !== 'Ready' && status !== 'True');
  if (open?.type === 'CertificateReady') return 'cert-manager';
  return open?.type === 'Programmed' ? 'ingress-nginx' : 'operator';
}

function inSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
