/** Generates the pages that are in git. `npm run gen` writes them, and a test compares them. */

import { readFileSync } from 'node:fs';
import { type Arg, fops } from '../../runtime/core/fops.ts';
import { type Message, messageParts, messages } from '../../runtime/core/messages.ts';
import { exitTable } from '../../terminal/exit.ts';
import { generateApiPage } from './api-operations.ts';
import { generateFopsPage } from './fops-page.ts';
import type { Output } from './sources.ts';
import { generateSpeedPage } from './speed-page.ts';
import { generateThirdParty } from './third-party.ts';

/** Generates docs/reference/messages.md, the reference page of log messages. */
const formatRow = ({ id, text, meaning }: Message): string => `| ${id} | ${text} | ${meaning} |`;

function formatSection(part: string, title: string): string {
  const sectionMessages = Object.values<Message>(messages).filter(({ id }) =>
    String(id).startsWith(part),
  );
  return `## ${title[0]!.toUpperCase()}${title.slice(1)}

| id | text | meaning |
|---|---|---|
${sectionMessages.map(formatRow).join('\n')}
`;
}

function generateMessagesPage(): string {
  const parts = Object.entries(messageParts).map(([part, title]) => formatSection(part, title));
  return `<!-- Generated from runtime/core/messages.ts (npm run gen). Do not edit. -->
# Messages of the log

A line of the log that is glossa's own has an id, in its text (\`[MSGID: 203007]\`) and in
\`--log-format json\` (\`"msgid":203007\`). An id stays the same in later versions, even if the wording
changes, so programs should match the id. Lines that modules log, and those about a place in a module, have no id. How
the log is written, rotated and counted is in [the log](../operate/log.md).

${parts.join('\n')}`;
}

/** Replaces the part of a page between a comment that begins with `name` and the one that ends it. */
function replacePart(path: string, name: string, table: readonly string[]): Output {
  const part = new RegExp(`(?<=<!-- ${name}: [^\\n]* -->\\n).*(?=<!-- end of ${name} -->)`, 's');
  return { path, text: readFileSync(path, 'utf8').replace(part, () => `${table.join('\n')}\n`) };
}

const formatArgs = (args: readonly Arg[]): string =>
  args.map(({ name, type }) => `${name}: ${type}`).join(', ');

const listFops = (): string[] => [
  '| fop | arguments | reply |',
  '|---|---|---|',
  ...[...fops]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, args, reply }) => `| \`${name}\` | ${formatArgs(args)} | ${formatArgs(reply)} |`),
];

const listExitStatuses = (): string[] => [
  ...['| | |', '|---|---|'],
  ...exitTable.map(([status, meaning]) => `| ${status} | ${meaning} |`),
];

/** Generates all pages, and the tables in pages that are written by hand. */
export const generatePages = (): Output[] => [
  { path: 'docs/reference/fops.md', text: generateFopsPage() },
  { path: 'docs/reference/api-protocol.md', text: generateApiPage() },
  { path: 'docs/reference/messages.md', text: generateMessagesPage() },
  { path: 'docs/how-it-works/speed.md', text: generateSpeedPage() },
  { path: 'docs/THIRD-PARTY.md', text: generateThirdParty() },
  replacePart('docs/write/python-objects.md', 'fops', listFops()),
  replacePart('docs/reference/commands.md', 'exit statuses', listExitStatuses()),
];
