/**
 * Makes the texts of the manual pages, which tools/build.ts writes into files. They come from the
 * same tables as the help: commands, exit statuses, and types of translators.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeOption, genericOptions, type Options } from '../../runtime/core/options.ts';
import type { Translator } from '../../runtime/core/xlator.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import type { Command, Commands } from '../../terminal/command.ts';
import { exitTable } from '../../terminal/exit.ts';
import { commonFlags, type Flags } from '../../terminal/flags.ts';
import { wrapLine } from '../../terminal/layout.ts';
import { describeSubvolumeCount, glossaDefinition } from '../help.ts';

/**
 * Formats manual pages in roff, with the macros of man(7), for groff and mandoc. Functions that
 * format whole lines return them with the newline.
 */
export function escapeText(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('…', '...')
    .replace(/[-'`^~"]/g, (character) => typographicEscapes[character]!);
}

/** The escapes of ASCII characters that roff would print as typographic ones. */
const typographicEscapes: Readonly<Record<string, string>> = {
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '"': '\\(dq',
};

/** Formats a literal word in bold. */
const formatBold = (text: string): string => `\\fB${escapeText(text)}\\fP`;

const formatItalic = (text: string): string => `\\fI${escapeText(text)}\\fP`;

/** Formats the head of a page. */
const formatHead = (name: string, section: number, date: string, source: string): string =>
  `.TH ${escapeText(name.toUpperCase())} ${section} ${date} "${escapeText(source)}"\n`;

/** Formats a section; '' if it has no body. The title has plain capitals only, which need no escapes. */
const formatSection = (title: string, body: string): string =>
  body === '' ? '' : `.SH ${title}\n${body}`;

/** Formats a subsection. Its title may have signs to escape, such as the `-` of `debug/io-stats`. */
const formatSubsection = (title: string, body: string): string =>
  `.SS ${escapeText(title)}\n${body}`;

/** The width of the lines of the source, which roff fills again. */
const SOURCE_WIDTH = 78;

/**
 * Wraps an escaped text into lines. A line that begins with `.` or `'` would be a request to roff, so
 * `\&` (an empty character) is put before it.
 */
const formatParagraph = (text: string): string =>
  wrapLine(text, SOURCE_WIDTH)
    .map((line) => `${/^[.']/.test(line) ? '\\&' : ''}${line}\n`)
    .join('');

/** Formats a term, and its meaning indented below it. Both are escaped already. */
const formatItem = (term: string, meaning: string): string =>
  `.TP\n${term.trimEnd()}\n${formatParagraph(meaning)}`;

/** Formats lines that roff prints as they are. */
const formatVerbatim = (lines: readonly string[]): string =>
  `.RS 4\n.nf\n${lines.map((line) => (line === '' ? '.sp\n' : `\\&${escapeText(line)}\n`)).join('')}.fi\n.RE\n`;

/** Formats a reference to another page. */
const formatReference = (name: string, section: number): string =>
  `${formatBold(name)}(${section})`;

/** The commands and translators to describe, and the facts in the pages' heads. */
export interface ManualSettings {
  readonly commands: Commands;
  readonly translators: readonly Translator<unknown>[];
  readonly version: string;
  /** The date of the pages, as YYYY-MM-DD. */
  readonly date: string;
}

/** Returns the name and section of a command's page: section 8 for mount(8)'s helper. */
function makePageName(command: string): readonly [name: string, section: number] {
  if (command.startsWith('mount.')) return [command, 8];
  return [`glossa-${command.replaceAll(' ', '-')}`, 1];
}

/** The name and section of the page on volfiles. */
const VOLFILE_PAGE = ['glossa.vol', 5] as const;

/** Makes all pages, by file name; those of commands are in the order of the table. */
export async function makeManual(settings: ManualSettings): Promise<Map<string, string>> {
  const { commands, translators, version, date } = settings;
  const pages = new Map<string, string>();
  const addPage = (name: string, section: number, summary: string, body: string): void => {
    const header = formatHead(name, section, date, `glossa ${version}`);
    const title = formatParagraph(`${escapeText(name)} \\- ${escapeText(summary)}`);
    pages.set(`${name}.${section}`, header + formatSection('NAME', title) + body);
  };
  addPage('glossa', 1, glossaDefinition, formatOverview(commands));
  for (const [name, { summary, load }] of commands) {
    const { default: command } = await load();
    addPage(...makePageName(name), summary, formatCommandPage(name, command));
  }
  addPage(
    ...VOLFILE_PAGE,
    'what a mount consists of: the format, and the types of translators',
    formatVolfilePage(translators),
  );
  return pages;
}

function formatOverview(commands: Commands): string {
  const commandItems = [...commands].map(([name, { summary }]) =>
    formatItem(formatReference(...makePageName(name)), escapeText(summary)),
  );
  return [
    formatSection(
      'SYNOPSIS',
      formatSynopsis(['glossa -f VOLFILE [options] MNT', 'glossa COMMAND …']),
    ),
    formatSection(
      'DESCRIPTION',
      formatParagraph(`${escapeText('glossa')} is ${escapeText(glossaDefinition)}.`),
    ),
    formatSection('COMMANDS', commandItems.join('')),
    exitStatusSection,
    formatSection('SEE ALSO', formatParagraph(formatReference(...VOLFILE_PAGE))),
  ].join('');
}

function formatCommandPage(name: string, { usage, description, flags }: Command): string {
  // Own flags are spread twice: first for their order, last to replace common ones of that name.
  const allFlags: Flags = { ...flags, ...commonFlags, ...flags };
  const placeholders = new Set([
    ...usage.flatMap((line) => line.match(/\b[A-Z]+(?:\.json)?\b/g) ?? []),
    ...Object.values(allFlags).flatMap(({ placeholder }) => placeholder ?? []),
  ]);
  const seeAlso = [formatReference('glossa', 1), formatReference(...VOLFILE_PAGE)];
  return [
    formatSection('SYNOPSIS', formatSynopsis(usage)),
    formatSection('DESCRIPTION', formatParagraph(italicizePlaceholders(description, placeholders))),
    formatSection('OPTIONS', formatFlagItems(allFlags, placeholders)),
    name.startsWith('mount.') ? '' : exitStatusSection,
    formatSection('SEE ALSO', formatParagraph(seeAlso.join(', '))),
  ].join('');
}

/**
 * Formats a text with its placeholders in italics.
 * @param placeholders the words to be in italics, such as `VOLFILE`
 */
function italicizePlaceholders(text: string, placeholders: ReadonlySet<string>): string {
  // Placeholders are words in capitals, such as VOLUME.KEY=VALUE, N or RUN.json.
  return text
    .split(/([A-Z][\w.=]*[A-Z]|[A-Z]\b|[A-Z]+\.json)/)
    .map((part) => (placeholders.has(part) ? formatItalic(part) : escapeText(part)))
    .join('');
}

/** Formats the usages, with placeholders in italics and literal words in bold. */
const formatSynopsis = (usage: readonly string[]): string =>
  usage
    .map((line) =>
      line
        // `options` is a placeholder, too, and the signs between words are printed as they are.
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

const formatFlagItems = (flags: Flags, placeholders: ReadonlySet<string>): string =>
  Object.entries(flags)
    .map(([name, { short, placeholder, help }]) => {
      const spellings = [
        ...(short === undefined ? [] : [formatBold(`-${short}`)]),
        formatBold(`--${name}`),
      ];
      const valueText = placeholder === undefined ? '' : ` ${formatItalic(placeholder)}`;
      return formatItem(
        spellings.join(', ') + valueText,
        italicizePlaceholders(help, placeholders),
      );
    })
    .join('');

const exitStatusSection = formatSection(
  'EXIT STATUS',
  exitTable
    .map(([status, meaning]) => formatItem(formatBold(status), escapeText(meaning)))
    .join(''),
);

/** Formats the page of the volfile format, which an example with comments explains. */
function formatVolfilePage(types: readonly Translator<unknown>[]): string {
  const example = readFileSync(join(packageRoot, 'volfiles/posix.vol'), 'utf8');
  return [
    formatSection('DESCRIPTION', formatVerbatim(example.trimEnd().split('\n'))),
    formatSection('TYPES', types.map(formatTranslatorSection).join('')),
    formatSection('OPTIONS OF EVERY TYPE', formatOptionItems(genericOptions)),
    formatSection(
      'SEE ALSO',
      formatParagraph(
        [formatReference('glossa-mount', 1), formatReference('glossa-check', 1)].join(', '),
      ),
    ),
  ].join('');
}

function formatTranslatorSection(translator: Translator<unknown>): string {
  const {
    type,
    description,
    children,
    options: typeOptions,
    ownOptions,
    moreOptions = {},
  } = translator;
  const moduleOptionsNote = 'Besides, the options that the module declares itself.';
  return formatSubsection(
    type,
    [
      formatParagraph(escapeText(description)),
      `.PP\n${formatParagraph(escapeText(`Subvolumes: ${describeSubvolumeCount(children)}.`))}`,
      formatOptionItems(typeOptions),
      ownOptions ? `.PP\n${formatParagraph(moduleOptionsNote)}` : '',
      ...Object.entries(moreOptions).map(
        ([condition, table]) =>
          `.PP\n${formatParagraph(escapeText(`Options ${condition}:`))}${formatOptionItems(table)}`,
      ),
    ].join(''),
  );
}

const formatOptionItems = (table: Options): string =>
  Object.entries(table)
    .map(([key, spec]) => {
      const [title, ...lines] = describeOption(key, spec).split('\n');
      const [name, ...furtherWords] = title!.split(' ');
      const term = [formatBold(name!), ...furtherWords.map(escapeText)].join(' ');
      return formatItem(term, escapeText(lines.map((line) => line.trim()).join(' ')));
    })
    .join('');
