import type { FormName } from './f5-forms.ts';

/** Lists that name Services, judged against those of the Ingress' own paths. */
export type ServiceForm = 'services' | 'rewrites' | 'stickyServices';

export interface AnnotationRule {
  readonly form: FormName | ServiceForm | 'snippet' | 'plus';
  /** `rejected`: a bad value costs the whole Ingress. `ignored`: the controller's log has a line, and nothing else tells. */
  readonly effect: 'rejected' | 'ignored';
  /** Where it may stand besides plain Ingresses; elsewhere it is ignored without a word. */
  readonly place: 'everywhere' | 'master' | 'minion';
  /** Without a value of its own it is no mistake. */
  readonly isEmptyAllowed: boolean;
  /** Another annotation that must be there. */
  readonly needs: string | undefined;
}

/**
 * Annotations of F5's controller 5.5 for Ingresses: form, what a bad value does (`!` rejects the Ingress, `.` is ignored), where it may
 * stand (`master`: a minion's is ignored; `minion`: a master's is), `?` where empty is taken, `<` what it needs (internal/k8s/validation.go
 * `annotationValidations`, internal/configs/annotations.go `masterDenylist` and `minionDenylist`).
 */
const table = `
ingress.kubernetes.io/ssl-redirect    bool           ! master
nginx.com/health-checks               plus           ! minion
nginx.com/health-checks-mandatory     plus           ! minion
nginx.com/health-checks-mandatory-queue plus         ! minion
nginx.com/jwt-key                     plus           ! everywhere
nginx.com/jwt-login-url               plus           ! everywhere
nginx.com/jwt-realm                   plus           ! everywhere
nginx.com/jwt-token                   plus           ! everywhere
nginx.com/policies                    plus           ! everywhere
nginx.com/slow-start                  plus           ! everywhere
nginx.com/sticky-cookie-services      plus           ! minion
nginx.org/add-header                  setHeaders     ! everywhere
nginx.org/add-header-inherit          anything       ! everywhere <nginx.org/add-header
nginx.org/app-root                    appRoot        ! master
nginx.org/basic-auth-realm            text           ! everywhere ? <nginx.org/basic-auth-secret
nginx.org/basic-auth-secret           secretName     ! everywhere
nginx.org/client-body-buffer-size     size           ! everywhere
nginx.org/client-max-body-size        offset         ! everywhere
nginx.org/custom-http-errors          errorCodes     ! everywhere
nginx.org/fail-timeout                time           ! everywhere
nginx.org/grpc-services               services       ! minion
nginx.org/hsts                        bool           ! master
nginx.org/hsts-behind-proxy           bool           ! master <nginx.org/hsts
nginx.org/hsts-include-subdomains     bool           ! master <nginx.org/hsts
nginx.org/hsts-max-age                integer        ! master <nginx.org/hsts
nginx.org/http-redirect-code          redirectCode   ! master
nginx.org/keepalive                   integer        ! everywhere
nginx.org/lb-method                   lbMethod       ! everywhere
nginx.org/limit-req-burst             count          . everywhere
nginx.org/limit-req-delay             count          . everywhere
nginx.org/limit-req-dry-run           bool           . everywhere
nginx.org/limit-req-key               limitKey       . everywhere
nginx.org/limit-req-log-level         logLevel       . everywhere
nginx.org/limit-req-no-delay          bool           . everywhere
nginx.org/limit-req-rate              rate           . everywhere
nginx.org/limit-req-reject-code       rejectCode     . everywhere
nginx.org/limit-req-scale             bool           . everywhere
nginx.org/limit-req-zone-size         size           . everywhere
nginx.org/listen-ports                ports          ! master
nginx.org/listen-ports-ssl            ports          ! master
nginx.org/location-snippets           snippet        ! everywhere
nginx.org/max-conns                   count          ! everywhere
nginx.org/max-fails                   count          ! everywhere
nginx.org/mergeable-ingress-type      mergeableType  ! everywhere
nginx.org/path-regex                  pathRegex      ! everywhere
nginx.org/policies                    policies       ! everywhere
nginx.org/proxy-buffer-size           size           ! everywhere
nginx.org/proxy-buffering             bool           ! everywhere
nginx.org/proxy-buffers               buffers        ! everywhere
nginx.org/proxy-busy-buffers-size     size           ! everywhere
nginx.org/proxy-connect-timeout       time           ! everywhere
nginx.org/proxy-hide-headers          headerNames    ! master
nginx.org/proxy-max-temp-file-size    size           ! everywhere
nginx.org/proxy-next-upstream         nextUpstream   ! everywhere
nginx.org/proxy-next-upstream-timeout time           ! everywhere
nginx.org/proxy-next-upstream-tries   count          ! everywhere
nginx.org/proxy-pass-headers          headerNames    ! master
nginx.org/proxy-read-timeout          time           ! everywhere
nginx.org/proxy-redirect-from         anything       ! everywhere <nginx.org/proxy-redirect-to
nginx.org/proxy-redirect-to           anything       ! everywhere <nginx.org/proxy-redirect-from
nginx.org/proxy-send-timeout          time           ! everywhere
nginx.org/proxy-set-headers           setHeaders     ! everywhere
nginx.org/redirect-to-https           bool           ! master
nginx.org/rewrite-target              rewriteTarget  ! everywhere
nginx.org/rewrites                    rewrites       ! minion
nginx.org/server-snippets             snippet        ! master
nginx.org/server-tokens               bool           ! master
nginx.org/ssl-ciphers                 ciphers        ! master
nginx.org/ssl-prefer-server-ciphers   bool           ! master
nginx.org/ssl-redirect                bool           ! master
nginx.org/ssl-services                services       ! minion
nginx.org/sticky-cookie-services      stickyServices ! minion
nginx.org/upstream-zone-size          size           ! everywhere
nginx.org/use-cluster-ip              bool           ! minion
nginx.org/websocket-services          services       ! minion
`;

export const f5Annotations: ReadonlyMap<string, AnnotationRule> = new Map(table.trim().split('\n').map(readLine));

function readLine(line: string): readonly [string, AnnotationRule] {
  const [name = '', form, mark, place, ...rest] = line.split(/ +/);
  const needs = rest.find((word) => word.startsWith('<'))?.slice(1);
  const effect = mark === '!' ? 'rejected' : 'ignored';
  return [name, { form, effect, place, isEmptyAllowed: rest.includes('?'), needs } as AnnotationRule];
}
