/** `error`: something does not work, or not as it is written. `warning`: it works, and may hurt. */
export type Severity = 'error' | 'warning';

/** What a reason says in general; the message of a finding says it of one field. The table in deploy/README.md is this one. */
export interface FindingText {
  readonly severity: Severity;
  readonly meaning: string;
  readonly cure: string;
}

/** What `wss lint` finds. */
export const findingReasons = {
  Unreadable: {
    severity: 'error',
    meaning: 'The API server would not take the object.',
    cure: 'Write annotations as text, in quotes: YAML makes numbers and booleans of some.',
  },
  Rejected: {
    severity: 'error',
    meaning: "The controller does without the whole Ingress; for F5's even what served before goes away.",
    cure: 'Write what the message says.',
  },
  PathsDenied: {
    severity: 'error',
    meaning: 'The controller answers 503 at every path of the Ingress.',
    cure: 'Write networks and addresses with commas.',
  },
  Ignored: {
    severity: 'warning',
    meaning: 'The controller passes over the field without a word, and goes on with its default.',
    cure: 'Write a value that it takes, or remove the field.',
  },
  Harmful: {
    severity: 'error',
    meaning: 'The controller takes the value, and clients get errors.',
    cure: 'Write what the message says.',
  },
  TimeoutUnit: {
    severity: 'error',
    meaning: 'A time-out of ingress-nginx has a unit, so it is passed over, and silent sockets are cut after 60 s.',
    cure: 'Write seconds without a unit: `"3600"`.',
  },
  ForeignDialect: {
    severity: 'error',
    meaning: 'The annotations are for another controller than that of the class, so they do nothing.',
    cure: 'Write them in the dialect of the class: its `spec.controller` says which, not its name.',
  },
  MixedDialects: {
    severity: 'warning',
    meaning: 'Annotations for another controller stand beside those for that of the class; they do nothing.',
    cure: 'Remove them after a migration.',
  },
  HostTaken: {
    severity: 'error',
    meaning: "Another Ingress holds the host, and F5's controller merges none but minions into their master.",
    cure: 'Make one master and minions of them: `nginx.org/mergeable-ingress-type`.',
  },
  NoMaster: {
    severity: 'error',
    meaning: 'A minion has no master of its host, so it serves nothing.',
    cure: 'Make an Ingress of the class with the host, TLS, no paths and `nginx.org/mergeable-ingress-type: master`.',
  },
  PathTaken: {
    severity: 'error',
    meaning: 'An older minion serves the same path.',
    cure: 'Remove the path from one of them.',
  },
  UpgradeBroken: {
    severity: 'error',
    meaning:
      '`connection-proxy-header` replaces `Connection: upgrade`, so that no WebSocket opens on any path of the Ingress.',
    cure: 'Remove it, or move WebSockets to an Ingress of their own.',
  },
  ShortIdleTimeout: {
    severity: 'warning',
    meaning:
      'A path that looks like a WebSocket has a read time-out of at most 60 s: a socket on which the server is silent for so long is cut.',
    cure: 'Raise the time-outs for reading and sending, or let the server ping more often.',
  },
  UpgradeNotAllowed: {
    severity: 'warning',
    meaning:
      "A path that looks like a WebSocket has a Service that `nginx.org/websocket-services` does not name: F5's controller passes no upgrade on.",
    cure: 'Name the Service there.',
  },
  RegexBleed: {
    severity: 'warning',
    meaning:
      '`use-regex` or `rewrite-target` turns all paths of the host, in all Ingresses, into regular expressions that match beginnings in any case.',
    cure: 'Give these paths a host of their own.',
  },
  SlashRedirect: {
    severity: 'warning',
    meaning:
      'nginx redirects the path without its slash at the end, and browsers follow no redirect when they open a WebSocket.',
    cure: 'Write the path without the slash.',
  },
  Redirect: {
    severity: 'warning',
    meaning: 'A path that looks like a WebSocket is redirected, and browsers follow no redirect when they open one.',
    cure: 'Move WebSockets to an Ingress of their own, without the annotation.',
  },
  NoAffinity: {
    severity: 'warning',
    meaning: 'socket.io needs all requests of a client at one Pod, or it answers 400 as soon as there are two.',
    cure: 'Set an affinity, or let clients use the transport websocket only.',
  },
  SharedLimit: {
    severity: 'warning',
    meaning:
      'Limits count by address, and the controller is not told the addresses of clients: behind a load balancer all share one.',
    cure: "Turn on what the load balancer speaks in the controller's ConfigMap, forwarded headers or the PROXY protocol; where it passes TCP on, set `externalTrafficPolicy: Local` on the controller's Service. Without one, nothing is wrong.",
  },
  CorsIsNoOriginCheck: {
    severity: 'warning',
    meaning: 'CORS does not apply to WebSockets: pages of every origin can open them.',
    cure: 'Let the backend check the header Origin.',
  },
  CertificateTwice: {
    severity: 'error',
    meaning: "cert-manager's annotations and a Certificate write into the same Secret, each in turn.",
    cure: 'Remove the annotations, or the Certificate.',
  },
  Snippet: {
    severity: 'warning',
    meaning:
      'Whoever may write an Ingress may write any configuration of nginx, and read every Secret that the controller may.',
    cure: 'Turn snippets off: `allow-snippet-annotations`, `annotations-risk-level`, `-enable-snippets`.',
  },
  HstsPreload: {
    severity: 'warning',
    meaning:
      "F5's controller adds `preload` to Strict-Transport-Security: anybody may then put the domain on the browsers' list, for years.",
    cure: 'Set the header in the backend, or mean it.',
  },
  OldProtocols: {
    severity: 'error',
    meaning: 'The controller offers SSLv3, TLSv1 or TLSv1.1, which are broken; browsers refuse them.',
    cure: 'Set `ssl-protocols` to `TLSv1.2 TLSv1.3`.',
  },
  WeakCiphers: {
    severity: 'error',
    meaning: 'The controller offers ciphers that are broken or have no key.',
    cure: "Set `ssl-ciphers` to Mozilla's list, or remove the key.",
  },
  ShutdownTimeout: {
    severity: 'warning',
    meaning:
      'Every reload of nginx ends the sockets of all hosts when `worker-shutdown-timeout` is over; without one, old workers pile up.',
    cure: 'Set it to the longest time that a socket may outlive a reload, and let clients connect again.',
  },
} as const satisfies Readonly<Record<string, FindingText>>;

export type FindingReason = keyof typeof findingReasons;
