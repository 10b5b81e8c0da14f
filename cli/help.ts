/** `glossa help`: explains the commands, one command, the types of translators, or one of them. */
import { findNearest } from '../runtime/core/nearest.ts';
import { describeOption, genericOptions, type Options } from '../runtime/core/options.ts';
import type { Translator } from '../runtime/core/xlator.ts';
import type { Registry } from '../runtime/volfile/registry.ts';
import {
  type Command,
  type Commands,
  defineCommand,
  formatUsage,
  helpGroups,
  listSubcommands,
} from '../terminal/command.ts';
import { EXIT_OK, exitTable, UsageError } from '../terminal/exit.ts';
import { commonFlags, formatFlags, takeOperands } from '../terminal/flags.ts';
import { formatColumns, wrapLine } from '../terminal/layout.ts';
import { readPackageVersion } from '../terminal/package-version.ts';
import { paint, type Terminal } from '../terminal/terminal.ts';
import { oldNames } from './old-names.ts';

/** Makes the command `glossa help`, which explains the given commands. */
export const makeHelpCommand = (commands: Commands): Command =>
  defineCommand({
    usage: ['glossa help', 'glossa help COMMAND', 'glossa help types', 'glossa help TYPE'],
    description:
      'Explains a command, lists the types of translators, or explains the options of one ' +
      '(storage/posix, or just posix).',
    flags: {},
    async run({ operands }, terminal) {
      // The name of a subcommand has two words.
      const operandText = operands.join(' ');
      const topicText = oldNames.get(operandText) ?? operandText;
      const [topic] = takeOperands(commands.has(topicText) ? [topicText] : operands, ['[TOPIC]']);
      if (topic === undefined) printOverview(commands, terminal);
      else if (commands.has(topic)) {
        const { default: command } = await commands.get(topic)!.load();
        terminal.out(formatCommandHelp(topic, command, commands, terminal));
      } else await printTypeHelp(commands, topic, terminal);
      return EXIT_OK;
    },
  });

/** The definition of glossa: the help has it after `glossa VERSION,`, the manual after `glossa is`. */
export const glossaDefinition =
  'a runtime for translators: file system logic in TypeScript, Python and JavaScript, stacked as a ' +
  'volfile says and mounted as a directory';

/** The headings of the groups of commands. */
const groupTitles: Readonly<Record<(typeof helpGroups)[number], string>> = {
  write: 'write translators and volfiles',
  run: 'run them',
  look: 'look at what happens',
  measure: 'measure',
};

function printOverview(commands: Commands, terminal: Terminal): void {
  const { colour, width } = terminal;
  const formatHeading = (text: string): string => paint('bold', text, colour.out);
  const groupedCommands = [...commands].filter(([, { group }]) => group !== undefined);
  const nameWidth = Math.max(...groupedCommands.map(([name]) => name.length));
  const groupTexts = helpGroups.map((group) => {
    const rows = groupedCommands.filter(([, entry]) => entry.group === group);
    const lines = rows.map(([name, { summary }]) => [name.padEnd(nameWidth), summary] as const);
    return `${formatHeading(`${groupTitles[group]}:`)}\n${formatColumns(lines, width)}`;
  });
  const commandsWithSubcommands = groupedCommands
    .map(([name]) => name)
    .filter((name) => listSubcommands(name, commands).length > 0);
  terminal.out(`${wrapLine(`glossa ${readPackageVersion()}, ${glossaDefinition}`, width).join('\n')}

${formatHeading('usage:')} glossa -f VOLFILE [options] MNT
       glossa COMMAND …

${groupTexts.join('\n\n')}

${wrapLine(`  'glossa help COMMAND' explains one (${commandsWithSubcommands.join(', ')} have more below them); 'glossa help types' lists the translators, and 'glossa help TYPE' explains the options of one.`, width).join('\n')}

${formatHeading('exit status:')}
${formatColumns(exitTable, width)}`);
}

function formatCommandHelp(
  name: string,
  { usage, description, flags }: Command,
  commands: Commands,
  terminal: Terminal,
): string {
  const { colour, width } = terminal;
  // Own flags are spread twice: first for their order, last to replace common ones of that name.
  const allFlags = { ...flags, ...commonFlags, ...flags };
  const subcommands = listSubcommands(name, commands).map(
    (subcommand) => [`glossa ${subcommand}`, commands.get(subcommand)!.summary] as const,
  );
  return [
    formatUsage(usage, colour.out),
    wrapLine(description, width).join('\n'),
    `${paint('bold', 'options:', colour.out)}\n${formatFlags(allFlags, width)}`,
    ...(subcommands.length === 0
      ? []
      : [`${paint('bold', 'see also:', colour.out)}\n${formatColumns(subcommands, width)}`]),
  ].join('\n\n');
}

async function printTypeHelp(commands: Commands, topic: string, terminal: Terminal): Promise<void> {
  const registry = await (await import('../server/registry.ts')).registry.loadAll();
  if (topic === 'types') {
    const rows = listTranslators(registry).map(
      ({ type, description }) => [type, description] as const,
    );
    terminal.out(formatColumns(rows, terminal.width));
  } else terminal.out(formatTranslatorHelp(requireTranslator(registry, topic, commands), terminal));
}

const listTranslators = (registry: Registry): Translator<unknown>[] =>
  [...registry.listTypeNames()].sort().map((type) => registry.lookup(type)!);

/** Finds a translator by its type, or by the part after the slash. @throws {UsageError} */
function requireTranslator(
  registry: Registry,
  topic: string,
  commands: Commands,
): Translator<unknown> {
  const types = [...registry.listTypeNames()].sort();
  const translator =
    registry.lookup(topic) ??
    registry.lookup(types.find((type) => type.endsWith(`/${topic}`)) ?? '');
  if (translator === undefined)
    throw new UsageError(formatUnknownTopic(topic, [...commands.keys()], types));
  return translator;
}

function formatUnknownTopic(
  topic: string,
  commands: readonly string[],
  types: readonly string[],
): string {
  const names = types.map((type) => type.slice(type.indexOf('/') + 1));
  const suggestion = findNearest(topic, ['types', ...commands, ...types, ...names]);
  const hint = suggestion === undefined ? '' : ` (did you mean '${suggestion}'?)`;
  return `no command and no type is called '${topic}'${hint}`;
}

function formatTranslatorHelp(
  translator: Translator<unknown>,
  { colour, width }: Terminal,
): string {
  const { type, description, children, options, ownOptions, moreOptions = {} } = translator;
  const formatHeading = (text: string): string => paint('bold', text, colour.out);
  const formatOptions = (table: Options): string[] =>
    Object.entries(table).map(([key, spec]) => {
      const [title, ...lines] = describeOption(key, spec).split('\n');
      const text = lines.flatMap((line) => wrapLine(`  ${line}`, width)).join('\n');
      return `  ${formatHeading(title!)}\n${text}`;
    });
  const sections = Object.entries(moreOptions).map(([condition, table]) =>
    [formatHeading(`options ${condition}:`), ...formatOptions(table)].join('\n'),
  );
  const ownOptionsNote =
    ownOptions !== undefined ? ['  and the options that the module declares itself.'] : [];
  return [
    `${formatHeading(type)}\n${wrapLine(description, width).join('\n')}`,
    `Subvolumes: ${describeSubvolumeCount(children)}.`,
    [
      formatHeading('options:'),
      ...formatOptions({ ...options, ...genericOptions }),
      ...ownOptionsNote,
    ].join('\n'),
    ...sections,
  ].join('\n\n');
}

/** Describes how many subvolumes a translator takes. */
export function describeSubvolumeCount([min, max]: readonly [number, number]): string {
  if (max === 0) return 'none';
  if (min === max) return `exactly ${min}`;
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? 'any number' : `at least ${min}`;
  return `${min} to ${max}`;
}
