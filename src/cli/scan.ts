import { readFile } from 'node:fs/promises';
import { createTrust, type Trust } from '../probe/trust.ts';
import { inputError, usageError } from './exit-codes.ts';
import { scanFolder } from './scan-folder.ts';
import { readScanOrder, type ScanFlags } from './scan-order.ts';
import { scanUrl } from './scan-url.ts';
import { formatSurvey, type Survey } from './survey.ts';

/** `wss scan`: finds what a browser will block. Returns the exit code: 1 when there is something, or when nothing could be read. */
export async function scan(target: string, flags: ScanFlags): Promise<number> {
  const order = readScanOrder(target, flags);
  if (order.kind === 'invalid') return complain(order.because, usageError);
  let trust: Trust;
  try {
    trust = createTrust('public', flags.ca === undefined ? undefined : await readFile(flags.ca, 'utf8'));
  } catch (error) {
    return complain(`--ca ${flags.ca}: ${(error as Error).message}`, usageError);
  }
  let survey: Survey;
  try {
    survey = order.kind === 'url' ? await scanUrl(order, trust) : await scanFolder(order);
  } catch (error) {
    return complain((error as Error).message, inputError);
  }
  for (const note of survey.notes) process.stderr.write(`note: ${note}\n`);
  process.stdout.write(flags.json === true ? `${JSON.stringify(survey, null, 2)}\n` : formatSurvey(survey));
  return survey.findings.length > 0 ? inputError : 0;
}

function complain(because: string, exitCode: number): number {
  process.stderr.write(`error: ${because}\n`);
  return exitCode;
}
