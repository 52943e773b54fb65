import { parseArgs, ParseArgsConfig } from 'node:util';
import { ACCOUNTS } from './accounts';
import { ADMIN } from './admin';
import { AUDIT } from './audit';
import { BULK } from './bulk';
import { CHECK } from './check';
import { Command, Values } from './command';
import { CliError, EXIT } from './exit';
import { FINDING_COMMANDS } from './findings';
import { COMMON, helpOn, helpOnAll, helpOnGroup } from './help';
import { OPERATOR_COMMANDS } from './operators';
import { ORDER_ACTS } from './order-acts';
import { ORDER_STORY } from './order-story';
import { ORDERS } from './orders';
import { Output, Terminal } from './output';
import { PUSHES } from './pushes';
import { READ } from './read';
import { RECONCILE } from './reconcile';
import { REPORT_COMMANDS } from './reports';
import { RULES_COMMAND } from './rules';
import { Service } from './service';
import { SUBMIT } from './submit';
import { TEMPLATES } from './templates';

const COMMANDS: readonly Command[] = [
  CHECK,
  READ,
  RULES_COMMAND,
  SUBMIT,
  ...ORDERS,
  ...ORDER_STORY,
  ...ORDER_ACTS,
  ...BULK,
  RECONCILE,
  ...REPORT_COMMANDS,
  ...FINDING_COMMANDS,
  ...ADMIN,
  ...OPERATOR_COMMANDS,
  ...ACCOUNTS,
  ...TEMPLATES,
  ...PUSHES,
  ...AUDIT,
];

/** Finds the command, reads its arguments, runs it; the exit code says how it went (exit.ts). Leaves nothing running. */
export async function run(argv: string[], env: NodeJS.ProcessEnv, terminal: Terminal): Promise<number> {
  const command = commandOf(argv);
  if (!command) return withoutCommand(argv, terminal);
  const json = argv.includes('--json');
  try {
    const { args, values } = read(command, argv.slice(command.name.split(' ').length));
    if (values.help === true) return say(helpOn(command), terminal);
    requireArgs(command, args);
    return await command.run({ args, values, out: new Output(json, terminal), service: new Service(env) });
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    if (json) terminal.stdout.write(`${JSON.stringify(error.data, null, 2)}\n`);
    else terminal.stderr.write(`${error.message}\n`);
    return error.exit;
  }
}

/** Two words before one: `keys list` is no argument of `keys`. */
function commandOf([first = '', second = '']: string[]): Command | undefined {
  return COMMANDS.find(({ name }) => name === `${first} ${second}`) ?? COMMANDS.find(({ name }) => name === first);
}

/** `piaoka`, `--help`, `help orders`, `orders --help`, `orders help`: asked for. `orders`, `orders nonsense`: not understood. */
function withoutCommand(argv: string[], terminal: Terminal): number {
  const words = argv.filter((word) => word !== '--help' && word !== 'help' && word !== '--json');
  const asked = words.length < argv.length || argv.length === 0;
  const command = commandOf(words);
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${words[0]} `));
  const isNone = words.length > 0 && !command && group.length === 0;
  const help = command
    ? helpOn(command)
    : group.length > 0
      ? helpOnGroup(words[0] as string, group)
      : helpOnAll(COMMANDS);
  if (asked && !isNone) return say(help, terminal);
  const called = words.slice(0, group.length > 0 ? 2 : 1).join(' ');
  terminal.stderr.write(`没有命令 ${called}。There is no command ${called}.\n\n${help}`);
  return EXIT.usage;
}

function read({ name, options }: Command, argv: string[]): { args: string[]; values: Values } {
  const config: ParseArgsConfig['options'] = {};
  for (const [option, { type, multiple = false }] of Object.entries({ ...options, ...COMMON })) {
    config[option] = { type, multiple };
  }
  try {
    const { positionals, values } = parseArgs({ args: argv, options: config, allowPositionals: true });
    return { args: positionals, values: values };
  } catch (error) {
    throw new CliError(EXIT.usage, `${(error as Error).message}\npiaoka ${name} --help`);
  }
}

/** As many as the usage shows; those in brackets may be left out. */
function requireArgs(command: Command, args: string[]): void {
  const shown = command.args.split(' ').filter(Boolean);
  const least = shown.filter((arg) => !arg.startsWith('[')).length;
  if (args.length >= least && args.length <= shown.length) return;
  throw new CliError(EXIT.usage, `用法 usage: piaoka ${command.name} ${command.args}`.trimEnd());
}

function say(text: string, { stdout }: Terminal): number {
  stdout.write(text);
  return EXIT.ok;
}
