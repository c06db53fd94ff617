/** What a snippet of nginx's configuration is for, as far as its directives tell. */
export interface SnippetVerdict {
  /** Every directive is one that the controllers write for a WebSocket anyway. */
  readonly isNeedless: boolean;
  /** A directive that may keep clients out. */
  readonly guard?: { readonly word: string; readonly cure: string };
  /** The safe way to the same, where there is one. */
  readonly cures: readonly string[];
}

/** `proxy_set_header` of these is written by the controllers themselves, or does not reach a socket. */
const needless = [
  /^proxy_http_version 1\.1$/,
  /^proxy_set_header "?upgrade"? \$http_upgrade$/i,
  /^proxy_set_header "?connection"? ("?upgrade"?|\$connection_upgrade|\$http_connection)$/i,
  /^proxy_set_header "?host"? (\$host|\$http_host|\$best_http_host)$/i,
  /^proxy_set_header "?x-real-ip"? \$remote_addr$/i,
  /^proxy_set_header "?x-forwarded-proto"? (\$scheme|\$pass_access_scheme)$/i,
  /^proxy_set_header "?x-forwarded-host"? (\$host|\$http_host|\$best_http_host)$/i,
  /^proxy_cache_bypass \$http_upgrade$/,
  /^proxy_buffering off$/,
];

const guards: readonly { readonly pattern: RegExp; readonly cure: string }[] = [
  {
    pattern: /\$http_origin/i,
    cure: 'set spec.allowedOrigins to the pages that may open the socket, and remove the snippet',
  },
  {
    pattern: /^(allow|deny)\b/,
    cure: 'set spec.allowedSources, where it is about networks, and remove the snippet; else keep this Ingress',
  },
  { pattern: /^(auth_|satisfy\b)/, cure: 'let the backend ask at the handshake, or keep this Ingress' },
  { pattern: /^(if\b|return\b|access_by_lua|rewrite_by_lua|secure_link|modsecurity)/, cure: 'keep this Ingress' },
];

const alternatives: readonly { readonly pattern: RegExp; readonly cure: string }[] = [
  { pattern: /^proxy_(read|send)_timeout\b/, cure: 'set spec.timeouts.idle' },
  { pattern: /^proxy_connect_timeout\b/, cure: 'set spec.timeouts.connect' },
  { pattern: /^limit_conn\b/, cure: 'set spec.limits.connectionsPerClient' },
  { pattern: /^limit_req\b/, cure: 'set spec.limits.handshakesPerSecond' },
  { pattern: /strict-transport-security/i, cure: 'set spec.hsts, or hsts in the ConfigMap of ingress-nginx' },
  {
    pattern: /^(more_set_headers|add_header|more_clear_headers|proxy_hide_header)\b/,
    cure: 'let the backend set its headers',
  },
  {
    pattern: /^proxy_set_header\b/,
    cure: 'set proxy-set-headers in the ConfigMap of the controller, for all of its hosts',
  },
  { pattern: /^(ssl_ciphers|ssl_protocols)\b/, cure: 'set spec.tls.profile' },
];

/** Reads the directives of a snippet. What blocks (`if`, `location`) hold is read as well. */
export function judgeSnippet(text: string): SnippetVerdict {
  const directives = text
    .replaceAll(/^\s*#.*$/gm, '')
    .split(/[;{}]/)
    .map((directive) => directive.trim().replaceAll(/\s+/g, ' '))
    .filter((directive) => directive !== '');
  const rest = directives.filter((directive) => !needless.some((pattern) => pattern.test(directive)));
  for (const directive of rest) {
    const guard = guards.find(({ pattern }) => pattern.test(directive));
    const [word = ''] = directive.split(' ');
    if (guard !== undefined) return { isNeedless: false, guard: { word, cure: guard.cure }, cures: [] };
  }
  const cures = rest.flatMap((directive) => alternatives.find(({ pattern }) => pattern.test(directive))?.cure ?? []);
  return { isNeedless: rest.length === 0, cures: [...new Set(cures)] };
}
