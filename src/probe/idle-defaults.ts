/** Idle timeouts that are in the way for the most part: what they are by default, in seconds. */
const defaults: readonly (readonly [seconds: number, whose: string])[] = [
  // https://cloud.google.com/load-balancing/docs/backend-service#timeout-setting
  [30, 'backend services of Google Cloud'],
  // https://devcenter.heroku.com/articles/http-routing#timeouts
  [55, "Heroku's router"],
  // https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout, and "idle timeout" of Elastic Load Balancing
  [60, 'nginx, and AWS load balancers for HTTP (ALB, ELB)'],
  // https://developers.cloudflare.com/fundamentals/reference/connection-limits/
  [100, 'Cloudflare'],
  // https://learn.microsoft.com/azure/load-balancer/load-balancer-tcp-reset
  [240, 'Azure load balancers'],
  // https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts
  [300, 'Envoy'],
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/update-idle-timeout.html
  [350, 'AWS network load balancers (NLB)'],
  // https://cloud.google.com/vpc/docs/firewalls#specifications
  [600, 'the firewall of Google Cloud'],
  [3600, 'timeouts.idle of a WssRoute'],
];

/** Whose default a silence of so many seconds is, give or take 1 s or 2 %: a hint, no proof. */
export function guessOwner(seconds: number): string | undefined {
  return defaults.find(([known]) => Math.abs(seconds - known) <= Math.max(1, known * 0.02))?.[1];
}
