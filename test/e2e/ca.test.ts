/** `wss ca` as people run it, and the steps that it prints. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { rootCertificates } from 'node:tls';
import { CertificateMaker, type Identity } from '../probe/certificate-maker.ts';
import type { ApiObject } from '../support/admin-client.ts';
import { publishBackend } from '../support/backend.ts';
import { installTestCa } from '../support/cert-manager.ts';
import { requestCertificate } from '../support/issuance.ts';
import { ingressNginxOf, waitUntilReady, waitUntilServed } from '../support/live-route.ts';
import { applyObjects, installOperator, type Operator, startOperator } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute, waitForCondition } from '../support/routes.ts';
import { runTool } from '../support/run-tool.ts';
import { readServedCertificate } from '../support/served-certificate.ts';
import { waitUntil } from '../support/wait-until.ts';

const main = join(import.meta.dirname, '../../src/main.ts');
const namespace = 'ca';
const requests = `/apis/cert-manager.io/v1/namespaces/${namespace}/certificaterequests`;

interface Outcome {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

describe('wss ca', () => {
  let rig: Rig;
  let operator: Operator;
  let root: string;
  let rootFile: string;
  let address: string;
  let directory: string;
  const maker = new CertificateMaker();

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wss-ca-'));
    rig = await startRig({ parts: ['controller-manager', 'cert-manager', 'ingress-nginx', 'backend'] });
    address = ingressNginxOf(rig).address;
    const authority = await installTestCa(rig);
    root = String(new X509Certificate(authority.rootPem));
    rootFile = authority.rootFile;
    await installOperator(rig);
    await applyObjects(rig, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
    await publishBackend(rig, { namespace, name: 'chat', port: 8080 });
    operator = await startOperator(rig);
    await applyObjects(rig, [buildRoute(namespace, 'issued')]);
    await waitUntilReady(rig, namespace, 'issued');
    await waitUntilServed(rig, 'wss://issued.ca.example.com/ws', root);
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
    maker[Symbol.dispose]();
    await rm(directory, { recursive: true, force: true });
  });

  async function wssCa(...args: readonly string[]): Promise<Outcome> {
    const kubeconfig = args.includes('--kubeconfig') ? [] : ['--kubeconfig', rig.kubeconfig];
    const child = spawn(process.execPath, [main, 'ca', ...args, ...kubeconfig], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [out, err, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { exitCode, out, err };
  }

  /** A route whose certificate, with whatever is served behind it, is brought along. */
  async function bring(name: string, identity: Identity, ...chain: readonly Identity[]): Promise<void> {
    const data = {
      'tls.crt': encode([identity, ...chain].map(({ certificate }) => certificate).join('')),
      'tls.key': encode(identity.key),
    };
    const metadata = { namespace, name: `${name}-own` };
    await applyObjects(rig, [
      { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/tls', data },
      buildRoute(namespace, name, { tls: { secretName: `${name}-own` } }),
    ]);
    await waitUntilReady(rig, namespace, name);
    const { serialNumber } = new X509Certificate(identity.certificate);
    await waitUntil(
      async () => (await readServedCertificate(address, `${name}.ca.example.com`)).serialNumber === serialNumber,
      { what: `the certificate of ${name} to be served`, timeoutMs: 60_000 },
    );
  }

  test('prints the root as a file to install, and its fingerprint as openssl does', async () => {
    const { exitCode, out, err } = await wssCa('ca/issued');
    assert.equal(exitCode, 0, err);
    assert.equal(out, root);
    const printed = await runTool('openssl', ['x509', '-noout', '-fingerprint', '-sha256'], { stdin: out });
    assert.equal(/^SHA-256 +(\S+)$/m.exec(err)?.[1], printed.trim().split('=')[1]);
    assert.match(err, /^issuer +itself: it is a root$/m);
    assert.match(err, /^source +told by its issuer in CertificateRequest ca\/issued-wss-1$/m);
    assert.doesNotMatch(err, /warning|error/);
  });

  test('prints the root of a Certificate that the route shares, before anything of it is served', async () => {
    await requestCertificate(rig, namespace, 'wildcard', ['*.ca.example.com']);
    await applyObjects(rig, [buildRoute(namespace, 'guest', { tls: { certificateRef: { name: 'wildcard' } } })]);
    await waitForCondition(rig, namespace, 'guest', { type: 'CertificateReady', status: 'True' });
    const { exitCode, out, err } = await wssCa('ca/guest');
    assert.deepEqual([exitCode, out], [0, root], err);
    assert.match(err, /told by its issuer in CertificateRequest ca\/wildcard-1$/m);
  });

  test('works for whoever may read routes and what cert-manager says, and no Secret', async () => {
    const kubeconfig = await rig.kubeconfigFor({ user: 'reader', groups: [] });
    await grant('reader', [
      { apiGroups: ['wssroute.dev'], resources: ['wssroutes'], verbs: ['get'] },
      { apiGroups: ['cert-manager.io'], resources: ['certificates'], verbs: ['get'] },
      { apiGroups: ['cert-manager.io'], resources: ['certificaterequests'], verbs: ['list'] },
    ]);
    const since = rig.audit.mark();
    const { exitCode, out, err } = await wssCa('issued', '-n', namespace, '--kubeconfig', kubeconfig);
    assert.deepEqual([exitCode, out], [0, root], err);
    const asked = rig.audit.requests({ since, user: 'reader' }).map(({ verb, resource }) => `${verb} ${resource}`);
    assert.deepEqual(asked, ['get wssroutes', 'get certificates', 'list certificaterequests']);
  });

  test('looks at what is served when cert-manager may not be asked', async () => {
    const kubeconfig = await rig.kubeconfigFor({ user: 'visitor', groups: [] });
    await grant('visitor', [{ apiGroups: ['wssroute.dev'], resources: ['wssroutes'], verbs: ['get'] }]);
    const ask = () => wssCa('ca/issued', '--kubeconfig', kubeconfig);
    const { exitCode, err, out } = await rig.access.expectDenials(ask);
    assert.match(err, /^warning: cert-manager could not be asked, so what is served is looked at: .*403 Forbidden/m);
    // cert-manager leaves the root out of what is served.
    assert.match(
      err,
      /^error: at \S+:443 for issued\.ca\.example\.com the server shows its own certificate only, not the one of its issuer/m,
    );
    assert.deepEqual([exitCode, out], [1, '']);
  });

  async function grant(user: string, rules: readonly object[]): Promise<void> {
    const metadata = { namespace, name: user };
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    const subject = { kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' };
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: user };
    await applyObjects(rig, [
      { apiVersion, kind: 'Role', metadata, rules },
      { apiVersion, kind: 'RoleBinding', metadata, roleRef, subjects: [subject] },
    ]);
  }

  test('writes a file, once, and prints JSON', async () => {
    const file = join(directory, 'chat-ca.crt');
    const first = await wssCa('ca/issued', '--out', file, '--json');
    assert.equal(first.exitCode, 0, first.err);
    assert.equal(await readFile(file, 'utf8'), root);
    const facts = JSON.parse(first.out);
    assert.equal(facts.pem, root);
    assert.equal(facts.fingerprint256, new X509Certificate(root).fingerprint256);
    assert.deepEqual([facts.isSelfSigned, facts.isAuthority, facts.isPubliclyTrusted], [true, true, false]);
    await writeFile(file, 'precious');
    const second = await wssCa('ca/issued', '--out', file);
    assert.deepEqual([second.exitCode, second.out], [1, '']);
    assert.match(
      second.err,
      /^error: chat-ca\.crt is there already: name another file, or overwrite it with --force$/m,
    );
    assert.equal(await readFile(file, 'utf8'), 'precious');
    assert.equal((await wssCa('ca/issued', '--out', file, '--force')).exitCode, 0);
    assert.equal(await readFile(file, 'utf8'), root);
  });

  describe('its steps', () => {
    const host = 'issued.ca.example.com';
    let steps: string;
    let file: string;

    before(async () => {
      file = join(directory, "it's a root.crt");
      const { exitCode, err } = await wssCa('ca/issued', '--out', file);
      assert.equal(exitCode, 0, err);
      steps = err;
    });

    /** The printed line that begins so, as a shell command. */
    function step(beginning: string): string {
      const line = steps.split('\n').find((each) => each.trimStart().startsWith(beginning));
      assert.ok(line, `no step begins with ${beginning}:\n${steps}`);
      return line.trim();
    }

    function sh(command: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
      return runTool('bash', ['-c', command], { env: { ...process.env, ...env }, cwd: directory });
    }

    test('make curl trust the route, which it does not without', async () => {
      const place = `--silent --show-error --output /dev/null --resolve ${host}:443:${address}`;
      await sh(`${step('curl --cacert').replace('https://…', `https://${host}/ws`)} ${place}`);
      await assert.rejects(sh(`curl https://${host}/ws ${place}`), /ended with 60/);
    });

    test('make wss probe trust it', async () => {
      const command = step('wss probe').replace('wss probe', `"${process.execPath}" "${main}" probe`);
      const there = command.replace('wss://…', `wss://${host}/ws --connect ${address}:443`);
      assert.match(await sh(there), /^Connected: /m);
      await assert.rejects(sh(there.replace(/--ca '.*\.crt' /, '')), /UntrustedChain/);
    });

    test('make Node.js trust it', async () => {
      const program = `require('node:tls').connect({ host: '${address}', port: 443, servername: '${host}' }, () => process.exit(0))`;
      await writeFile(join(directory, 'app.js'), program);
      const command = step('NODE_EXTRA_CA_CERTS').replace(/\bnode app/, `"${process.execPath}" app`);
      await sh(command);
      await assert.rejects(sh(command.replace(/^NODE_EXTRA_CA_CERTS=\S.*\.crt' /, '')), /SELF_SIGNED|UNABLE_TO/);
    });

    test('make Python trust it', async () => {
      const program = [
        'import socket, ssl',
        `with socket.create_connection(("${address}", 443)) as bare:`,
        `  ssl.create_default_context().wrap_socket(bare, server_hostname="${host}").close()`,
      ].join('\n');
      await writeFile(join(directory, 'app.py'), program);
      const command = step('SSL_CERT_FILE').replace(/ {4}\(.*\)$/, '');
      await sh(command);
      await assert.rejects(sh('python3 app.py'), /CERTIFICATE_VERIFY_FAILED/);
    });

    test('put it into the store of Chromium', async () => {
      const home = join(directory, 'home');
      await mkdir(home);
      await sh(step('mkdir -p $HOME/.pki/nssdb'), { HOME: home });
      await sh(step('certutil -d sql'), { HOME: home });
      const listed = await sh(`certutil -d sql:${home}/.pki/nssdb -L -n issued-ca -a`);
      assert.equal(String(new X509Certificate(listed)), root);
      assert.match(await sh(`certutil -d sql:${home}/.pki/nssdb -L`), /^issued-ca +C,,/m);
    });

    test('are of a certificate that openssl takes for the root of what is served', async () => {
      const served = await readServedCertificate(address, host);
      const own = join(directory, 'served.crt');
      await writeFile(own, served.toString());
      assert.match(await runTool('openssl', ['verify', '-no-CApath', '-CAfile', file, own]), /: OK$/m);
      assert.equal(
        await readFile(rootFile, 'utf8').then((pem) => String(new X509Certificate(pem))),
        await readFile(file, 'utf8'),
      );
    });
  });

  test('has nothing to install where the authority is public, and writes its root where it is to', async () => {
    await applyObjects(rig, [buildRoute(namespace, 'public')]);
    await waitForCondition(rig, namespace, 'public', { type: 'CertificateReady', status: 'True' });
    await tell('public-wss', Buffer.from(rootCertificates[0] ?? '').toString('base64'));
    const file = join(directory, 'public.crt');
    const bare = await wssCa('ca/public');
    assert.deepEqual([bare.exitCode, bare.out], [0, '']);
    assert.match(
      bare.err,
      /^Browsers and systems bring this root along: there is nothing to install\.\nA file of it \(--out\)/m,
    );
    const { exitCode, out, err } = await wssCa('ca/public', '--out', file);
    assert.deepEqual([exitCode, out], [0, '']);
    assert.match(err, /there is nothing to install\.\nThe file is for programs that have no roots of their own/);
    assert.doesNotMatch(err, /^Debian/m);
    assert.equal(await readFile(file, 'utf8'), String(new X509Certificate(rootCertificates[0] ?? '')));
    assert.match((await wssCa('ca/public', '--out', file)).err, /^error: public\.crt is there already/m);
  });

  /** Writes what an issuer tells of its authority. */
  async function tell(certificate: string, ca: string | undefined): Promise<void> {
    const { items } = await rig.client.get(requests);
    const found = items.find(({ metadata }: ApiObject) => metadata.ownerReferences?.[0]?.name === certificate);
    const status = { ...found.status, ...(ca === undefined ? {} : { ca }) };
    if (ca === undefined) delete status.ca;
    await rig.client.replace(`${requests}/${found.metadata.name}/status`, { ...found, status });
  }

  test('takes what is served from an issuer that tells nothing', async () => {
    await applyObjects(rig, [buildRoute(namespace, 'silent')]);
    await waitUntilReady(rig, namespace, 'silent');
    await waitUntilServed(rig, 'wss://silent.ca.example.com/ws', root);
    await tell('silent-wss', undefined);
    const { exitCode, err } = await wssCa('ca/silent');
    assert.equal(exitCode, 1);
    assert.match(err, /the server shows its own certificate only, not the one of its issuer \(CN=/);
  });

  test('takes the root from the chain that a brought certificate is served with', async () => {
    const top = await maker.make({ commonName: 'Root of the team', isAuthority: true });
    const middle = await maker.make({ commonName: 'Intermediate of the team', isAuthority: true }, top);
    const wish = (name: string) => ({ commonName: name, altNames: [`DNS:${name}.ca.example.com`] });
    await bring('chained', await maker.make(wish('chained'), middle), middle, top);
    const whole = await wssCa('ca/chained');
    assert.equal(whole.exitCode, 0, whole.err);
    assert.equal(whole.out, String(new X509Certificate(top.certificate)));
    assert.match(whole.err, /^source +served at \S+:443 for chained\.ca\.example\.com$/m);

    await bring('headless', await maker.make(wish('headless'), middle), middle);
    const part = await wssCa('ca/headless');
    assert.equal(part.out, String(new X509Certificate(middle.certificate)));
    assert.match(
      part.err,
      /^warning: it is no root, but issued by CN=Root of the team, whose certificate is neither told nor served/m,
    );
    assert.equal(part.exitCode, 0);

    await bring('alone', await maker.make({ ...wish('alone'), untilDay: 40 }));
    const alone = await wssCa('ca/alone');
    assert.match(alone.err, /^warning: it is no authority, but the certificate of a server that signed itself/m);
    assert.equal(alone.exitCode, 0);
  });

  test('does not take the certificate that ingress-nginx makes for itself for the route’s', async () => {
    await applyObjects(rig, [buildRoute(namespace, 'fake', { tls: { secretName: 'never-there' } })]);
    await waitUntilReady(rig, namespace, 'fake');
    const { exitCode, out, err } = await wssCa('ca/fake');
    assert.match(
      err,
      /^error: what is served at \S+ for fake\.ca\.example\.com is not the route's certificate, but one for DNS:ingress\.local/m,
    );
    assert.deepEqual([exitCode, out], [1, '']);
  });

  for (const [what, args, exitCode, says] of [
    [
      'a route that is not there',
      ['ca/nobody'],
      1,
      /^error: WssRoute ca\/nobody is not there: `kubectl get wssroutes --all-namespaces`/m,
    ],
    [
      'a namespace that is not meant',
      ['ca/issued', '-n', 'other'],
      2,
      /^error: "ca\/issued" and --namespace other must name the same namespace/m,
    ],
    ['what is no name', ['Not_A_Name'], 2, /^error: "Not_A_Name" must be the name of a WssRoute, or namespace\/name$/m],
    ['no route', [], 2, /missing required argument 'route'/],
    ['--force without a file', ['ca/issued', '--force'], 2, /^error: --force overwrites the file of --out: name it$/m],
    [
      'a context that is not there',
      ['ca/issued', '--context', 'moon'],
      1,
      /^error: kubeconfig .*there is no context moon/m,
    ],
    [
      'a kubeconfig that is not there',
      ['ca/issued', '--kubeconfig', '/nowhere'],
      1,
      /^error: kubeconfig \/nowhere cannot be read/m,
    ],
  ] as const) {
    test(`refuses ${what}`, async () => {
      const outcome = await wssCa(...args);
      assert.match(outcome.err, says);
      assert.deepEqual([outcome.exitCode, outcome.out], [exitCode, '']);
    });
  }
});

function encode(pem: string): string {
  return Buffer.from(pem).toString('base64');
}
