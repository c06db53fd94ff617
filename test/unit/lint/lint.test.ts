import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import type { KubeObject } from '../../../src/api/objects.ts';
import { formatProblem } from '../../../src/api/problem.ts';
import { type FindingText, findingReasons } from '../../../src/lint/finding-reasons.ts';
import { lintObjects } from '../../../src/lint/lint.ts';
import { buildIngress, buildPath, type IngressOptions } from './example.ts';

const nginx = 'nginx.ingress.kubernetes.io/';
const f5 = 'nginx.org/';
const classes = [buildClass('nginx', 'k8s.io/ingress-nginx'), buildClass('edge', 'nginx.org/ingress-controller')];

function buildClass(name: string, controller: string, annotations = {}): KubeObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name, annotations },
    spec: { controller },
  };
}

function buildSettings(name: string, data: Readonly<Record<string, string>>, labels = {}): KubeObject {
  const metadata = { name, namespace: 'ingress', labels };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'worker-shutdown-timeout': '3600s', ...data } };
}

function buildService(name: string, appProtocol: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'team' },
    spec: { ports: [{ port: 80, appProtocol }] },
  };
}

function buildCertificate(secretName: string, metadata = {}): KubeObject {
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: 'chat', namespace: 'team', ...metadata },
    spec: { secretName },
  };
}

/** With a time-out that lasts, so that only what the test is about is found. */
function onNginx(annotations: Readonly<Record<string, string>> = {}, options: IngressOptions = {}): KubeObject {
  return buildIngress({ annotations: { [`${nginx}proxy-read-timeout`]: '3600', ...annotations }, ...options });
}

function onF5(annotations: Readonly<Record<string, string>> = {}, options: IngressOptions = {}): KubeObject {
  const own = { [`${f5}proxy-read-timeout`]: '1h', [`${f5}websocket-services`]: 'chat', ...annotations };
  return buildIngress({ className: 'edge', annotations: own, ...options });
}

function lint(...objects: readonly KubeObject[]): readonly string[] {
  return lintObjects([...classes, ...objects]).findings.map(
    (finding) => `${finding.reason} ${finding.severity} ${finding.object.metadata.name} ${formatProblem(finding)}`,
  );
}

function expectOne(found: readonly string[], pattern: RegExp): void {
  assert.equal(found.length, 1, found.join('\n'));
  assert.match(found[0] ?? '', pattern);
}

suite('what nothing is said against', () => {
  test('an Ingress for a WebSocket in each dialect', () => {
    assert.deepEqual(lint(onNginx(), onF5({}, { name: 'feed', host: 'feed.example.com' })), []);
  });

  test('an Ingress that is for no WebSocket', () => {
    const web = { paths: ['/', '/api/'], host: 'web.example.com' };
    assert.deepEqual(lint(buildIngress(web), buildIngress({ ...web, className: 'edge', name: 'other' })), []);
  });

  test('an Ingress of a controller that is not known', () => {
    const haproxy = buildClass('haproxy', 'haproxy.org/ingress-controller');
    assert.deepEqual(lint(haproxy, buildIngress({ className: 'haproxy' })), []);
  });

  test('other ConfigMaps, those of the controllers too', () => {
    const data = { 'ssl-protocols': 'SSLv3' };
    assert.deepEqual(lint(buildSettings('app-settings', data), buildSettings('ingress-nginx-tcp', data)), []);
  });
});

suite('what the controller refuses', () => {
  test('follows from spec.controller of the class, not from its name', () => {
    const swapped = [buildClass('nginx', 'nginx.org/ingress-controller')];
    const ingress = buildIngress({
      annotations: { [`${f5}proxy-read-timeout`]: '0', [`${f5}websocket-services`]: 'chat' },
    });
    const found = lintObjects([...swapped, ingress]).findings.map(({ reason }) => reason);
    assert.deepEqual(found, ['Harmful']);
  });

  test('a class that is not known: annotations tell the dialect', () => {
    const unknown = {
      className: 'unknown',
      annotations: { [`${nginx}limit-rps`]: 'x', [`${nginx}proxy-read-timeout`]: '3600' },
    };
    expectOne(lint(buildIngress(unknown)), /^Rejected error chat /);
  });

  test('without a class the default one holds', () => {
    const isDefault = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
    const ingress = buildIngress({
      className: '',
      annotations: { [`${nginx}limit-rps`]: '1', [`${nginx}proxy-read-timeout`]: '3600' },
    });
    const objects = [buildClass('edge', 'nginx.org/ingress-controller', isDefault), ingress];
    const reasons = new Set(lintObjects(objects).findings.map(({ reason }) => reason));
    assert.ok(reasons.has('ForeignDialect'), [...reasons].join());
  });

  test('Unreadable: an annotation without quotes', () => {
    const ingress = onNginx();
    const annotations = { ...ingress.metadata.annotations, [`${nginx}limit-rps`]: 5 as unknown as string };
    const found = lint({ ...ingress, metadata: { ...ingress.metadata, annotations } });
    expectOne(
      found,
      /^Unreadable error chat metadata\.annotations\["nginx\.ingress\.kubernetes\.io\/limit-rps"\]: found 5, must be text, in quotes: "5"$/,
    );
  });

  test('TimeoutUnit: 3600s is an error on ingress-nginx, and it is not called short as well', () => {
    expectOne(
      lint(onNginx({ [`${nginx}proxy-read-timeout`]: '3600s' })),
      /^TimeoutUnit error chat .*found "3600s", must be a whole number of seconds without a unit/,
    );
  });

  test("a time-out without a unit is right on F5's controller", () => {
    assert.deepEqual(lint(onF5({ [`${f5}proxy-read-timeout`]: '3600' })), []);
  });

  test('Rejected, PathsDenied, Ignored and Harmful by what the controller does', () => {
    expectOne(lint(onNginx({ [`${nginx}load-balance`]: 'least_conn' })), /^Rejected error/);
    expectOne(lint(onNginx({ [`${nginx}allowlist-source-range`]: 'office' })), /^PathsDenied error/);
    expectOne(lint(onNginx({ [`${nginx}affinity`]: 'ip' })), /^Ignored warning/);
    expectOne(lint(onF5({ [`${f5}proxy-read-timeout`]: '0' })), /^Harmful error/);
  });

  test('a snippet is an error where it is known to be off, and a warning where it is not', () => {
    const ingress = onNginx({ [`${nginx}configuration-snippet`]: 'deny all;' });
    expectOne(lint(ingress), /^Rejected warning/);
    expectOne(lint(ingress, buildSettings('ingress-nginx-controller', {})), /^Rejected error/);
    expectOne(lint(onF5({ [`${f5}location-snippets`]: 'deny all;' })), /^Rejected warning/);
    expectOne(lint(onF5({ 'nginx.com/slow-start': '10s' })), /^Rejected warning/);
  });

  test('tls without a Secret may be meant, for a controller that has one for all hosts', () => {
    const spec = { tls: [{ hosts: ['chat.example.com'] }] };
    expectOne(
      lint(onF5({}, { spec })),
      /^Harmful warning chat spec\.tls\[0\]\.secretName: must name a Secret: without it clients get TLS alert 112, unless/,
    );
  });

  test('a host of two that another Ingress holds leaves it the other one', () => {
    const rules = ['chat', 'feed'].map((name) => ({
      host: `${name}.example.com`,
      http: { paths: [buildPath('/ws')] },
    }));
    expectOne(
      lint(onF5({}, { name: 'old' }), onF5({}, { name: 'young', spec: { rules } })),
      /^HostTaken error young spec\.rules\[0\]\.host: found "chat\.example\.com"/,
    );
  });

  test('a risk that the ConfigMap does not allow is an error', () => {
    const settings = buildSettings('ingress-nginx-controller', { 'annotations-risk-level': 'Medium' });
    expectOne(
      lint(onNginx({ [`${nginx}upstream-hash-by`]: '$remote_addr' }), settings),
      /^Rejected error .*its risk is High, annotations-risk-level is Medium/,
    );
  });

  test('HostTaken and PathTaken: two of one host', () => {
    expectOne(lint(onF5(), onF5({}, { name: 'other', paths: ['/other chat'] })), /^HostTaken error other /);
    const type = `${f5}mergeable-ingress-type`;
    const master = onF5({}, { name: 'm', annotations: { [type]: 'master' }, paths: [] });
    expectOne(
      lint(master, onF5({ [type]: 'minion' }), onF5({ [type]: 'minion' }, { name: 'late' })),
      /^PathTaken error late /,
    );
  });

  test('NoMaster: a minion alone', () => {
    expectOne(
      lint(onF5({ [`${f5}mergeable-ingress-type`]: 'minion' })),
      /^NoMaster error chat spec\.rules\[0\]\.host: found "chat\.example\.com", must have a master/,
    );
  });

  test('a path that strict-validate-path-type would refuse is one where nothing else is known, or it is on', () => {
    const ingress = onNginx({}, { paths: ['/ws~'] });
    expectOne(lint(ingress), /^Rejected warning .*strict-validate-path-type/);
    expectOne(lint(ingress, buildSettings('ingress-nginx-controller', {})), /^Rejected error/);
    assert.deepEqual(
      lint(ingress, buildSettings('ingress-nginx-controller', { 'strict-validate-path-type': 'false' })),
      [],
    );
  });

  test('an Ingress without a class is one of the default class', () => {
    const isDefault = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
    const objects = [
      buildClass('edge', 'nginx.org/ingress-controller', isDefault),
      onF5(),
      onF5({}, { name: 'b', className: '' }),
    ];
    assert.deepEqual(
      lintObjects(objects).findings.map(({ reason, object }) => `${reason} ${object.metadata.name}`),
      ['HostTaken b'],
    );
  });

  test('two classes of one controller do not share hosts', () => {
    const inside = buildClass('inside', 'nginx.org/ingress-controller');
    assert.deepEqual(lint(inside, onF5(), onF5({}, { className: 'inside', name: 'b' })), []);
  });
});

suite('annotations of another dialect', () => {
  test('ForeignDialect: nothing but them', () => {
    const ingress = buildIngress({
      className: 'edge',
      paths: ['/'],
      annotations: { [`${nginx}proxy-read-timeout`]: '3600' },
    });
    expectOne(
      lint(ingress),
      /^ForeignDialect error chat .*found "3600", must be nginx\.org\/proxy-read-timeout: ingress-nginx alone reads it, and class "edge" belongs to F5's controller$/,
    );
  });

  test('MixedDialects: beside those of the class', () => {
    expectOne(
      lint(onNginx({ [`${f5}websocket-services`]: 'chat' })),
      /^MixedDialects warning .*must be removed, ingress-nginx passes upgrades on by itself: F5's controller alone reads it, and class "nginx" belongs to ingress-nginx$/,
    );
    expectOne(lint(onNginx({ [`${f5}proxy-read-timeout`]: '1h' })), /^MixedDialects warning .*must be removed: /);
  });

  test('of a controller with neither', () => {
    const haproxy = buildClass('haproxy', 'haproxy.org/ingress-controller');
    expectOne(
      lint(haproxy, buildIngress({ className: 'haproxy', annotations: { [`${nginx}limit-rps`]: '1' } })),
      /^ForeignDialect error .*must be removed: .*class "haproxy" has another$/,
    );
  });

  test('cannot be told where the class is not known, unless both are there', () => {
    const find = (annotations: Readonly<Record<string, string>>) =>
      lint(buildIngress({ className: 'unknown', annotations })).filter((line) => line.includes('Dialect'));
    assert.deepEqual(find({ [`${nginx}limit-rps`]: '1' }), []);
    expectOne(
      find({ [`${nginx}limit-rps`]: '1', [`${f5}lb-method`]: 'least_conn' }),
      /^MixedDialects warning .*must be for one controller: give the IngressClass along/,
    );
  });
});

suite('what keeps a WebSocket from opening, or open', () => {
  test('UpgradeBroken: an error where there is one, else a warning', () => {
    const header = { [`${nginx}connection-proxy-header`]: 'keep-alive' };
    expectOne(lint(onNginx(header)), /^UpgradeBroken error .*so that no WebSocket opens at "\/ws"$/);
    expectOne(lint(onNginx(header, { paths: ['/'] })), /^UpgradeBroken warning .*where a path is a WebSocket/);
  });

  for (const path of ['/ws', '/api/websocket', '/socket.io', '/WSS/', '/cable', '/web-socket/x', '/sockjs-node']) {
    test(`ShortIdleTimeout: ${path} looks like a WebSocket`, () => {
      const affinity = { [`${nginx}affinity`]: 'cookie' };
      const found = lint(buildIngress({ annotations: affinity, paths: [path], pathType: 'Exact' }));
      expectOne(
        found,
        /^ShortIdleTimeout warning .*proxy-read-timeout"\]: must be more than 60 s if .* \(it looks like a WebSocket\): a socket is cut when the server is silent for so long; write "3600", or let the server ping$/,
      );
    });
  }

  for (const path of ['/', '/news', '/wso', '/cables', '/mysocket', '/ws-docs']) {
    test(`${path} does not`, () => assert.deepEqual(lint(buildIngress({ paths: [path] })), []));
  }

  test('ShortIdleTimeout: a Service that says so, and one that is named', () => {
    const ingress = buildIngress({ paths: ['/'] });
    expectOne(
      lint(ingress, buildService('chat', 'kubernetes.io/ws')),
      /^ShortIdleTimeout warning .*its Service says appProtocol kubernetes\.io\/ws/,
    );
    assert.deepEqual(lint(ingress, buildService('chat', 'http')), []);
    expectOne(
      lint(onF5({ [`${f5}proxy-read-timeout`]: '30s' }, { paths: ['/'] })),
      /^ShortIdleTimeout warning .*must be more than 30 s.*websocket-services names its Service.*"3600s"/,
    );
  });

  test("the controller's ConfigMap and a master count, too", () => {
    assert.deepEqual(
      lint(buildIngress(), buildSettings('ingress-nginx-controller', { 'proxy-read-timeout': '3600' })),
      [],
    );
    const type = `${f5}mergeable-ingress-type`;
    const master = buildIngress({
      className: 'edge',
      name: 'm',
      annotations: { [type]: 'master', [`${f5}proxy-read-timeout`]: '1h' },
      paths: [],
    });
    assert.deepEqual(
      lint(
        master,
        buildIngress({ className: 'edge', annotations: { [type]: 'minion', [`${f5}websocket-services`]: 'chat' } }),
      ),
      [],
    );
  });

  test('a WssRoute says itself how long it wants to wait', () => {
    assert.deepEqual(lint(buildIngress({ owner: 'chat' })), []);
  });

  test("UpgradeNotAllowed: F5's controller passes on what is named only", () => {
    const ingress = buildIngress({ className: 'edge', annotations: { [`${f5}proxy-read-timeout`]: '1h' } });
    expectOne(
      lint(ingress),
      /^UpgradeNotAllowed warning .*websocket-services"\]: must be "chat" if "\/ws" is a WebSocket/,
    );
    expectOne(
      lint(onF5({}, { paths: ['/ chat', '/ws feed'] })),
      /^UpgradeNotAllowed warning .*found "chat", must be "chat,feed"/,
    );
  });

  test('SlashRedirect: unless the path without the slash is there, or the client asks with it', () => {
    expectOne(
      lint(onNginx({}, { paths: ['/ws/'] })),
      /^SlashRedirect warning chat spec\.rules\[0\]\.http\.paths\[0\]\.path: found "\/ws\/", must be "\/ws"/,
    );
    expectOne(lint(onF5({}, { paths: ['/ws/'] })), /^SlashRedirect warning/);
    assert.deepEqual(lint(onNginx({}, { paths: ['/ws/', '/ws'] })), []);
    assert.deepEqual(lint(onNginx({}, { paths: ['/ws/'], pathType: 'Exact' })), []);
    assert.deepEqual(lint(onNginx({ [`${nginx}affinity`]: 'cookie' }, { paths: ['/socket.io/'] })), []);
  });

  test('Redirect: by annotation', () => {
    expectOne(
      lint(onNginx({ [`${nginx}permanent-redirect`]: 'https://example.com' })),
      /^Redirect warning .*must not stand beside "\/ws" .*: every request is redirected/,
    );
    expectOne(
      lint(onNginx({ [`${nginx}auth-signin`]: 'https://example.com/login' })),
      /^Redirect warning .*who is not signed in/,
    );
    assert.deepEqual(lint(onNginx({ [`${nginx}auth-signin`]: 'https://example.com/login' }, { paths: ['/'] })), []);
  });
});

suite('what one Ingress does to others', () => {
  test('RegexBleed: use-regex and rewrite-target, over all Ingresses of the host', () => {
    const api = { name: 'api', namespace: 'blue', paths: ['/api'] };
    expectOne(
      lint(onNginx(), buildIngress({ ...api, annotations: { [`${nginx}use-regex`]: 'true' } })),
      /^RegexBleed warning api .*all paths of "chat\.example\.com".*those of Ingress team\/chat too$/,
    );
    expectOne(
      lint(onNginx(), buildIngress({ ...api, annotations: { [`${nginx}rewrite-target`]: '/$1' } })),
      /^RegexBleed warning api/,
    );
    assert.deepEqual(lint(onNginx(), buildIngress({ ...api, annotations: { [`${nginx}use-regex`]: 'false' } })), []);
    assert.deepEqual(
      lint(
        onNginx(),
        buildIngress({ ...api, host: 'api.example.com', annotations: { [`${nginx}use-regex`]: 'true' } }),
      ),
      [],
    );
  });

  test('CertificateTwice: annotations of cert-manager and a Certificate', () => {
    const ingress = onNginx({ 'cert-manager.io/cluster-issuer': 'letsencrypt' }, { tls: true });
    expectOne(
      lint(ingress, buildCertificate('chat-tls')),
      /^CertificateTwice error .*must be removed, or Certificate chat deleted: both write into Secret "chat-tls"/,
    );
    assert.deepEqual(lint(ingress, buildCertificate('other')), []);
    assert.deepEqual(lint(ingress, buildCertificate('chat-tls', { namespace: 'blue' })), []);
    const made = { ownerReferences: [{ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'chat', uid: '1' }] };
    assert.deepEqual(lint(ingress, buildCertificate('chat-tls', made)), []);
    assert.deepEqual(lint(onNginx({}, { tls: true }), buildCertificate('chat-tls')), []);
  });
});

suite('what concerns clients', () => {
  test('NoAffinity: socket.io without one', () => {
    const options = { paths: ['/socket.io/'] };
    expectOne(
      lint(onNginx({}, options)),
      /^NoAffinity warning .*must have nginx\.ingress\.kubernetes\.io\/affinity: cookie/,
    );
    assert.deepEqual(lint(onNginx({ [`${nginx}upstream-hash-by`]: '$remote_addr' }, options)), []);
    expectOne(lint(onF5({}, options)), /^NoAffinity warning .*sticky-cookie-services: "serviceName=chat wss path=\/"/);
    assert.deepEqual(lint(onF5({ [`${f5}sticky-cookie-services`]: 'serviceName=chat wss' }, options)), []);
    assert.deepEqual(lint(onF5({ [`${f5}lb-method`]: 'ip_hash' }, options)), []);
  });

  test("SharedLimit: where the controller's ConfigMap is known", () => {
    const ingress = onNginx({ [`${nginx}limit-connections`]: '5' });
    const name = 'ingress-nginx-controller';
    assert.deepEqual(lint(ingress), []);
    expectOne(
      lint(ingress, buildSettings(name, {})),
      /^SharedLimit warning .*neither use-forwarded-headers nor use-proxy-protocol/,
    );
    assert.deepEqual(lint(ingress, buildSettings(name, { 'use-proxy-protocol': 'true' })), []);
    assert.deepEqual(
      lint(ingress, buildSettings(name, {}), buildSettings('ingress-nginx-inside', {})),
      [],
      'nobody knows whose is whose',
    );
    expectOne(
      lint(onF5({ [`${f5}limit-req-rate`]: '10r/s' }), buildSettings('nginx-config', {})),
      /^SharedLimit warning .*neither proxy-protocol nor set-real-ip-from/,
    );
  });

  test('SharedLimit: not where the Service of the controller keeps the addresses of clients', () => {
    const serve = (policy: string | undefined, changes = {}): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'front', namespace: 'ingress', ...changes },
      spec: { type: 'LoadBalancer', ...(policy !== undefined && { externalTrafficPolicy: policy }) },
    });
    for (const known of [
      [onNginx({ [`${nginx}limit-connections`]: '5' }), buildSettings('ingress-nginx-controller', {})],
      [onF5({ [`${f5}limit-req-rate`]: '10r/s' }), buildSettings('nginx-config', {})],
    ]) {
      expectOne(
        lint(...known),
        /behind a load balancer, unless it passes TCP on to a Service with externalTrafficPolicy/,
      );
      assert.deepEqual(lint(...known, serve('Local')), []);
      for (const policy of ['Cluster', undefined]) {
        expectOne(
          lint(...known, serve(policy)),
          /must not be relied on: .*, and Service ingress\/front no externalTraffic/,
        );
      }
      expectOne(lint(...known, serve('Local'), serve('Cluster', { name: 'other' })), /Service ingress\/other no/);
      expectOne(lint(...known, serve('Local', { namespace: 'elsewhere' })), /unless it passes TCP on/);
    }
    const labels = { 'app.kubernetes.io/name': 'ingress-nginx' };
    const labelled = buildSettings('ingress-nginx-controller', {}, labels);
    const own = serve('Local', { labels });
    assert.deepEqual(
      lint(onNginx({ [`${nginx}limit-rps`]: '5' }), labelled, own, serve('Cluster', { name: 'game' })),
      [],
    );
  });

  test("SharedLimit: the project's own values are not warned of", () => {
    for (const [file, ingress] of [
      ['ingress-nginx', onNginx({ [`${nginx}limit-connections`]: '5' })],
      ['f5-nginx', onF5({ [`${f5}limit-req-rate`]: '10r/s' })],
    ] as const) {
      const path = (name: string) => fileURLToPath(new URL(`../../../deploy/controllers/${name}`, import.meta.url));
      const settings = load(readFileSync(path(`${file}-configmap.yaml`), 'utf8')) as KubeObject;
      const values = load(readFileSync(path(`${file}-values.yaml`), 'utf8')) as {
        readonly controller: { readonly service: object };
      };
      const { namespace = '' } = settings.metadata;
      const spec = { type: 'LoadBalancer', ...values.controller.service };
      const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'front', namespace }, spec };
      assert.deepEqual(lint(ingress, settings, service), []);
    }
  });

  test('CorsIsNoOriginCheck', () => {
    expectOne(
      lint(onNginx({ [`${nginx}enable-cors`]: 'true' })),
      /^CorsIsNoOriginCheck warning .*must not be taken for a check of origins at "\/ws"/,
    );
    assert.deepEqual(lint(onNginx({ [`${nginx}enable-cors`]: 'true' }, { paths: ['/'] })), []);
  });
});

suite('TLS and settings of controllers', () => {
  for (const [protocols, broken] of [
    ['TLSv1 TLSv1.1 TLSv1.2', 'TLSv1, TLSv1.1 are broken'],
    ['SSLv3 TLSv1.3', 'SSLv3 is broken'],
  ] as const) {
    test(`OldProtocols: ${protocols}`, () => {
      for (const name of ['ingress-nginx-controller', 'nginx-config']) {
        const found = lint(buildSettings(name, { 'ssl-protocols': protocols }));
        expectOne(
          found,
          new RegExp(
            `^OldProtocols error ${name} data\\.ssl-protocols: found "${protocols}", must be "TLSv1\\.2 TLSv1\\.3": ${broken}`,
          ),
        );
      }
    });
  }

  test('the label tells a ConfigMap of any name', () => {
    const labels = { 'app.kubernetes.io/name': 'ingress-nginx' };
    expectOne(lint(buildSettings('edge', { 'ssl-protocols': 'TLSv1.1' }, labels)), /^OldProtocols error edge/);
    assert.deepEqual(lint(buildSettings('edge', { 'ssl-protocols': 'TLSv1.2 TLSv1.3' }, labels)), []);
  });

  test('WeakCiphers: in the ConfigMap and on Ingresses; what is excluded is none', () => {
    expectOne(
      lint(buildSettings('nginx-config', { 'ssl-ciphers': 'HIGH:ECDHE-RSA-DES-CBC3-SHA:RC4-SHA' })),
      /^WeakCiphers error .*must be without "ECDHE-RSA-DES-CBC3-SHA", "RC4-SHA"/,
    );
    expectOne(lint(onNginx({ [`${nginx}ssl-ciphers`]: 'ALL:!aNULL' })), /^WeakCiphers error .*must be without "ALL"/);
    assert.deepEqual(
      lint(onF5({ [`${f5}ssl-ciphers`]: 'ECDHE-ECDSA-AES128-GCM-SHA256:HIGH:!aNULL:!MD5:-RC4-SHA:!3DES' })),
      [],
    );
  });

  test('ShutdownTimeout, in the words of each controller', () => {
    for (const [name, words] of [
      ['ingress-nginx-controller', 'the default is 240 s'],
      ['nginx-config', 'leaves workers behind'],
    ] as const) {
      const { data: _data, ...bare } = buildSettings(name, {});
      expectOne(
        lint(bare),
        new RegExp(`^ShutdownTimeout warning ${name} data\\.worker-shutdown-timeout: must be set, .*${words}`),
      );
    }
  });

  test('Snippet: where they are on', () => {
    const found = lint(
      buildSettings('ingress-nginx-controller', {
        'allow-snippet-annotations': 'true',
        'annotations-risk-level': 'Critical',
      }),
    );
    assert.equal(found.length, 2);
    for (const each of found) assert.match(each, /^Snippet warning/);
  });

  test('HstsPreload', () => {
    expectOne(lint(onF5({ [`${f5}hsts`]: 'true' })), /^HstsPreload warning .*found "true", must be meant/);
    assert.deepEqual(lint(onF5({ [`${f5}hsts`]: 'false' })), []);
  });
});

suite('objects as files have them', () => {
  for (const [what, ingress] of [
    ['no spec', { ...buildIngress(), spec: undefined }],
    ['a spec that is text', { ...buildIngress(), spec: 'x' }],
    ['rules that are an object', buildIngress({ spec: { rules: { host: 'x' } } })],
    [
      'rules of nulls',
      buildIngress({ spec: { rules: [null, 1, { http: { paths: [null, 'x'] } }, { host: 5, http: [] }] } }),
    ],
    [
      'a backend of version v1beta1',
      buildIngress({
        spec: { rules: [{ http: { paths: [{ path: 7, backend: { serviceName: 'x' } }] } }], tls: [{ hosts: 'x' }] },
      }),
    ],
    [
      'annotations that are a list',
      { ...buildIngress(), metadata: { name: 'chat', annotations: ['x'] } } as unknown as KubeObject,
    ],
  ] as const) {
    test(`${what} is no reason to fail`, () => {
      for (const className of ['nginx', 'edge']) {
        const spec = typeof ingress.spec === 'object' ? { ...ingress.spec, ingressClassName: className } : ingress.spec;
        for (const each of lint({ ...ingress, spec })) assert.match(each, /must/);
      }
    });
  }

  test('are told in the order in which they are read', () => {
    const objects = ['b', 'a', 'c'].map((name) => buildIngress({ name, host: `${name}.example.com`, paths: ['/ws/'] }));
    const names = lintObjects([...classes, ...objects]).findings.map(({ object }) => object.metadata.name);
    assert.deepEqual(names, ['b', 'b', 'a', 'a', 'c', 'c']);
  });
});

suite('the catalogue of findings', () => {
  const source = readFileSync(fileURLToPath(import.meta.url), 'utf8');
  for (const [reason, texts] of Object.entries<FindingText>(findingReasons)) {
    test(`${reason} is found by a test, and told in sentences that fit into a table`, () => {
      assert.match(source, new RegExp(`\\^${reason}\\b|'${reason}'`));
      for (const text of [texts.meaning, texts.cure]) assert.match(text, /^\S[^|\n]*\.$/, text);
    });
  }
});
