/** Writes docs/reference/messages.md, the reference of log messages. */
import { type Message, messageParts, messages } from '../../runtime/core/messages.ts';

const formatRow = ({ id, says, means }: Message): string => `| ${id} | ${says} | ${means} |`;

function formatSection(part: string, title: string): string {
  const sectionMessages = Object.values<Message>(messages).filter(({ id }) => String(id).startsWith(part));
  return `## ${title[0]!.toUpperCase()}${title.slice(1)}

| id | the line says | which means |
|---|---|---|
${sectionMessages.map(formatRow).join('\n')}
`;
}

export function generateMessagesPage(): string {
  const parts = Object.entries(messageParts).map(([part, title]) => formatSection(part, title));
  return `<!-- Generated from runtime/core/messages.ts (npm run gen). Do not edit. -->
# Messages of the log

A line of the log that is glossa's own has an id, in its text (\`[MSGID: 203007]\`) and in
\`--log-format json\` (\`"msgid":203007\`). An id stays the same in later versions, even if the words
of the line are then; so it is what a program should look for. Lines that scripts log, and those about a place in a
script, have none. How the
log is written, rotated and counted is in [the log](../operate/log.md).

${parts.join('\n')}`;
}
