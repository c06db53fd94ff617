import { formatProblem } from '../api/problem.ts';
import type { ControllerSettings } from './controller-settings.ts';
import { type Finding, report } from './finding.ts';
import type { FindingReason } from './finding-reasons.ts';
import { findMisshapes } from './ingress.ts';
import { ingressNginxAnnotations } from './ingress-nginx-annotations.ts';
import { judgeF5 } from './judge-f5.ts';
import { judgeF5Hosts } from './judge-f5-hosts.ts';
import { type IngressNginxOptions, judgeIngressNginx } from './judge-ingress-nginx.ts';
import { findSettings, type Scene, type Subject } from './scene.ts';
import type { Effect, Violation } from './violation.ts';

const reasons: Readonly<Record<Effect, FindingReason>> = {
  rejected: 'Rejected',
  denied: 'PathsDenied',
  ignored: 'Ignored',
  harmful: 'Harmful',
};

const lackReasons = { host: 'HostTaken', master: 'NoMaster', path: 'PathTaken' } as const;

/** What the API server, or the controller of the class, would not take. */
export function findRefused(scene: Scene): readonly Finding[] {
  return [...scene.subjects.flatMap((subject) => judge(subject, scene)), ...findTaken(scene)];
}

function judge({ object, dialect }: Subject, scene: Scene): readonly Finding[] {
  const findings = findMisshapes(object).map((problem) => report(object, 'Unreadable', problem));
  if (dialect === undefined) return findings;
  const settings = findSettings(scene, dialect);
  const [strict, lenient] =
    dialect === 'f5'
      ? [judgeF5(object), judgeF5(object, { allowsSnippets: true, isPlus: true, hasWildcardSecret: true })]
      : [
          judgeIngressNginx(object, readOptions(settings?.data ?? {})),
          judgeIngressNginx(
            object,
            settings === undefined
              ? { riskLevel: 'Critical', allowsSnippets: true, isPathStrict: false }
              : readOptions(settings.data),
          ),
        ];
  // What depends on settings that nobody has shown may be meant.
  const sure = new Set(lenient.map(formatProblem));
  for (const violation of strict) {
    const reason = nameReason(violation);
    findings.push(
      sure.has(formatProblem(violation))
        ? report(object, reason, violation)
        : report(object, reason, violation, 'warning'),
    );
  }
  return findings;
}

/** A time-out that is passed over is the most frequent cause of sockets that are cut. */
function nameReason({ path, effect, found }: Violation): FindingReason {
  const [, name] = /^metadata\.annotations\["nginx\.ingress\.kubernetes\.io\/(.+)"\]$/.exec(path) ?? [];
  if (
    name !== undefined &&
    /^proxy-.*-timeout$/.test(name) &&
    ingressNginxAnnotations.has(name) &&
    /\d[a-z]/i.test(found)
  ) {
    return 'TimeoutUnit';
  }
  return reasons[effect];
}

function readOptions(data: ControllerSettings['data']): Required<IngressNginxOptions> {
  const {
    'annotations-risk-level': risk,
    'allow-snippet-annotations': snippets,
    'strict-validate-path-type': strict,
  } = data;
  const riskLevel = (['Low', 'Medium', 'High', 'Critical'] as const).find((level) => level === risk) ?? 'High';
  return { riskLevel, allowsSnippets: snippets === 'true', isPathStrict: strict !== 'false' };
}

/** Each class has a controller of its own, for all that is known. */
function findTaken({ subjects }: Scene): readonly Finding[] {
  const classes = new Map<string, Subject[]>();
  for (const subject of subjects) {
    if (subject.dialect !== 'f5') continue;
    const { className } = subject.ingress;
    const own = classes.get(className);
    if (own === undefined) classes.set(className, [subject]);
    else own.push(subject);
  }
  return [...classes.values()].flatMap((own) =>
    judgeF5Hosts(own.map(({ object }) => object)).map(({ ingress, lacks, ...violation }) =>
      report(ingress, lackReasons[lacks], violation),
    ),
  );
}
