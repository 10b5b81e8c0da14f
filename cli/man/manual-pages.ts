/**
 * Writes the manual pages from the texts of the help: commands with usages and flags, exit
 * statuses, and translator types with their options.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeOption, genericOptions, type Options } from '../../runtime/core/options.ts';
import type { Translator } from '../../runtime/core/xlator.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import type { Command, Commands } from '../../terminal/command.ts';
import { exitTable } from '../../terminal/exit.ts';
import { commonFlags, type Flags } from '../../terminal/flags.ts';
import { about, describeSubvolumeCount } from '../help.ts';
import {
  bold,
  head,
  italic,
  item,
  page,
  paragraph,
  plain,
  section,
  subsection,
  verbatim,
} from './roff.ts';

export interface ManualSettings {
  readonly commands: Commands;
  readonly types: readonly Translator<unknown>[];
  readonly version: string;
  /** YYYY-MM-DD. */
  readonly date: string;
}

/** Name and section of a command's page: section 8 for mount(8)'s helper. */
function pageName(command: string): readonly [name: string, section: number] {
  if (command.startsWith('mount.')) return [command, 8];
  return [`glossa-${command.replaceAll(' ', '-')}`, 1];
}

const VOLFILE_PAGE = ['glossa.vol', 5] as const;

/** All pages by file name; those of commands in the order of the table. */
export async function makeManual(settings: ManualSettings): Promise<Map<string, string>> {
  const { commands, types, version, date } = settings;
  const pages = new Map<string, string>();
  const addPage = (name: string, number: number, summary: string, body: string): void => {
    const header = head(name, number, date, `glossa ${version}`);
    const title = paragraph(`${plain(name)} \\- ${plain(summary)}`);
    pages.set(`${name}.${number}`, header + section('NAME', title) + body);
  };
  addPage('glossa', 1, about, overviewPage(commands));
  for (const [name, { summary, load }] of commands) {
    const { default: command } = await load();
    addPage(...pageName(name), summary, commandPage(name, command));
  }
  addPage(
    ...VOLFILE_PAGE,
    'what a mount consists of: the format, and the types of translators',
    volfilePage(types),
  );
  return pages;
}

function overviewPage(commands: Commands): string {
  const commandItems = [...commands].map(([name, { summary }]) =>
    item(page(...pageName(name)), plain(summary)),
  );
  return [
    section('SYNOPSIS', synopsis(['glossa -f VOLFILE [options] MNT', 'glossa COMMAND …'])),
    section('DESCRIPTION', paragraph(`${plain('glossa')} is ${plain(about)}.`)),
    section('COMMANDS', commandItems.join('')),
    exitStatus,
    section('SEE ALSO', paragraph(page(...VOLFILE_PAGE))),
  ].join('');
}

function commandPage(name: string, { usage, description, flags }: Command): string {
  const all: Flags = { ...flags, ...commonFlags, ...flags };
  const labels = new Set([
    ...usage.flatMap((line) => line.match(/\b[A-Z]+(?:\.json)?\b/g) ?? []),
    ...Object.values(all).flatMap(({ value }) => value ?? []),
  ]);
  const others = [page('glossa', 1), page(...VOLFILE_PAGE)];
  return [
    section('SYNOPSIS', synopsis(usage)),
    section('DESCRIPTION', paragraph(italicizeLabels(description, labels))),
    section('OPTIONS', optionSection(all, labels)),
    name.startsWith('mount.') ? '' : exitStatus,
    section('SEE ALSO', paragraph(others.join(', '))),
  ].join('');
}

/** A text with its placeholders in italics. */
function italicizeLabels(text: string, labels: ReadonlySet<string>, formatRest = plain): string {
  return text
    .split(/([A-Z][\w.=]*[A-Z]|[A-Z]\b|[A-Z]+\.json)/)
    .map((part) => (labels.has(part) ? italic(part) : part && formatRest(part)))
    .join('');
}

/** The usages, with literal words in bold. */
const synopsis = (usage: readonly string[]): string =>
  usage
    .map((line) =>
      line
        .split(/([A-Z][\w.=]*[A-Z]|[A-Z]+\.json|[ |[\]…]|options)/)
        .filter(Boolean)
        .map((part) =>
          /^[A-Z]/.test(part)
            ? italic(part)
            : /^[a-z-]/.test(part) && part !== 'options'
              ? bold(part)
              : plain(part),
        )
        .join(''),
    )
    .join('\n.br\n')
    .concat('\n');

const optionSection = (flags: Flags, labels: ReadonlySet<string>): string =>
  Object.entries(flags)
    .map(([name, { short, value, help }]) => {
      const spellings = [...(short === undefined ? [] : [bold(`-${short}`)]), bold(`--${name}`)];
      const valueText = value === undefined ? '' : ` ${italic(value)}`;
      return item(spellings.join(', ') + valueText, italicizeLabels(help, labels));
    })
    .join('');

const exitStatus = section(
  'EXIT STATUS',
  exitTable.map(([status, meaning]) => item(bold(status), plain(meaning))).join(''),
);

/** The page of the volfile format, explained by the comments of an example. */
function volfilePage(types: readonly Translator<unknown>[]): string {
  const example = readFileSync(join(packageRoot, 'volfiles/posix.vol'), 'utf8');
  return [
    section('DESCRIPTION', verbatim(example.trimEnd().split('\n'))),
    section('TYPES', types.map(typeSection).join('')),
    section('OPTIONS OF EVERY TYPE', optionItems(genericOptions)),
    section('SEE ALSO', paragraph([page('glossa-mount', 1), page('glossa-check', 1)].join(', '))),
  ].join('');
}

function typeSection(translator: Translator<unknown>): string {
  const {
    type,
    description,
    children,
    options: typeOptions,
    ownOptions,
    moreOptions = {},
  } = translator;
  const modules = 'Besides, the options that the module declares itself.';
  return subsection(
    type,
    [
      paragraph(plain(description)),
      `.PP\n${paragraph(plain(`Subvolumes: ${describeSubvolumeCount(children)}.`))}`,
      optionItems(typeOptions),
      ownOptions ? `.PP\n${paragraph(modules)}` : '',
      ...Object.entries(moreOptions).map(
        ([when, table]) => `.PP\n${paragraph(plain(`Options ${when}:`))}${optionItems(table)}`,
      ),
    ].join(''),
  );
}

const optionItems = (table: Options): string =>
  Object.entries(table)
    .map(([key, spec]) => {
      const [title, ...lines] = describeOption(key, spec).split('\n');
      const [name, ...formatRest] = title!.split(' ');
      const term = [bold(name!), ...formatRest.map(plain)].join(' ');
      return item(term, plain(lines.map((line) => line.trim()).join(' ')));
    })
    .join('');
