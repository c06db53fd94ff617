/** A page of an origin, under a policy, that opens a URL. */
export interface Cell {
  readonly page: string;
  readonly url: string;
  readonly header?: string;
  readonly meta?: string;
}

const https = 'https://app.test';
const http = 'http://app.test';
const connect = (list: string) => ({ header: `connect-src ${list}` });
const upgrade = { header: 'upgrade-insecure-requests' };

/** Page origin × URL, without a policy: each of one with each of the other. */
const plain = [https, http, 'http://localhost', 'https://app.test:8443', 'file:', 'data:'].flatMap((page) =>
  [
    ...[
      'ws://app.test/s',
      'wss://app.test/s',
      'ws://chat.test/s',
      'wss://chat.test/s',
      'ws://localhost/s',
      'ws://127.0.0.1/s',
    ],
    ...['/s', 'https://chat.test/s', 'http://chat.test/s', '//chat.test/s', 'wss://chat.test/s#top'],
  ].map((url): Cell => ({ page, url })),
);

/** Policies, each with what they are about. */
const policies: readonly Cell[] = [
  { page: https, url: 'wss://app.test/s', ...connect("'self'") },
  { page: https, url: 'wss://app.test:8443/s', ...connect("'self'") },
  { page: https, url: 'wss://chat.test/s', ...connect("'self'") },
  { page: https, url: '/s', ...connect("'self'") },
  { page: https, url: 'ws://app.test/s', ...connect("'self'") },
  { page: https, url: 'ws://localhost/s', ...connect("'self'") },
  { page: `${https}:8443`, url: 'wss://app.test:8443/s', ...connect("'self'") },
  { page: `${https}:8443`, url: 'wss://app.test/s', ...connect("'self'") },
  { page: http, url: 'ws://app.test/s', ...connect("'self'") },
  { page: http, url: 'wss://app.test/s', ...connect("'self'") },
  { page: http, url: 'ws://app.test:8080/s', ...connect("'self'") },
  { page: `${http}:8080`, url: 'ws://app.test:8080/s', ...connect("'self'") },
  { page: `${http}:8080`, url: 'wss://app.test/s', ...connect("'self'") },
  { page: 'http://localhost', url: '/s', ...connect("'self'") },
  { page: https, url: 'wss://chat.test/s', ...connect("'none'") },
  { page: https, url: 'wss://chat.test/s', ...connect('') },
  { page: https, url: 'wss://chat.test/s', ...connect('*') },
  { page: https, url: 'ws://chat.test/s', ...connect('*') },
  { page: https, url: 'wss://chat.test/s', ...connect('wss:') },
  { page: https, url: 'wss://chat.test/s', ...connect('ws:') },
  { page: https, url: 'wss://chat.test/s', ...connect('https:') },
  { page: http, url: 'ws://chat.test/s', ...connect('http:') },
  { page: http, url: 'ws://chat.test/s', ...connect('wss:') },
  { page: https, url: 'wss://chat.test/s', ...connect('wss://chat.test') },
  { page: https, url: 'wss://chat.test/s', ...connect('WSS://Chat.Test') },
  { page: https, url: 'wss://chat.test/s', ...connect('https://chat.test') },
  { page: https, url: 'wss://chat.test/s', ...connect('chat.test') },
  { page: http, url: 'ws://chat.test/s', ...connect('chat.test') },
  { page: https, url: 'wss://chat.test/s', ...connect('ws://chat.test') },
  { page: https, url: 'wss://chat.test:8443/s', ...connect('ws://chat.test:8443') },
  { page: https, url: 'wss://chat.test:8443/s', ...connect('wss://chat.test') },
  { page: https, url: 'wss://chat.test:8443/s', ...connect('wss://chat.test:*') },
  { page: https, url: 'wss://chat.test:8443/s', ...connect('wss://chat.test:8443') },
  { page: https, url: 'wss://chat.test/s', ...connect('wss://chat.test:443') },
  { page: https, url: 'wss://chat.test/s', ...connect('ws://chat.test:80') },
  { page: https, url: 'wss://chat.test/s', ...connect('wss://chat.test:80') },
  { page: https, url: 'wss://deep.chat.test/s', ...connect('wss://*.chat.test') },
  { page: https, url: 'wss://chat.test/s', ...connect('wss://*.chat.test') },
  { page: https, url: 'wss://chat.test/s', ...connect('wss://*') },
  { page: https, url: 'wss://chat.test/s/deep', ...connect('wss://chat.test/s/') },
  { page: https, url: 'wss://chat.test/s/deep', ...connect('wss://chat.test/s') },
  { page: https, url: 'wss://chat.test/s?a=b', ...connect('wss://chat.test/s') },
  { page: https, url: 'wss://chat.test/S', ...connect('wss://chat.test/s') },
  { page: https, url: 'wss://chat.test/a%20b', ...connect('wss://chat.test/a%20b') },
  { page: https, url: 'ws://127.0.0.1/s', ...connect('ws://127.0.0.1') },
  { page: https, url: 'wss://chat.test/s', ...connect("'none' wss://chat.test") },
  { page: https, url: 'wss://chat.test/s', header: "default-src 'self'" },
  { page: https, url: 'wss://app.test/s', header: "default-src 'self' 'unsafe-inline'" },
  { page: https, url: 'wss://chat.test/s', header: "default-src 'none'; connect-src wss://chat.test" },
  { page: https, url: 'wss://chat.test/s', header: "connect-src wss://chat.test; connect-src 'none'" },
  { page: https, url: 'wss://chat.test/s', header: "connect-src wss://chat.test, connect-src 'self'" },
  { page: https, url: 'wss://chat.test/s', header: "script-src 'unsafe-inline'" },
  { page: https, url: 'ws://chat.test/s', ...upgrade },
  { page: https, url: 'ws://chat.test:8443/s', ...upgrade },
  { page: https, url: 'ws://app.test/s', ...upgrade },
  { page: https, url: 'ws://localhost/s', ...upgrade },
  { page: https, url: 'http://chat.test/s', ...upgrade },
  { page: http, url: 'ws://chat.test/s', ...upgrade },
  { page: 'http://localhost', url: 'ws://chat.test/s', ...upgrade },
  { page: https, url: 'ws://chat.test/s', header: 'upgrade-insecure-requests; connect-src wss://chat.test' },
  { page: https, url: 'ws://chat.test/s', header: 'upgrade-insecure-requests; connect-src ws://chat.test' },
  { page: https, url: 'ws://chat.test/s', header: "upgrade-insecure-requests; connect-src 'self'" },
  { page: https, url: 'ws://chat.test/s', header: 'block-all-mixed-content' },
  { page: https, url: 'wss://chat.test/s', meta: "connect-src 'self'" },
  { page: https, url: 'wss://chat.test/s', meta: 'connect-src wss://chat.test' },
  { page: https, url: 'wss://chat.test/s', meta: "default-src 'self' 'unsafe-inline'" },
  { page: https, url: 'ws://chat.test/s', meta: 'upgrade-insecure-requests' },
  { page: https, url: 'wss://chat.test/s', header: 'connect-src wss://chat.test', meta: "connect-src 'self'" },
  { page: https, url: 'wss://chat.test/s', header: "connect-src 'self'", meta: 'connect-src wss://chat.test' },
  { page: http, url: 'wss://chat.test/s', meta: "connect-src 'none'" },
  { page: 'file:', url: 'wss://chat.test/s', meta: "connect-src 'self'" },
  { page: 'file:', url: 'wss://chat.test/s', meta: 'connect-src chat.test' },
  { page: 'data:', url: 'wss://chat.test/s', meta: "connect-src 'self'" },
  { page: 'data:', url: 'wss://chat.test/s', meta: 'connect-src wss://chat.test' },
];

export const cells: readonly Cell[] = [...plain, ...policies];

/** The document of a cell. */
export function composeDocument({ url, meta }: Cell): string {
  const policy = meta === undefined ? '' : `<meta http-equiv="Content-Security-Policy" content="${meta}">`;
  return `<!doctype html><html><head><title>cell</title>${policy}</head><body><script type="text/plain">"${url}"</script></body></html>`;
}
