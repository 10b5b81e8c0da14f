/** Generates docs/reference/fops.md, the reference page of all fops. */

import { describeArgument, fopDocs } from '../../runtime/core/fop-docs.ts';
import { type FopView, fopViews } from '../../runtime/core/fop-views.ts';
import {
  type Arg,
  type ArgType,
  type DataRoute,
  type FopRow,
  fops,
} from '../../runtime/core/fops.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';

const TYPE_NAMES: Readonly<Record<ArgType, string>> = {
  loc: 'a Loc',
  inode: 'an Inode',
  fd: 'an Fd',
  iatt: 'an Iatt',
  dict: 'a Dict',
  str: 'text',
  int: 'a number',
  data: 'bytes',
  entries: 'a list of Dirent',
  statvfs: 'a Statvfs',
  flock: 'a Flock',
  lease: 'a Lease',
  locklist: 'a list of Flock',
};

const formatRows = (row: FopRow, kind: string, args: readonly Arg[]): string =>
  args
    .map(({ name, type }) => {
      const description = describeArgument(row.name as FopName, name).replaceAll('|', '\\|');
      return `| ${kind} | \`${name}\` | ${TYPE_NAMES[type]} | ${description} |`;
    })
    .join('\n');

/** Notes on fops that carry data, for authors of modules that change data. */
const DATA_NOTES: Readonly<Record<DataRoute, string>> = {
  bytes: ' What a module that changes data defines.',
  past: ' Data goes past readv and writev here: in the place of a module that has these, and not this, it is answered with EOPNOTSUPP.',
  extents:
    ' In the place of a module that has readv or writev, and not this, it is answered as if there were no holes.',
  content:
    ' Caches ask for the content of small files by it (`glusterfs.content` in xdata), which never reaches a module that has readv or writev.',
};

/** Formats the section of a fop: its purpose, arguments and reply. */
function formatSection(row: FopRow): string {
  const { summary, when, reply } = fopDocs[row.name as FopName];
  const { creates, removes } = row.entry;
  const names = [
    ...(removes ? [`takes the name \`${removes}\` away`] : []),
    ...(creates ? [`makes the name \`${creates}\``] : []),
  ].join(' and ');
  const entryNote = names === '' ? '' : ` It ${names}.`;
  const dataNote = row.data === null ? '' : DATA_NOTES[row.data];
  return `## ${row.name}

${summary}${entryNote} Number ${row.number}, in statistics \`${row.logName}\`.${dataNote}

Asked by: ${when}

| | name | is | which says |
|---|---|---|---|
${formatRows(row, 'argument', row.args)}
${formatRows(row, 'reply', row.reply)}

A success says: ${reply}
`;
}

const joinNames = (names: readonly FopName[]): string =>
  names.map((name) => `[${name}](#${name})`).join(', ');

/** A condition on what a module sees, after the names of the fops. */
const REPLY_CONDITIONS = {
  seen: ', and sees the reply,',
  own: ', and answers itself without a callback,',
  either: ', and sees the reply or answers itself,',
} as const;

/** Formats the row of a thing that several fops show. */
const formatView = ({ thing, fops: all, signs, note = '' }: FopView): string => {
  const rules = signs.map(
    ({ fops: signFops, reply, without = [], required, reason }) =>
      `one that defines ${signFops.join(' or ')}${without.length === 0 ? '' : ` and not ${without.join(' or ')}`}` +
      `${reply === undefined ? '' : REPLY_CONDITIONS[reply]} needs ${required.join(', ')}: ${reason}`,
  );
  return `| ${thing} | ${joinNames(all)} | ${rules.join('; ') || note} |`;
};

export function generateFopsPage(): string {
  const sorted = [...fops].sort((a, b) => (a.name < b.name ? -1 : 1));
  const index = sorted.map(({ name }) => `[${name}](#${name})`).join(' · ');
  return `<!-- Generated from runtime/core/fops.ts, fop-views.ts and fop-docs.ts (npm run gen). Do not edit. -->
# The file operations

Every request is one of these. Names, numbers and the order of arguments are GlusterFS's
(\`glusterfs_fop_t\`, \`xlator.h\`), except that the data of readv, writev and put is one argument. A
fop gets its frame and the arguments; its callback gets the frame, \`op_ret\`, \`op_errno\` and the
reply, all of which is missing when \`op_ret\` is below 0. A success has an \`op_ret\` of 0 unless
something else is said.

${index}

## Fops that show the same thing

A module that changes or hides something in one fop must do so in the others that show it. \`glossa check\` and a line of
the log at the start warn of a module that has some of the fops that it needs, and not all. \`observes\` declares that
it changes nothing.

| thing | fops that show or change it | a module |
|---|---|---|
${fopViews.map(formatView).join('\n')}

${sorted.map(formatSection).join('\n')}`;
}
