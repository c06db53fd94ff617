import { quoteValue } from '../api/problem.ts';
import type { ControllerSettings } from './controller-settings.ts';
import { type Finding, report } from './finding.ts';
import { pathOfAnnotation } from './ingress.ts';
import type { Scene, Subject } from './scene.ts';
import { isTrue } from './value-forms.ts';

const brokenProtocols = ['SSLv2', 'SSLv3', 'TLSv1', 'TLSv1.0', 'TLSv1.1'];
/** Words of OpenSSL's cipher lists that let something broken or keyless in: https://docs.openssl.org/3.0/man1/openssl-ciphers/. */
const weakCipher =
  /(?:^|[-+])(?:RC4|3DES|DES|MD5|a?e?NULL|EXP|EXPORT|ADH|AECDH|LOW|ALL|COMPLEMENTOFDEFAULT)(?:$|[-+\d])/;
const ciphers = ['nginx.ingress.kubernetes.io/ssl-ciphers', 'nginx.org/ssl-ciphers'];
const hsts = 'nginx.org/hsts';

/** Settings of the controllers that are weak, or hurt sockets, and weak TLS of single Ingresses. */
export function findWeakTls({ settings, subjects }: Scene): readonly Finding[] {
  return [...settings.flatMap(judgeSettings), ...subjects.flatMap(judgeSubject)];
}

function judgeSettings({ object, dialect, data }: ControllerSettings): readonly Finding[] {
  const findings: Finding[] = [];
  const protocols = data['ssl-protocols'];
  const broken = (protocols ?? '').split(/\s+/).filter((name) => brokenProtocols.includes(name));
  if (broken.length > 0) {
    const expected = `must be "TLSv1.2 TLSv1.3": ${broken.join(', ')} ${broken.length === 1 ? 'is' : 'are'} broken, and browsers refuse such servers`;
    findings.push(
      report(object, 'OldProtocols', { path: 'data.ssl-protocols', found: quoteValue(protocols), expected }),
    );
  }
  findings.push(...judgeCiphers(object, 'data.ssl-ciphers', data['ssl-ciphers']));
  if (data['worker-shutdown-timeout'] === undefined) findings.push(missShutdownTimeout({ object, dialect, data }));
  if (dialect === 'ingress-nginx') findings.push(...judgeSnippets(object, data));
  return findings;
}

function missShutdownTimeout({ object, dialect }: ControllerSettings): Finding {
  const expected =
    dialect === 'f5'
      ? 'must be set, such as "3600s": without it every reload leaves workers behind until their last socket has ended, and their memory'
      : 'must be set, such as "3600s": the default is 240 s, and so long after each reload the sockets of all hosts are cut';
  return report(object, 'ShutdownTimeout', { path: 'data.worker-shutdown-timeout', found: '', expected });
}

function judgeSnippets(object: ControllerSettings['object'], data: ControllerSettings['data']): readonly Finding[] {
  const problems: Finding[] = [];
  if (data['allow-snippet-annotations'] === 'true') {
    const expected = 'must be "false": who may write an Ingress could write any configuration of nginx';
    problems.push(report(object, 'Snippet', { path: 'data.allow-snippet-annotations', found: '"true"', expected }));
  }
  if (data['annotations-risk-level'] === 'Critical') {
    const expected = 'must be "High" or less: Critical are those that nobody validates';
    problems.push(report(object, 'Snippet', { path: 'data.annotations-risk-level', found: '"Critical"', expected }));
  }
  return problems;
}

function judgeSubject({ object, ingress, dialect }: Subject): readonly Finding[] {
  const findings = ciphers.flatMap((name) => judgeCiphers(object, pathOfAnnotation(name), ingress.annotations[name]));
  if (dialect === 'f5' && isTrue(ingress.annotations[hsts])) {
    const expected =
      'must be meant: the header says preload, so that anybody may put the domain on the list that browsers bring along, for years';
    findings.push(
      report(object, 'HstsPreload', {
        path: pathOfAnnotation(hsts),
        found: quoteValue(ingress.annotations[hsts]),
        expected,
      }),
    );
  }
  return findings;
}

function judgeCiphers(
  object: ControllerSettings['object'],
  path: string,
  value: string | undefined,
): readonly Finding[] {
  const weak = (value ?? '').split(/[:, ]/).filter((word) => !/^[!-]/.test(word) && weakCipher.test(word));
  if (weak.length === 0) return [];
  const expected = `must be without ${weak.map((word) => `"${word}"`).join(', ')}: such ciphers are broken, or have no key`;
  return [report(object, 'WeakCiphers', { path, found: quoteValue(value), expected })];
}
