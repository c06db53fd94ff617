import { Command, CommanderError, Option } from 'commander';
import { controllers } from '../dialects/registry.ts';
import { usageError } from './exit-codes.ts';
import { settingFlags, toOption } from './setting-flags.ts';
import { version } from './version.ts';

/** Runs the command of `argv`. Commands are loaded when they are called, so that `render` does not pay for the API machinery. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command('wss')
    .description('Publishes WebSocket backends as wss://: the controller of WssRoutes, and tools around it.')
    .version(version)
    .exitOverride();

  const runCommand = program
    .command('run')
    .description('Run the controller until SIGTERM.')
    .option('--config <file>', 'OperatorConfiguration; the flags below count more than the file')
    .option('--kubeconfig <file>', 'kubeconfig; default: KUBECONFIG, the Pod’s ServiceAccount, ~/.kube/config')
    .option('--context <name>', 'context of the kubeconfig')
    .action(async (options) => {
      const { run } = await import('./run.ts');
      exitCode = await run(options);
    });
  for (const flag of settingFlags) runCommand.addOption(toOption(flag));

  program
    .command('render')
    .description(
      'Print the objects that the controller would apply, without a cluster. Exits with 1 when a route is wrong.',
    )
    .requiredOption('-f, --filename <file...>', 'YAML or JSON files; - is standard input')
    .option('--config <file>', 'OperatorConfiguration whose classes, issuers and limits hold')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['yaml', 'json']).default('yaml'))
    .addOption(
      new Option('--controller <name>', 'spec.controller of classes that are not among the documents')
        .choices([...controllers])
        .default(controllers[0]),
    )
    .option('--lint', 'judge what is printed, and the Ingresses among the files, as `wss lint` does')
    .action(async (options) => {
      const { render } = await import('./render.ts');
      exitCode = await render(options);
    });

  program
    .command('import')
    .description(
      'Turn Ingresses of ingress-nginx and of F5’s controller into WssRoutes that do the same, and say what is left.',
    )
    .option('-f, --filename <file...>', 'YAML or JSON files with Ingresses, and IngressClasses; - is standard input')
    .option('--all', 'read every Ingress of the cluster, or of --namespace')
    .option('-n, --namespace <namespace>', 'namespace of the Ingresses; default: all')
    .option('--kubeconfig <file>', 'kubeconfig; default: KUBECONFIG, the Pod’s ServiceAccount, ~/.kube/config')
    .option('--context <name>', 'context of the kubeconfig')
    .addOption(
      new Option(
        '--controller <name>',
        'spec.controller of classes that are not known; default: annotations tell whose an Ingress is',
      ).choices(['k8s.io/ingress-nginx', 'nginx.org/ingress-controller']),
    )
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['yaml', 'json']).default('yaml'))
    .addHelpText(
      'after',
      `
WssRoutes go to standard output, with what differs from the defaults only; a line for each thing that is dropped or left over, and
why, to standard error. Nothing is changed in the cluster, and no Secret is read. Of an Ingress that keeps clients out in a way in
which no route can, no route is written.

Exits with 0 when everything was carried over, 1 when something was left over or could not be read, 2 when the command line is wrong.`,
    )
    .action(async (options) => {
      const { importCommand } = await import('./import.ts');
      exitCode = await importCommand(options);
    });

  program
    .command('migrate')
    .description(
      'Tell how a route gets to another controller without an outage: what it loses there, each step, and the way back.',
    )
    .argument('[route]', 'name of a WssRoute of the cluster, or namespace/name')
    .option('-f, --filename <file>', 'YAML or JSON file with the WssRoute; - is standard input')
    .addOption(
      new Option('--to <where>', 'where the route is to go')
        .choices(['gateway', 'nginx.org', 'ingress-nginx'])
        .makeOptionMandatory(),
    )
    .option('--parent <namespace/name>', 'with --to gateway: the Gateway')
    .option('--class <name>', 'with --to nginx.org and ingress-nginx: the IngressClass')
    .option('--config <file>', 'configuration of the operator: it tells versions of controllers')
    .option('-n, --namespace <namespace>', 'namespace of the route; default: that of the context')
    .option('--kubeconfig <file>', 'kubeconfig; default: KUBECONFIG, the Pod’s ServiceAccount, ~/.kube/config')
    .option('--context <name>', 'context of the kubeconfig')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      '\nNothing is changed. Exits with 0 when there is a way, 1 when there is none or no such route, 2 when the command line is wrong.',
    )
    .action(async (route, options) => {
      const { migrate } = await import('./migrate.ts');
      exitCode = await migrate(route, options);
    });

  program
    .command('probe')
    .description('Open a WebSocket as a browser does, and tell which link of the chain is broken.')
    .argument('[url]', 'wss://HOST[:PORT]/PATH; with ws:// there is no TLS')
    .option('--all', 'probe every WssRoute of the cluster, or of --namespace, at the address that its status has')
    .option('--route <[namespace/]name>', 'probe one WssRoute of the cluster')
    .option('-n, --namespace <namespace>', 'namespace of the routes; default: all, or the context’s for --route')
    .option('--kubeconfig <file>', 'kubeconfig; default: KUBECONFIG, the Pod’s ServiceAccount, ~/.kube/config')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--connect <host:port>', 'where to connect to, whatever the URL says: an address before DNS knows it')
    .option(
      '--ca <file>',
      'PEM certificates of authorities to trust besides the public ones; routes may have any without it',
    )
    .option('--origin <origin>', 'page that opens the socket: https://app.example.com')
    .addOption(
      new Option('--subprotocol <name>', 'subprotocol to offer; may be repeated, one of them must be taken').argParser(
        (name: string, before: readonly string[] = []) => [...before, name],
      ),
    )
    .option(
      '--no-ping',
      'do not send a ping, only see that the socket stays open for a moment; routes are pinged at the end of --idle only',
    )
    .option('--idle <time>', 'send nothing for a time, and see whether the socket lives that long: 120s, 10m, 2h')
    .option(
      '--timeout <time>',
      'the longest that each step may take: 500ms, 10s, 1m; default: 5s, and 10s for the upgrade',
    )
    .option('--json', 'print the whole result as JSON')
    .addHelpText(
      'after',
      `
Exits with
  0  when the WebSocket opens, and lives as long as --idle says; with --all when each does
  1  when it does not, or the cluster cannot be asked; the output says which link is broken, and the cure
  2  when the command line is wrong
  130, 143  when SIGINT or SIGTERM has ended it`,
    )
    .action(async (url, options) => {
      const { probe } = await import('./probe.ts');
      exitCode = await probe(url, options);
    });

  program
    .command('ca')
    .description(
      'Print the certificate that clients of a route have to trust, its fingerprint, and how to trust it on each system.',
    )
    .argument('<route>', 'name of a WssRoute, or namespace/name')
    .option('-n, --namespace <name>', 'namespace of the route; default: that of the context')
    .option('--kubeconfig <file>', 'kubeconfig; default: KUBECONFIG, the Pod’s ServiceAccount, ~/.kube/config')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--out <file>', 'write the certificate there instead of standard output')
    .option('--force', 'overwrite the file of --out')
    .option('--json', 'print facts and certificate as JSON, and no steps')
    .addHelpText(
      'after',
      `
The certificate (PEM) alone goes to standard output, so that \`wss ca chat > chat-ca.crt\` is a file to install; all words go to
standard error. It is the one that the issuer told cert-manager, else the topmost one that is served at the route's address; no
Secret is read. Where clients trust it already, as that of a public authority, nothing is printed to standard output; --out writes
the root all the same, for programs that have none of their own.

Exits with 0 when there is a certificate to trust, or none is needed; 1 when none can be found; 2 when the command line is wrong.`,
    )
    .action(async (route, options) => {
      const { ca } = await import('./ca.ts');
      exitCode = await ca(route, options);
    });

  program
    .command('scan')
    .description('Find what a browser will block: ws:// in pages over https, policies that forbid the socket.')
    .argument('<url|dir>', 'page to fetch with its scripts, or a folder (or a file) of HTML, JavaScript and TypeScript')
    .option(
      '--origin <origin>',
      'where the folder will be served: https://app.example.com; default: somewhere by https',
    )
    .addOption(
      new Option('--csp <policy>', 'Content-Security-Policy that the server adds; may be repeated').argParser(
        (policy: string, before: readonly string[] = []) => [...before, policy],
      ),
    )
    .option('--connect <host:port>', 'where to get the page from, whatever its URL says')
    .option('--ca <file>', 'PEM certificates of authorities to trust besides the public ones')
    .option('--timeout <time>', 'the longest that each answer may take: 500ms, 10s, 1m', '10s')
    .option('--json', 'print findings, and every URL with its verdict, as JSON')
    .addHelpText(
      'after',
      '\nExits with 0 when there is nothing, 1 when there is something or no page, 2 when the command line is wrong.',
    )
    .action(async (target, options) => {
      const { scan } = await import('./scan.ts');
      exitCode = await scan(target, options);
    });

  program
    .command('lint')
    .description(
      'Judge Ingresses, whoever wrote them: what their controller would not take, and what hurts WebSockets.',
    )
    .option(
      '-f, --filename <file...>',
      'YAML or JSON files; - is standard input. Classes, Services and ConfigMaps help',
    )
    .option('--all', 'judge every Ingress of the cluster, or of --namespace, and the ConfigMaps of controllers')
    .option('-n, --namespace <namespace>', 'namespace of the Ingresses; default: all')
    .option('--kubeconfig <file>', 'kubeconfig; default: KUBECONFIG, the Pod’s ServiceAccount, ~/.kube/config')
    .option('--context <name>', 'context of the kubeconfig')
    .addOption(
      new Option('--controller <name>', 'spec.controller of classes that are not among the files').choices([
        ...controllers,
      ]),
    )
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      `
Exits with 0 when nothing is wrong, warnings aside; 1 when there is an error, or something cannot be read; 2 when the command line
is wrong. No Secret is read.`,
    )
    .action(async (options) => {
      const { lint } = await import('./lint.ts');
      exitCode = await lint(options);
    });

  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : usageError;
  }
  return exitCode;
}
