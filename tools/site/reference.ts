/**
 * Makes reference pages from tables in the sources: commands, translators and options, volfiles.
 */
import { commands } from '../../cli/commands.ts';
import { describeSubvolumeCount, glossaDefinition } from '../../cli/help.ts';
import { describeOption, genericOptions, type Options } from '../../runtime/core/options.ts';
import type { Translator } from '../../runtime/core/xlator.ts';
import { registry } from '../../server/registry.ts';
import type { Command } from '../../terminal/command.ts';
import { exitTable } from '../../terminal/exit.ts';
import { commonFlags, type Flags } from '../../terminal/flags.ts';
import { readRepositoryFile } from './texts.ts';

/** A page of the site that is made from sources. */
export interface GeneratedPage {
  readonly url: string;
  readonly title: string;
  /** The file that the page's relative links start from. */
  readonly source: string;
  readonly text: string;
}

/** Escapes a text of a command's help for Markdown. */
const escapeMarkdown = (text: string): string => text.replace(/[\\`*_{}[\]<>|#]/g, '\\$&');

/** Formats inline code. */
const formatCode = (text: string): string => `\`${text}\``;

/** Joins the lines of a list. */
const formatList = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

const exitStatusSection = `## Exit statuses

| status | |
|---|---|
${exitTable.map(([status, meaning]) => `| ${status} | ${escapeMarkdown(meaning)} |`).join('\n')}
`;

const makeCommandUrl = (name: string): string => `/reference/cli/${name.replaceAll(/[ .]/g, '-')}`;

/** Makes a page that lists all commands, and a page for each. */
export async function makeCommandPages(): Promise<GeneratedPage[]> {
  const rows = [...commands].map(
    ([name, { summary }]) =>
      `| [\`glossa ${name}\`](${makeCommandUrl(name)}) | ${escapeMarkdown(summary)} |`,
  );
  const overview: GeneratedPage = {
    url: '/reference/cli/',
    title: 'All commands',
    source: 'cli/commands.ts',
    text: `# The command line

\`glossa\` is ${escapeMarkdown(glossaDefinition)}.

| command | |
|---|---|
${rows.join('\n')}

${exitStatusSection}`,
  };
  const pages = [...commands].map(async ([name, { summary, load }]): Promise<GeneratedPage> => {
    const { default: command } = await load();
    const text = formatCommand(name, summary, command);
    return {
      url: makeCommandUrl(name),
      title: `glossa ${name}`,
      source: 'cli/commands.ts',
      text,
    };
  });
  return [overview, ...(await Promise.all(pages))];
}

/** Formats the page of a command. */
function formatCommand(
  name: string,
  summary: string,
  { usage, description, flags }: Command,
): string {
  // The command's own flags come first, and win over common flags of the same name.
  const allFlags: Flags = { ...flags, ...commonFlags, ...flags };
  return `# glossa ${name}

${escapeMarkdown(summary[0]!.toUpperCase() + summary.slice(1))}.

\`\`\`text
${usage.join('\n')}
\`\`\`

${escapeMarkdown(description)}

## Options

${formatList(Object.entries(allFlags).map(formatFlag))}
[Exit statuses](/reference/cli/#exit-statuses) are the same for all commands.
`;
}

/** Formats a flag as an item of a list. */
function formatFlag([name, { short, placeholder, help }]: [string, Flags[string]]): string {
  const longForm = formatCode(placeholder === undefined ? `--${name}` : `--${name} ${placeholder}`);
  return `- ${short === undefined ? '' : `${formatCode(`-${short}`)}, `}${longForm}: ${escapeMarkdown(help)}`;
}

const makeTypeUrl = (type: string): string => `/reference/translators/${type.replace('/', '-')}`;

// The pages of translators need all types.
await registry.loadAll();

/**
 * Makes a page for each translator, with its README if it has one, and its options.
 *
 * @param findReadme returns the path of a type's README, if it has one
 */
export function makeTranslatorPages(
  findReadme: (type: string) => string | undefined,
): GeneratedPage[] {
  return [...registry.listTypeNames()].sort().map((type) => {
    const translator = registry.lookup(type)! as Translator<unknown>;
    const readme = findReadme(type);
    const source = readme ?? 'server/registry.ts';
    const head =
      readme !== undefined
        ? readRepositoryFile(readme)
        : `# ${type}\n\n${escapeMarkdown(translator.description)}\n`;
    return {
      url: makeTypeUrl(type),
      title: type,
      source,
      text: `${head.trimEnd()}\n\n## The volume\n\n${formatVolume(translator)}`,
    };
  });
}

/** Formats the type, the number of subvolumes and the options of a translator. */
function formatVolume({
  type,
  children,
  options,
  ownOptions,
  moreOptions = {},
}: Translator<unknown>) {
  const moreSections = Object.entries(moreOptions).map(
    ([when, table]) => `### Options ${escapeMarkdown(when)}\n\n${formatOptions(table, '####')}`,
  );
  return [
    `\`type ${type}\`. Subvolumes: ${describeSubvolumeCount(children)}.`,
    Object.keys(options).length === 0 ? 'It has no options of its own.' : '',
    formatOptions(options, '###'),
    ownOptions ? 'Besides, the options that the module declares itself.' : '',
    ...moreSections,
    'Besides, [the options of every type](/reference/volfiles#options-of-every-type).\n',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Formats options, each below a heading with its key. @param headingMark such as `###` */
const formatOptions = (table: Options, headingMark: string): string =>
  Object.entries(table)
    .map(([key, spec]) => {
      // The first line of the description has the key and its type; indented prose follows.
      const [title, ...lines] = describeOption(key, spec).split('\n');
      const typeText = title!.slice(key.length).trim();
      const meaning = lines.map((line) => escapeMarkdown(line.trim())).join(' ');
      return `${headingMark} ${formatCode(key)}\n\n${escapeMarkdown(typeText)}. ${meaning}`;
    })
    .join('\n\n');

/** Makes the page about volfiles. @param example a volfile whose comments explain the format */
export function makeVolfilePage(example: string): GeneratedPage {
  const rows = [...registry.listTypeNames()].sort().map((type) => {
    const { description } = registry.lookup(type)!;
    return `| [${type}](${makeTypeUrl(type)}) | ${escapeMarkdown(description)} |`;
  });
  return {
    url: '/reference/volfiles',
    title: 'Volfiles',
    source: 'volfiles/posix.vol',
    text: `# Volfiles

What a mount consists of. The comments in this one explain the format:

\`\`\`
${example.trimEnd()}
\`\`\`

## Types

| type | |
|---|---|
${rows.join('\n')}

## Options of every type

${formatOptions(genericOptions, '###')}
`,
  };
}
