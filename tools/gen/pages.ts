/** Generates the pages that are in git. `npm run gen` writes them, and a test compares them. */

import { type Message, messageParts, messages } from '../../runtime/core/messages.ts';
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

/** Generates all pages. */
export const generatePages = (): Output[] => [
  { path: 'docs/reference/fops.md', text: generateFopsPage() },
  { path: 'docs/reference/api-protocol.md', text: generateApiPage() },
  { path: 'docs/reference/messages.md', text: generateMessagesPage() },
  { path: 'docs/how-it-works/speed.md', text: generateSpeedPage() },
  { path: 'THIRD-PARTY.md', text: generateThirdParty() },
];
