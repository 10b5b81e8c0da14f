/**
 * Makes the texts of the manual pages, which the build writes into files, from the same tables as
 * the help: commands, exit statuses, and types of translators.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeOption, genericOptions, type Options } from '../../runtime/core/options.ts';
import type { Translator } from '../../runtime/core/xlator.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import type { Command, Commands } from '../../terminal/command.ts';
import { exitTable } from '../../terminal/exit.ts';
import { commonFlags, type Flags } from '../../terminal/flags.ts';
import { definition, describeSubvolumeCount } from '../help.ts';
import {
  escapeText,
  formatBold,
  formatHead,
  formatItalic,
  formatItem,
  formatParagraph,
  formatReference,
  formatSubsection,
  formatVerbatim,
  section,
} from './roff.ts';

export interface ManualSettings {
  readonly commands: Commands;
  readonly types: readonly Translator<unknown>[];
  readonly version: string;
  /** YYYY-MM-DD. */
  readonly date: string;
}

/** Returns the name and section of a command's page: section 8 for mount(8)'s helper. */
function makePageName(command: string): readonly [name: string, section: number] {
  if (command.startsWith('mount.')) return [command, 8];
  return [`glossa-${command.replaceAll(' ', '-')}`, 1];
}

const VOLFILE_PAGE = ['glossa.vol', 5] as const;

/** Makes all pages, by file name; those of commands are in the order of the table. */
export async function makeManual(settings: ManualSettings): Promise<Map<string, string>> {
  const { commands, types, version, date } = settings;
  const pages = new Map<string, string>();
  const addPage = (name: string, number: number, summary: string, body: string): void => {
    const header = formatHead(name, number, date, `glossa ${version}`);
    const title = formatParagraph(`${escapeText(name)} \\- ${escapeText(summary)}`);
    pages.set(`${name}.${number}`, header + section('NAME', title) + body);
  };
  addPage('glossa', 1, definition, formatOverview(commands));
  for (const [name, { summary, load }] of commands) {
    const { default: command } = await load();
    addPage(...makePageName(name), summary, formatCommandPage(name, command));
  }
  addPage(
    ...VOLFILE_PAGE,
    'what a mount consists of: the format, and the types of translators',
    formatVolfilePage(types),
  );
  return pages;
}

function formatOverview(commands: Commands): string {
  const commandItems = [...commands].map(([name, { summary }]) =>
    formatItem(formatReference(...makePageName(name)), escapeText(summary)),
  );
  return [
    section('SYNOPSIS', formatSynopsis(['glossa -f VOLFILE [options] MNT', 'glossa COMMAND …'])),
    section(
      'DESCRIPTION',
      formatParagraph(`${escapeText('glossa')} is ${escapeText(definition)}.`),
    ),
    section('COMMANDS', commandItems.join('')),
    exitStatus,
    section('SEE ALSO', formatParagraph(formatReference(...VOLFILE_PAGE))),
  ].join('');
}

function formatCommandPage(name: string, { usage, description, flags }: Command): string {
  const all: Flags = { ...flags, ...commonFlags, ...flags };
  const labels = new Set([
    ...usage.flatMap((line) => line.match(/\b[A-Z]+(?:\.json)?\b/g) ?? []),
    ...Object.values(all).flatMap(({ value }) => value ?? []),
  ]);
  const others = [formatReference('glossa', 1), formatReference(...VOLFILE_PAGE)];
  return [
    section('SYNOPSIS', formatSynopsis(usage)),
    section('DESCRIPTION', formatParagraph(italicizeLabels(description, labels))),
    section('OPTIONS', formatOptions(all, labels)),
    name.startsWith('mount.') ? '' : exitStatus,
    section('SEE ALSO', formatParagraph(others.join(', '))),
  ].join('');
}

/** Formats a text with its placeholders in italics. @param labels the placeholders, as `VOLFILE` */
function italicizeLabels(
  text: string,
  labels: ReadonlySet<string>,
  formatRest = escapeText,
): string {
  return text
    .split(/([A-Z][\w.=]*[A-Z]|[A-Z]\b|[A-Z]+\.json)/)
    .map((part) => (labels.has(part) ? formatItalic(part) : part && formatRest(part)))
    .join('');
}

/** Formats the usages, with placeholders in italics and literal words in bold. */
const formatSynopsis = (usage: readonly string[]): string =>
  usage
    .map((line) =>
      line
        .split(/([A-Z][\w.=]*[A-Z]|[A-Z]+\.json|[ |[\]…]|options)/)
        .filter(Boolean)
        .map((part) =>
          /^[A-Z]/.test(part)
            ? formatItalic(part)
            : /^[a-z-]/.test(part) && part !== 'options'
              ? formatBold(part)
              : escapeText(part),
        )
        .join(''),
    )
    .join('\n.br\n')
    .concat('\n');

const formatOptions = (flags: Flags, labels: ReadonlySet<string>): string =>
  Object.entries(flags)
    .map(([name, { short, value, help }]) => {
      const spellings = [
        ...(short === undefined ? [] : [formatBold(`-${short}`)]),
        formatBold(`--${name}`),
      ];
      const valueText = value === undefined ? '' : ` ${formatItalic(value)}`;
      return formatItem(spellings.join(', ') + valueText, italicizeLabels(help, labels));
    })
    .join('');

const exitStatus = section(
  'EXIT STATUS',
  exitTable
    .map(([status, meaning]) => formatItem(formatBold(status), escapeText(meaning)))
    .join(''),
);

/** Formats the page of the volfile format, which an example with comments explains. */
function formatVolfilePage(types: readonly Translator<unknown>[]): string {
  const example = readFileSync(join(packageRoot, 'volfiles/posix.vol'), 'utf8');
  return [
    section('DESCRIPTION', formatVerbatim(example.trimEnd().split('\n'))),
    section('TYPES', types.map(formatType).join('')),
    section('OPTIONS OF EVERY TYPE', formatOptionItems(genericOptions)),
    section(
      'SEE ALSO',
      formatParagraph(
        [formatReference('glossa-mount', 1), formatReference('glossa-check', 1)].join(', '),
      ),
    ),
  ].join('');
}

function formatType(translator: Translator<unknown>): string {
  const {
    type,
    description,
    children,
    options: typeOptions,
    ownOptions,
    moreOptions = {},
  } = translator;
  const modules = 'Besides, the options that the module declares itself.';
  return formatSubsection(
    type,
    [
      formatParagraph(escapeText(description)),
      `.PP\n${formatParagraph(escapeText(`Subvolumes: ${describeSubvolumeCount(children)}.`))}`,
      formatOptionItems(typeOptions),
      ownOptions ? `.PP\n${formatParagraph(modules)}` : '',
      ...Object.entries(moreOptions).map(
        ([when, table]) =>
          `.PP\n${formatParagraph(escapeText(`Options ${when}:`))}${formatOptionItems(table)}`,
      ),
    ].join(''),
  );
}

const formatOptionItems = (table: Options): string =>
  Object.entries(table)
    .map(([key, spec]) => {
      const [title, ...lines] = describeOption(key, spec).split('\n');
      const [name, ...rest] = title!.split(' ');
      const term = [formatBold(name!), ...rest.map(escapeText)].join(' ');
      return formatItem(term, escapeText(lines.map((line) => line.trim()).join(' ')));
    })
    .join('');
