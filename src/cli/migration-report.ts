import { dump } from 'js-yaml';
import type { TargetLoss } from '../migrate/judge-target.ts';
import type { Migration, Step } from '../migrate/plan-migration.ts';

/** A migration as a person reads it, step by step. `isVersionAsked`: whether nobody had a chance to tell the version of the controller. */
export function formatMigration(
  { route, from, to, losses, obstacle, steps }: Migration,
  isVersionAsked: boolean,
): string {
  const unknown = " as far as is known without the operator's configuration, which tells versions (--config FILE)";
  const lines = [
    `WssRoute ${route}: from ${from.join(', ') || 'nowhere'} to ${to}`,
    '',
    ...(losses.length === 0
      ? ['Every field of the route is honoured there.']
      : [`What is lost there${isVersionAsked ? `,${unknown}` : ''}:`, ...losses.map(formatLoss)]),
    ...(obstacle === undefined ? [] : ['', `It cannot go there: ${obstacle}`]),
    ...steps.flatMap((step, index) => ['', ...formatStep(step, index + 1)]),
  ];
  return lines.join('\n');
}

function formatLoss({ field, level, because, cure, isNew }: TargetLoss): string {
  return `  ${field} is ${level}${isNew ? '' : ', as it is now'}: ${because}; ${cure}`;
}

function formatStep({ title, because, files, commands, check, back }: Step, number: number): readonly string[] {
  return [
    `${number}. ${title}`,
    `   ${because}`,
    ...files.flatMap(({ name, content }) => [
      `   write ${name}:`,
      ...indent(dump(content, { lineWidth: -1, noRefs: true })),
    ]),
    ...commands.map((command) => `   $ ${command}`),
    ...check.map((command) => `   see: $ ${command}`),
    ...back.map((way) => `   back: ${way.startsWith('kubectl ') ? `$ ${way}` : way}`),
  ];
}

function indent(text: string): readonly string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `     ${line}`);
}
