import type { FormName } from './ingress-nginx-forms.ts';
import type { Effect } from './violation.ts';

/** How much harm a value can do; a controller refuses what is above its `annotations-risk-level`, which is High by default. */
export type Risk = 'Low' | 'Medium' | 'High' | 'Critical';

export interface AnnotationRule {
  readonly form: FormName;
  readonly risk: Risk;
  readonly scope: 'ingress' | 'location';
  /** What a value of another form does. */
  readonly effect: Effect;
}

/**
 * Every annotation of ingress-nginx 1.15, without its prefix (docs/user-guide/nginx-configuration/annotations-risk.md): the form of its value,
 * its risk, its scope (`i` the whole Ingress, `l` its paths) and what a bad value does. Most packages fall back to the default without a
 * word (`ignored`: a bad time-out is 60 s again); those that hand the error on lose the whole Ingress (`Extractor.Extract`); of source ranges
 * one makes the paths answer 503. As its own code answered when it was run, commit 52c50467d67d.
 */
const table = `
affinity                               cookie            Low      i ignored
affinity-canary-behavior               canaryBehavior    Low      i ignored
affinity-mode                          affinityMode      Medium   i ignored
allowlist-source-range                 networks          Medium   l denied
app-root                               capture           Medium   l ignored
auth-always-set-cookie                 bool              Low      l ignored
auth-cache-duration                    extended          Medium   l ignored
auth-cache-key                         variable          Medium   l ignored
auth-keepalive                         integer           Low      l ignored
auth-keepalive-requests                integer           Low      l ignored
auth-keepalive-share-vars              bool              Low      l ignored
auth-keepalive-timeout                 integer           Low      l ignored
auth-method                            method            Low      l ignored
auth-proxy-set-headers                 basic             Medium   l ignored
auth-realm                             spaced            Medium   l ignored
auth-request-redirect                  url               Medium   l ignored
auth-response-headers                  headers           Medium   l ignored
auth-secret                            basic             Medium   l ignored
auth-secret-type                       secretType        Low      l ignored
auth-signin                            urlWithVariables  High     l ignored
auth-signin-redirect-param             url               Medium   l ignored
auth-snippet                           anything          Critical l rejected
auth-tls-error-page                    errorPage         High     l ignored
auth-tls-match-cn                      commonName        High     l ignored
auth-tls-pass-certificate-to-upstream  bool              Low      l ignored
auth-tls-secret                        basic             Medium   l rejected
auth-tls-verify-client                 clientCertificate Medium   l ignored
auth-tls-verify-depth                  integer           Low      l ignored
auth-type                              authType          Low      l rejected
auth-url                               urlWithVariables  High     l rejected
backend-protocol                       protocol          Low      l ignored
canary                                 bool              Low      i ignored
canary-by-cookie                       basic             Medium   i ignored
canary-by-header                       basic             Medium   i ignored
canary-by-header-pattern               pattern           Medium   i ignored
canary-by-header-value                 basic             Medium   i ignored
canary-weight                          integer           Low      i ignored
canary-weight-total                    integer           Low      i ignored
client-body-buffer-size                size              Low      l rejected
configuration-snippet                  anything          Critical l rejected
connection-proxy-header                connection        Low      l rejected
cors-allow-credentials                 bool              Low      i ignored
cors-allow-headers                     headers           Medium   i ignored
cors-allow-methods                     methods           Medium   i ignored
cors-allow-origin                      origins           Medium   i ignored
cors-expose-headers                    exposed           Medium   i ignored
cors-max-age                           integer           Low      i ignored
custom-headers                         basic             Medium   l ignored
custom-http-errors                     errors            Low      l rejected
default-backend                        service           Low      l rejected
denylist-source-range                  networks          Medium   l denied
disable-proxy-intercept-errors         bool              Low      l ignored
enable-access-log                      bool              Low      l ignored
enable-cors                            bool              Low      i ignored
enable-global-auth                     bool              Low      l ignored
enable-modsecurity                     bool              Low      i ignored
enable-opentelemetry                   bool              Low      l ignored
enable-owasp-core-rules                bool              Low      i ignored
enable-rewrite-log                     bool              Low      l ignored
fastcgi-index                          fastCgi           Medium   l rejected
fastcgi-params-configmap               basic             Medium   l rejected
force-ssl-redirect                     bool              Medium   l ignored
from-to-www-redirect                   bool              Low      l rejected
http2-push-preload                     bool              Low      l rejected
limit-allowlist                        networks          Low      l rejected
limit-burst-multiplier                 integer           Low      l ignored
limit-connections                      integer           Low      l rejected
limit-rate                             integer           Low      l ignored
limit-rate-after                       integer           Low      l ignored
limit-rpm                              integer           Low      l rejected
limit-rps                              integer           Low      l rejected
limit-whitelist                        networks          Low      l rejected
load-balance                           balancing         Low      l rejected
mirror-host                            serverName        High     i ignored
mirror-request-body                    onOff             Low      i ignored
mirror-target                          serverName        High     i ignored
modsecurity-snippet                    anything          Critical i rejected
modsecurity-transaction-id             variable          High     i ignored
opentelemetry-operation-name           word              Medium   l ignored
opentelemetry-trust-incoming-span      bool              Low      l ignored
permanent-redirect                     target            Medium   l rejected
permanent-redirect-code                integer           Low      l rejected
preserve-trailing-slash                bool              Medium   l ignored
proxy-body-size                        size              Medium   l ignored
proxy-buffer-size                      size              Low      l ignored
proxy-buffering                        onOff             Low      l ignored
proxy-buffers-number                   integer           Low      l ignored
proxy-busy-buffers-size                size              Low      l ignored
proxy-connect-timeout                  seconds           Low      l ignored
proxy-cookie-domain                    basic             Medium   l ignored
proxy-cookie-path                      url               Medium   l ignored
proxy-http-version                     httpVersion       Low      l ignored
proxy-max-temp-file-size               size              Low      l ignored
proxy-next-upstream                    upstreamErrors    Medium   l ignored
proxy-next-upstream-timeout            seconds           Low      l ignored
proxy-next-upstream-tries              integer           Low      l ignored
proxy-read-timeout                     seconds           Low      l ignored
proxy-redirect-from                    url               Medium   l ignored
proxy-redirect-to                      url               Medium   l ignored
proxy-request-buffering                onOff             Low      l ignored
proxy-send-timeout                     seconds           Low      l ignored
proxy-ssl-ciphers                      ciphers           Medium   i ignored
proxy-ssl-name                         serverName        High     i ignored
proxy-ssl-protocols                    tlsVersions       Low      i ignored
proxy-ssl-secret                       basic             Medium   i rejected
proxy-ssl-server-name                  onOff             Low      i ignored
proxy-ssl-verify                       onOff             Low      i ignored
proxy-ssl-verify-depth                 integer           Low      i ignored
relative-redirects                     bool              Low      l ignored
rewrite-target                         capture           Medium   i ignored
satisfy                                anyAll            Low      l ignored
server-alias                           serverNames       High     i rejected
server-snippet                         anything          Critical i rejected
service-upstream                       bool              Low      i ignored
session-cookie-change-on-failure       bool              Low      i ignored
session-cookie-conditional-samesite-none bool            Low      i ignored
session-cookie-domain                  basic             Medium   i ignored
session-cookie-expires                 expires           Medium   i ignored
session-cookie-max-age                 age               Medium   i ignored
session-cookie-name                    basic             Medium   i ignored
session-cookie-partitioned             bool              Low      i ignored
session-cookie-path                    url               Medium   i ignored
session-cookie-samesite                sameSite          Low      i ignored
session-cookie-secure                  bool              Low      i ignored
ssl-ciphers                            serverCiphers     Low      i rejected
ssl-passthrough                        bool              Low      i rejected
ssl-prefer-server-ciphers              bool              Low      i ignored
ssl-redirect                           bool              Low      l ignored
stream-snippet                         anything          Critical i rejected
temporal-redirect                      target            Medium   l rejected
temporal-redirect-code                 integer           Low      l rejected
upstream-hash-by                       variable          High     l rejected
upstream-hash-by-subset                bool              Low      l rejected
upstream-hash-by-subset-size           integer           Low      l rejected
upstream-vhost                         serverName        Low      l rejected
use-port-in-redirects                  bool              Low      l ignored
use-regex                              bool              Low      l ignored
whitelist-source-range                 networks          Medium   l denied
x-forwarded-prefix                     prefix            Medium   l rejected
`;

export const ingressNginxAnnotations: ReadonlyMap<string, AnnotationRule> = new Map(
  table
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', form, risk, scope, effect] = line.split(/ +/);
      return [name, { form, risk, scope: scope === 'i' ? 'ingress' : 'location', effect } as AnnotationRule];
    }),
);
