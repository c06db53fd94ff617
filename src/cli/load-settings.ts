import { formatProblem, type Problem } from '../api/problem.ts';
import { escapeUnseen } from '../api/text.ts';
import { judgeConfiguration } from '../config/judge.ts';
import { configurationSchema } from '../config/schema.ts';
import { resolveSettings, type Settings } from '../config/settings.ts';
import { type ConfigurationFile, readConfigurationFile } from './configuration-file.ts';
import { type GivenFlags, nameFlag, overlayFlags } from './setting-flags.ts';

/** Settings, or what is wrong: `source` is the file, or the command line. */
export type LoadedSettings =
  | { readonly isValid: true; readonly settings: Settings }
  | { readonly isValid: false; readonly source: 'file' | 'flags'; readonly lines: readonly string[] };

const { apiVersion, kind } = configurationSchema.properties;
const nothing: ConfigurationFile = { isReadable: true, object: { apiVersion: apiVersion.const, kind: kind.const } };

/** The settings of a run: the flags that were given, over the file, over the defaults. The file must hold on its own. */
export async function loadSettings(file: string | undefined, given: GivenFlags = {}): Promise<LoadedSettings> {
  const source = file === undefined ? nothing : await readConfigurationFile(file);
  if (!source.isReadable) return refuse('file', source.problems, file);
  const alone = judgeConfiguration(source.object);
  if (!alone.isValid) return refuse('file', alone.problems, file);
  const merged = judgeConfiguration(overlayFlags(source.object, given));
  if (!merged.isValid)
    return refuse(
      'flags',
      merged.problems.map((problem) => nameFlag(problem, given)),
    );
  return { isValid: true, settings: resolveSettings(merged.configuration) };
}

function refuse(source: 'file' | 'flags', problems: readonly Problem[], file?: string): LoadedSettings {
  const prefix = file === undefined ? '' : `${file}: `;
  return {
    isValid: false,
    source,
    lines: problems.map((problem) => escapeUnseen(`error: ${prefix}${formatProblem(problem)}`)),
  };
}
