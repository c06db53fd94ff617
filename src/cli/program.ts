import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { dialects } from '../dialects/registry.ts';
import { version } from './version.ts';

/** Exit codes: 0 done, 1 the input or the cluster is wrong, 2 the command line is wrong. */
const usageError = 2;

/** Runs the command of `argv`. Commands are loaded when they are called, so that `render` does not pay for the API machinery. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command('wss')
    .description('Publishes WebSocket backends as wss://: the controller of WssRoutes, and tools around it.')
    .version(version)
    .exitOverride();

  program
    .command('run')
    .description('Run the controller until SIGTERM.')
    .option('--kubeconfig <file>', 'kubeconfig; default: KUBECONFIG, the Pod’s ServiceAccount, ~/.kube/config')
    .option('--context <name>', 'context of the kubeconfig')
    .option('-n, --namespace <name>', 'watch one namespace only; default: all')
    .option('--workers <count>', 'routes that are reconciled at once', parseCount, 16)
    .addOption(
      new Option('--log-level <level>', 'least level to log')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .option('--metrics-address <address>', 'where /metrics is served; 0 turns it off', ':8080')
    .option('--health-address <address>', 'where /healthz and /readyz are served; 0 turns it off', ':8081')
    .action(async (options) => {
      const { run } = await import('./run.ts');
      exitCode = await run(options);
    });

  program
    .command('render')
    .description(
      'Print the objects that the controller would apply, without a cluster. Exits with 1 when a route is wrong.',
    )
    .requiredOption('-f, --filename <file...>', 'YAML or JSON files; - is standard input')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['yaml', 'json']).default('yaml'))
    .addOption(
      new Option('--controller <name>', 'spec.controller of classes that are not among the documents')
        .choices(dialects.map(({ controller }) => controller))
        .default(dialects[0]?.controller),
    )
    .action(async (options) => {
      const { render } = await import('./render.ts');
      exitCode = await render(options);
    });

  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : usageError;
  }
  return exitCode;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 64)
    throw new InvalidArgumentError('It must be a whole number from 1 to 64.');
  return count;
}
