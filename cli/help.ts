/** `glossa help`: explains the commands, one command, the types of translators, or one of them. */
import { nearest } from '../runtime/core/nearest.ts';
import { describeOption, genericOptions, type Options } from '../runtime/core/options.ts';
import type { Translator } from '../runtime/core/xlator.ts';
import type { Registry } from '../runtime/volfile/activate.ts';
import {
  type Command,
  type Commands,
  defineCommand,
  groups,
  subcommandsOf,
  usageLines,
} from '../terminal/command.ts';
import { EXIT_OK, exitTable, UsageError } from '../terminal/exit.ts';
import { commonFlags, describeFlags, takeOperands } from '../terminal/flags.ts';
import { columns, wrap } from '../terminal/layout.ts';
import { version } from '../terminal/package-version.ts';
import { paint, type Terminal } from '../terminal/terminal.ts';
import { oldNames } from './old-names.ts';

export const helpOn = (commands: Commands): Command =>
  defineCommand({
    usage: ['glossa help', 'glossa help COMMAND', 'glossa help types', 'glossa help TYPE'],
    description:
      'Explains a command, lists the types of translators, or explains the options of one ' +
      '(storage/posix, or just posix).',
    flags: {},
    async run({ operands }, terminal) {
      // A command may have two words.
      const typed = operands.join(' ');
      const words = oldNames.get(typed) ?? typed;
      const [topic] = takeOperands(commands.has(words) ? [words] : operands, ['[TOPIC]']);
      if (topic === undefined) overview(commands, terminal);
      else if (commands.has(topic)) {
        const { default: command } = await commands.get(topic)!.load();
        terminal.out(commandHelp(topic, command, commands, terminal));
      } else await typeHelp(commands, topic, terminal);
      return EXIT_OK;
    },
  });

/** The definition of glossa, without its subject. */
export const about =
  'a runtime for translators: file system logic in TypeScript, Python and JavaScript, stacked as a ' +
  'volfile says and mounted as a directory';

const titles: Readonly<Record<(typeof groups)[number], string>> = {
  write: 'write translators and volfiles',
  run: 'run them',
  look: 'look at what happens',
  measure: 'measure',
};

function overview(commands: Commands, terminal: Terminal): void {
  const { colour, width } = terminal;
  const heading = (words: string): string => paint('bold', words, colour.out);
  const grouped = [...commands].filter(([, { group }]) => group !== undefined);
  const left = Math.max(...grouped.map(([name]) => name.length));
  const listed = groups.map((group) => {
    const rows = grouped.filter(([, entry]) => entry.group === group);
    const lines = rows.map(([name, { summary }]) => [name.padEnd(left), summary] as const);
    return `${heading(`${titles[group]}:`)}\n${columns(lines, width)}`;
  });
  const parents = grouped
    .map(([name]) => name)
    .filter((name) => subcommandsOf(name, commands).length > 0);
  terminal.out(`${wrap(`glossa ${version()}, ${about}`, width).join('\n')}

${heading('usage:')} glossa -f VOLFILE [options] MNT
       glossa COMMAND …

${listed.join('\n\n')}

${wrap(`  'glossa help COMMAND' explains one (${parents.join(', ')} have more below them); 'glossa help types' lists the translators, and 'glossa help TYPE' explains the options of one.`, width).join('\n')}

${heading('exit status:')}
${columns(exitTable, width)}`);
}

function commandHelp(
  name: string,
  { usage, description, flags }: Command,
  commands: Commands,
  terminal: Terminal,
): string {
  const { colour, width } = terminal;
  const all = { ...flags, ...commonFlags, ...flags };
  const below = subcommandsOf(name, commands).map(
    (other) => [`glossa ${other}`, commands.get(other)!.summary] as const,
  );
  return [
    usageLines(usage, colour.out),
    wrap(description, width).join('\n'),
    `${paint('bold', 'options:', colour.out)}\n${describeFlags(all, width)}`,
    ...(below.length === 0
      ? []
      : [`${paint('bold', 'see also:', colour.out)}\n${columns(below, width)}`]),
  ].join('\n\n');
}

async function typeHelp(commands: Commands, topic: string, terminal: Terminal): Promise<void> {
  const registry = await (await import('../server/registry.ts')).registry.loadAll();
  if (topic === 'types') {
    const rows = all(registry).map(({ type, description }) => [type, description] as const);
    terminal.out(columns(rows, terminal.width));
  } else terminal.out(translatorHelp(known(registry, topic, commands), terminal));
}

const all = (registry: Registry): Translator<unknown>[] =>
  [...registry.types()].sort().map((type) => registry.lookup(type)!);

/** The translator of a type, or of the name behind its slash. @throws {UsageError} */
function known(registry: Registry, topic: string, commands: Commands): Translator<unknown> {
  const types = [...registry.types()].sort();
  const found = registry.lookup(topic) ?? registry.lookup(types.find(endsIn(topic)) ?? '');
  if (found === undefined) throw new UsageError(unknownTopic(topic, [...commands.keys()], types));
  return found;
}

const endsIn =
  (name: string) =>
  (type: string): boolean =>
    type.endsWith(`/${name}`);

function unknownTopic(
  topic: string,
  commands: readonly string[],
  types: readonly string[],
): string {
  const names = types.map((type) => type.slice(type.indexOf('/') + 1));
  const meant = nearest(topic, ['types', ...commands, ...types, ...names]);
  const guess = meant === undefined ? '' : ` (did you mean '${meant}'?)`;
  return `no command and no type is called '${topic}'${guess}`;
}

function translatorHelp(translator: Translator<unknown>, { colour, width }: Terminal): string {
  const { type, description, children, options, ownOptions, moreOptions = {} } = translator;
  const heading = (words: string): string => paint('bold', words, colour.out);
  const described = (table: Options): string[] =>
    Object.entries(table).map(([key, spec]) => {
      const [title, ...lines] = describeOption(key, spec).split('\n');
      const text = lines.flatMap((line) => wrap(`  ${line}`, width)).join('\n');
      return `  ${heading(title!)}\n${text}`;
    });
  const sections = Object.entries(moreOptions).map(([when, table]) =>
    [heading(`options ${when}:`), ...described(table)].join('\n'),
  );
  const own =
    ownOptions !== undefined ? ['  and the options that the module declares itself.'] : [];
  return [
    `${heading(type)}\n${wrap(description, width).join('\n')}`,
    `Subvolumes: ${subvolumes(children)}.`,
    [heading('options:'), ...described({ ...options, ...genericOptions }), ...own].join('\n'),
    ...sections,
  ].join('\n\n');
}

/** The number of subvolumes of a translator, in words. */
export function subvolumes([min, max]: readonly [number, number]): string {
  if (max === 0) return 'none';
  if (min === max) return `exactly ${min}`;
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? 'any number' : `at least ${min}`;
  return `${min} to ${max}`;
}
