import type { FeatureContext } from './reader.ts';
import { type Annotations, assume, carry, drop, leave, pick, type Reading } from './reading.ts';
import { formatDuration, parseInteger, parseTruth } from './times.ts';

const sslRedirect = ['ssl-redirect', 'ingress.kubernetes.io/ssl-redirect'];

/** What holds for the whole host: of a master and its minions it is the master's. */
export function readF5Server(annotations: Annotations, context: FeatureContext): readonly Reading[] {
  return [...readRedirect(annotations, context), ...readProxiedRedirect(annotations), ...readHSTS(annotations)];
}

function readRedirect(annotations: Annotations, { hasTLS }: FeatureContext): readonly Reading[] {
  const names = pick(annotations, sslRedirect);
  const code = annotations.get('http-redirect-code');
  const codes = code === undefined ? [] : [readCode(code)];
  if (!hasTLS) {
    const text =
      'there was no certificate and so no redirect, and ws:// goes on working: set spec.redirect to true when every client opens wss://';
    const silent = assume('ssl-redirect', { redirect: false }, text);
    return [silent, ...names.map((name) => drop(name, 'without a certificate it had no effect')), ...codes];
  }
  const [name] = names;
  const redirect = name === undefined ? true : (parseTruth(annotations.get(name)) ?? true);
  return [...names.map((each) => carry(each, 'spec.redirect', { redirect })), ...codes];
}

function readCode(code: string): Reading {
  const name = 'http-redirect-code';
  if (code === '301' || code === '308')
    return drop(name, 'the route redirects for good as well; which of the codes it takes, the operator decides');
  return leave(name, 'a route redirects for good', 'nothing: no WebSocket client follows either');
}

function readProxiedRedirect(annotations: Annotations): readonly Reading[] {
  const name = 'redirect-to-https';
  const isOn = parseTruth(annotations.get(name));
  if (isOn === undefined) return [];
  if (!isOn) return [drop(name, "it is the controller's default")];
  const because =
    'it redirects by X-Forwarded-Proto, where a load balancer has ended TLS; a route ends TLS at the controller';
  return [leave(name, because, 'let the load balancer redirect, or pass TLS on to the controller')];
}

/** docs.nginx.com: hsts-max-age is 2592000 by default. */
function readHSTS(annotations: Annotations): readonly Reading[] {
  const rest = pick(annotations, ['hsts-max-age', 'hsts-include-subdomains', 'hsts-behind-proxy']);
  if (parseTruth(annotations.get('hsts')) !== true) {
    const names = [...pick(annotations, ['hsts']), ...rest];
    return names.map((name) => drop(name, 'without hsts: "true" there is none'));
  }
  const text = annotations.get('hsts-max-age');
  const seconds = text === undefined ? 2_592_000 : parseInteger(text);
  if (seconds === undefined || seconds < 1)
    return [leave(['hsts', ...rest], 'its age is no number above 0', 'set spec.hsts')];
  const maxAge = formatDuration(seconds);
  const readings = [carry(['hsts', ...pick(annotations, ['hsts-max-age'])], 'spec.hsts.maxAge', { hsts: { maxAge } })];
  if (annotations.get('hsts-include-subdomains') !== undefined) {
    const includeSubDomains = parseTruth(annotations.get('hsts-include-subdomains')) === true;
    const part = { hsts: { maxAge, includeSubDomains } };
    readings.push(carry('hsts-include-subdomains', 'spec.hsts.includeSubDomains', part));
  }
  const proxied = parseTruth(annotations.get('hsts-behind-proxy'));
  if (proxied === true) {
    const because =
      'it goes by X-Forwarded-Proto, where a load balancer has ended TLS; a route ends TLS at the controller';
    readings.push(leave('hsts-behind-proxy', because, 'pass TLS on to the controller'));
  } else if (proxied === false) readings.push(drop('hsts-behind-proxy', "it is the controller's default"));
  return readings;
}
