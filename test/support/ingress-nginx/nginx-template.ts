const MODULES = ['ndk_http_module', 'ngx_http_lua_module', 'ngx_http_headers_more_filter_module'];

/**
 * Fits ingress-nginx's own nginx.tmpl to Debian's nginx 1.22, and changes nothing else of it.
 *
 * - Debian has the modules as files, ingress-nginx's image has them compiled in.
 * - Workers read cfg.json, which the controller writes for itself only: they run as the same user.
 * - `http2 on` exists since nginx 1.25.1 (https://nginx.org/en/docs/http/ngx_http_v2_module.html#http2).
 * - The stream block (TCP and UDP services) needs stream-lua, which Debian lacks. The controller insists on telling it
 *   its endpoints, so the server for the controller's other requests takes that connection too.
 */
export function fitTemplateToDebian(template: string): string {
  const head = [...MODULES.map((name) => `load_module /usr/lib/nginx/modules/${name}.so;`), 'user root;'].join('\n');
  return `${head}\n${withoutStreams(withStreamPort(withoutHttp2(template)))}`;
}

function withoutHttp2(template: string): string {
  return mustReplace(template, /^\s*http2 on;\n/m, '', 'http2 on');
}

function withStreamPort(template: string): string {
  const status = 'listen 127.0.0.1:{{ .StatusPort }};';
  const stream = 'listen 127.0.0.1:{{ .StreamPort }};';
  return mustReplace(
    template,
    /^ *listen 127\.0\.0\.1:\{\{ \.StatusPort \}\};\n/m,
    `${status}\n${stream}\n`,
    'status port',
  );
}

/** The block ends at the first closing brace at the start of a line. */
function withoutStreams(template: string): string {
  return mustReplace(template, /^stream \{\n[\s\S]*?^\}\n/m, '', 'the stream block');
}

function mustReplace(text: string, pattern: RegExp, replacement: string, what: string): string {
  if (!pattern.test(text)) throw new Error(`nginx.tmpl of ingress-nginx has no ${what}: was its version changed?`);
  return text.replace(pattern, replacement);
}
