/** Ways in which the path of a route breaks in a cluster, each with what its conditions say and with its cure. */
import type { FailureReason } from '../../src/api/failure-reasons.ts';
import { afterSwitch, answering, composeSwitch } from '../probe/loopback.ts';
import { createSilentAddress } from '../support/backend-addresses.ts';
import type { BrokenStage } from './broken-stage.ts';

export interface Case {
  /** What is broken, for the table of README.md. */
  readonly what: string;
  readonly reason: FailureReason;
  /** What the messages say. */
  readonly says: RegExp;
  /** Of CertificateMatches: what was shown fits (default), does not, or nothing was shown. */
  readonly certificate?: 'True' | 'False' | 'Unknown';
  /** Merged over that of a route that works. */
  readonly spec?: Readonly<Record<string, unknown>>;
  /** What the test publishes as the address, in the place of ingress-nginx. */
  readonly published?: { readonly ip: string } | { readonly hostname: string };
  /** Whether the route has a Service of its own, of the name of the route; otherwise `chat`, which works. */
  readonly isServedApart?: boolean;
  /** Whether the route names a Secret, of its own name; otherwise it shares the certificate of a wildcard. */
  readonly isBroughtAlong?: boolean;
  /** What has to be there before the route is. */
  readonly prepare?: (stage: BrokenStage, name: string) => Promise<unknown>;
  readonly cure: (stage: BrokenStage, name: string) => Promise<unknown>;
  /** Children that the cure makes the operator write; none, where the route stays as it is. */
  readonly rewritten?: readonly string[];
  /** Whether the cure changes the route, so that what is known of it has to be found out anew. */
  readonly isEdited?: boolean;
}

const silentIp = '198.51.100.7';
const unreachableIp = '203.0.113.7';
const unknownName = 'balancer.example.com';

/** By the link of the chain that is broken. */
export const links: Readonly<Record<string, Readonly<Record<string, Case>>>> = {
  'from the controller to the backend': {
    down: {
      what: 'the backend is gone',
      ...leadsTo({ address: '10.111.0.1', port: 9 }, 502, /cannot talk to the backend/),
    },
    'wrong-port': {
      what: 'the backend listens at another port',
      ...leadsTo({ port: 9 }, 502, /cannot talk to the backend/),
    },
    unready: {
      what: 'no Pod of the backend is ready',
      ...leadsTo({ isReady: false }, 503, /no Pod of the backend is ready/),
    },
    empty: { what: 'the Service has no endpoints', ...leadsTo('nowhere', 503, /no Pod of the backend is ready/) },
    hanging: {
      what: 'the backend takes no connection',
      ...leadsTo({}, 504, /in time/),
      spec: { timeouts: { connect: '1s' } },
      prepare: async (stage, name) => stage.lead(name, { address: await createSilentAddress() }),
    },
    'second-path': {
      what: 'the backend of the second path is missing',
      ...leadsTo('nowhere', 503, /no Pod of the backend is ready/),
      says: /second-path\.broken\.example\.com\/other does not open .*with 503/,
      spec: {
        paths: [
          { path: '/ws', service: { name: 'chat', port: 8080 } },
          { path: '/other', service: { name: 'second-path', port: 8080 } },
        ],
      },
    },
    'hangs-up': {
      what: 'the backend hangs up at the request',
      ...answers('UpgradeRefused', /with 502/, (socket) => socket.once('data', () => socket.end())),
    },
  },
  'the answer of the backend': {
    'bad-request': { what: '400', ...refuses(400, /with 400 .*Upgrade headers/) },
    login: { what: '401', ...refuses(401, /with 401 .*login/) },
    origin: { what: '403', ...refuses(403, /with 403 .*origin/) },
    'not-found': { what: '404', ...refuses(404, /with 404 .*pathType/) },
    'upgrade-lost': { what: '426', ...refuses(426, /with 426 .*Upgrade headers were lost/) },
    failing: { what: '500', ...refuses(500, /with 500 .*backend failed/) },
    page: { what: '200 with a page', ...refuses(200, /with 200 .*web server/) },
    moved: {
      what: '301',
      ...refuses(301, /with 301.*https:\/\/other\.example\.com\//, 'Location: https://other.example.com/\r\n'),
    },
    mute: { what: 'the backend never answers', ...answers('UpgradeTimeout', /is not answered/, () => {}) },
    'other-key': {
      what: 'an accept for another key',
      ...answers(
        'BadAccept',
        /another key/,
        answering((head) => composeSwitch(head, { 'Sec-WebSocket-Accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' })),
      ),
    },
    'other-protocol': {
      what: 'an upgrade to another protocol',
      ...answers(
        'BadAnswer',
        /h2c/,
        answering((head) => composeSwitch(head, { Upgrade: 'h2c' })),
      ),
    },
    garbage: { what: '101 and then no frame', ...answers('BadAnswer', /no WebSocket frame/, afterSwitch('<html>')) },
    cut: {
      what: '101 and then the end',
      ...answers(
        'ClosedAtOnce',
        /without a close frame/,
        afterSwitch('', (socket) => socket.end()),
      ),
    },
    subprotocol: {
      what: 'none of the subprotocols is taken',
      ...answers('BadSubprotocol', /none, chat\.v1 was offered/, answering(composeSwitch)),
      spec: { verification: { interval: '10s', subprotocols: ['chat.v1'] } },
      cure: async ({ servers }, name) =>
        servers.get(name)?.behave(
          answering(
            (head) => composeSwitch(head, { 'Sec-WebSocket-Protocol': 'chat.v1' }),
            (socket) => socket.once('data', () => socket.end()),
          ),
        ),
    },
  },
  // ingress-nginx shows its own in the place of one that does not hold the host (`createServers` of
  // internal/ingress/controller/controller.go), and does not look at dates.
  'the certificate': {
    'other-name': {
      what: 'a certificate of another name',
      ...brings('ControllerDefaultCertificate', /of ingress-nginx/, { altNames: ['DNS:other.example.com'] }),
    },
    'a.deep': {
      what: 'a wildcard one label too deep',
      ...brings('ControllerDefaultCertificate', /of ingress-nginx/, { altNames: ['DNS:*.broken.example.com'] }),
    },
    'second-host': {
      what: 'a certificate without the second host',
      ...brings('ControllerDefaultCertificate', /wss:\/\/second\.example\.org\/ws does not open .*of ingress-nginx/),
      spec: { hosts: ['second-host.broken.example.com', 'second.example.org'] },
      cure: (stage, name) => stage.bring(name, { altNames: ['DNS:*.broken.example.com', 'DNS:second.example.org'] }),
    },
    expired: { what: 'a certificate that has ended', ...brings('Expired', /ended at /, { fromDay: -9, untilDay: -1 }) },
    early: {
      what: 'a certificate that has not begun',
      ...brings('NotYetValid', /begins at /, { fromDay: 1, untilDay: 9 }),
    },
    'for-clients': {
      what: 'a certificate for clients',
      ...brings('NotForServers', /"server auth"/, { usage: 'clientAuth' }),
    },
    'by-a-server': {
      what: 'a certificate that one of a server has signed',
      ...brings('IssuerNotAuthority', /through "a server", which is no authority/),
      prepare: (stage, name) => stage.bringFromServer(name),
    },
    bare: {
      what: 'a Secret that is not there',
      ...brings('ControllerDefaultCertificate', /of ingress-nginx/),
      prepare: async () => {},
    },
    nameless: {
      what: 'an address instead of a name',
      reason: 'ControllerDefaultCertificate',
      says: /of ingress-nginx is served for 192\.0\.2\.10/,
      certificate: 'False',
      spec: {
        hosts: [],
        tls: { issuerRef: { name: 'test-ca', kind: 'ClusterIssuer' }, ipAddresses: ['192.0.2.10'] },
        paths: [{ path: '/nameless', service: { name: 'chat', port: 8080 } }],
      },
      ...edited((name) => ({ hosts: [`${name}.broken.example.com`] })),
      rewritten: ['certificates', 'ingresses'],
    },
  },
  'what the route asks for': {
    'nobody-listens': {
      what: 'nothing at the port',
      ...asks({ port: 9 }, 'ConnectRefused', /nothing listens at 192\.0\.2\.10:9/, 'Unknown'),
    },
    plain: { what: 'plain HTTP at the port', ...asks({ port: 80 }, 'NoTLS', /does not speak TLS/, 'Unknown') },
    'other-path': { what: 'a path that is not served', ...asks({ path: '/elsewhere' }, 'UpgradeRefused', /with 404/) },
    barred: {
      what: 'a source that is not allowed',
      reason: 'UpgradeRefused',
      says: /with 403/,
      spec: { allowedSources: ['203.0.113.0/24'] },
      ...edited(() => ({ allowedSources: null })),
      rewritten: ['ingresses'],
    },
  },
  'a load balancer before the controller': {
    'front-closes': {
      what: 'a load balancer that hangs up',
      ...fronts(8441, 'TLSFailed', /closed the connection during/, (socket) => socket.once('data', () => socket.end())),
    },
    'front-hangs': {
      what: 'a load balancer that hangs',
      ...fronts(8442, 'TLSTimeout', /does not answer the TLS handshake/, () => {}),
    },
    'front-knows-no-name': {
      what: 'TLS alert 112',
      ...fronts(8443, 'UnrecognizedName', /TLS alert 112/, (socket) =>
        socket.once('data', () => socket.end(Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x70]))),
      ),
    },
    'front-of-another': {
      what: "another's certificate at the load balancer",
      ...fronts(8444, 'NameMismatch', /holds other\.example\.com, not front-of-another/, () => {}),
      certificate: 'False',
      prepare: (stage, name) => stage.frontAsAnother(name, 8444),
    },
  },
  'the published address': {
    silent: {
      what: 'packets are dropped',
      ...publishes({ ip: silentIp }, 'ConnectTimeout', /nobody answers/),
      cure: (stage) => stage.own(silentIp),
    },
    unreachable: {
      what: 'no way leads there',
      ...publishes({ ip: unreachableIp }, 'NetworkUnreachable', /no way leads/),
      cure: (stage) => stage.own(unreachableIp),
    },
    'name-unknown': {
      what: 'the name of the load balancer is unknown',
      ...publishes({ hostname: unknownName }, 'NameNotResolved', /balancer\.example\.com/),
      cure: async ({ names }) => names.set(unknownName, '192.0.2.10'),
    },
  },
};

/** By the name of the route. */
export const cases: Readonly<Record<string, Case>> = Object.assign({}, ...Object.values(links));

type Unnamed = Omit<Case, 'what'>;

interface Endpoint {
  readonly address?: string;
  readonly port?: number;
  readonly isReady?: boolean;
}

function leadsTo(endpoint: Endpoint | 'nowhere', status: number, says: RegExp): Unnamed {
  return {
    reason: 'UpgradeRefused',
    says: new RegExp(`with ${status} .*${says.source}`),
    isServedApart: true,
    prepare: (stage, name) => stage.lead(name, endpoint),
    cure: (stage, name) => stage.lead(name, {}),
  };
}

function answers(reason: FailureReason, says: RegExp, behaviour: Parameters<BrokenStage['answer']>[1]): Unnamed {
  return {
    ...{ reason, says, isServedApart: true },
    prepare: (stage, name) => stage.answer(name, behaviour),
    cure: async ({ servers }, name) =>
      servers.get(name)?.behave(afterSwitch('', (socket) => socket.once('data', () => socket.end()))),
  };
}

function refuses(status: number, says: RegExp, headers = ''): Unnamed {
  const head = `HTTP/1.1 ${status} No\r\n${headers}Content-Length: 0\r\nConnection: close\r\n\r\n`;
  return answers(
    'UpgradeRefused',
    says,
    answering(
      () => head,
      (socket) => socket.end(),
    ),
  );
}

function brings(reason: FailureReason, says: RegExp, wish: Parameters<BrokenStage['bring']>[1] = {}): Unnamed {
  return {
    reason,
    says,
    certificate: 'False',
    isBroughtAlong: true,
    prepare: (stage, name) => stage.bring(name, wish),
    cure: (stage, name) => stage.bring(name, {}),
  };
}

function edited(compose: (name: string) => object): Pick<Case, 'cure' | 'isEdited'> {
  return { isEdited: true, cure: (stage, name) => stage.edit(name, compose(name)) };
}

function asks(
  verification: { readonly port: number } | { readonly path: string },
  reason: FailureReason,
  says: RegExp,
  certificate: 'True' | 'Unknown' = 'True',
): Unnamed {
  const right = Object.fromEntries(Object.keys(verification).map((key) => [key, null]));
  return {
    ...{ reason, says, certificate },
    spec: { verification: { interval: '10s', ...verification } },
    ...edited(() => ({ verification: right })),
  };
}

function fronts(
  port: number,
  reason: FailureReason,
  says: RegExp,
  behaviour: Parameters<BrokenStage['front']>[2],
): Unnamed {
  return {
    ...{ reason, says, certificate: 'Unknown' },
    spec: { verification: { interval: '10s', port } },
    prepare: (stage, name) => stage.front(name, port, behaviour),
    cure: (stage, name) => stage.passOn(name),
  };
}

function publishes(
  published: NonNullable<Case['published']>,
  reason: FailureReason,
  says: RegExp,
): Omit<Unnamed, 'cure'> {
  return { reason, says, certificate: 'Unknown', published, spec: { ingressClassName: 'away' } };
}
