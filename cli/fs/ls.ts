/** `glossa fs ls`: lists directories of a volume. */

import { withErrorContext } from '../../runtime/api/file-error.ts';
import { formatMode } from '../../runtime/api/format-mode.ts';
import { readEntries } from '../../runtime/api/open-directory.ts';
import { runInParallel, type Steps } from '../../runtime/api/steps.ts';
import { findEntryFile, type TreeFile } from '../../runtime/api/tree.ts';
import type { VolumeSteps } from '../../runtime/api/volume-steps.ts';
import { IA_IFDIR, IA_IFLNK, type Iatt } from '../../runtime/core/iatt.ts';
import { joinPath } from '../../runtime/core/operands.ts';
import { defineCommand } from '../../terminal/command.ts';
import { UsageError } from '../../terminal/exit.ts';
import { toggleFlag } from '../../terminal/flags.ts';
import { formatTable } from '../../terminal/layout.ts';
import { formatLocalTime } from '../../terminal/quantities.ts';
import {
  formatGroup,
  formatJson,
  formatPathIn,
  formatUser,
  LineWriter,
  OpenVolumes,
  type Operand,
  parseVolumeOperand,
  runVolumeCommand,
  volumeFlags,
} from './volume-command.ts';

/** The most lookups under way at a time. */
const MAX_PARALLEL_LOOKUPS = 64;

/** A line of the output: a file and what is shown of it. */
interface Row {
  readonly name: string;
  readonly path: string;
  /** Null if only names are printed. */
  readonly buf: Iatt | null;
  readonly target?: string;
}

export default defineCommand({
  usage: ['glossa fs ls VOLFILE:/PATH… [options]'],
  description:
    'Lists the names in a directory of a volume, sorted, one on a line; of a file, its name. ' +
    '`glossa fs find` lists trees.',
  flags: {
    all: toggleFlag({ short: 'a', help: 'names that begin with a dot, too' }),
    long: toggleFlag({ short: 'l', help: 'mode, links, owner, group, size, time and name' }),
    json: toggleFlag({ help: 'print each file as an object {path, type, size, …} on a line' }),
    ...volumeFlags,
  },
  async run({ flags, operands }, terminal) {
    if (operands.length === 0) throw new UsageError('VOLFILE:/PATH is missing');
    const volumeOperands = operands.map(parseVolumeOperand);
    const volumes = new OpenVolumes(flags);
    const wantsAttributes = flags.long || flags.json;
    return runVolumeCommand('fs ls', terminal, volumes, async (command) => {
      const lines = new LineWriter(terminal);
      for (const [index, operand] of volumeOperands.entries()) {
        await command.attempt(operand, async () => {
          const { steps } = await command.open(operand);
          const operandRow = await steps.run(findOperand(steps, operand));
          const isDirectory = operandRow.buf?.iaType === IA_IFDIR;
          const rows = isDirectory
            ? await steps.run(listRows(steps, operand.path, wantsAttributes))
            : [operandRow];
          const shownRows = rows.filter(
            ({ name }) => !isDirectory || flags.all || !name.startsWith('.'),
          );
          if (volumeOperands.length > 1 && isDirectory && !flags.json)
            lines.add(`${index === 0 ? '' : '\n'}${operand.text}:`);
          for (const line of formatRows(shownRows, operand, flags)) lines.add(line);
        });
        await lines.flush();
      }
    });
  },
});

/** Finds the file of an operand. A link to a directory is followed, as by ls(1). @throws {FileError} */
function* findOperand(steps: VolumeSteps, { path, text }: Operand): Steps<Row> {
  const { buf, inode } = yield* withErrorContext('stat', path, steps.files.find(path, 'nofollow'));
  if (buf.iaType !== IA_IFLNK) return { name: text, path, buf };
  const linkedFile = yield* withErrorContext(
    'stat',
    path,
    steps.files.findIfExists(path, 'follow'),
  );
  if (linkedFile?.buf.iaType === IA_IFDIR) return { name: text, path, buf: linkedFile.buf };
  const target = yield* withErrorContext('readlink', path, steps.driver.readlink(inode));
  return { name: text, path, buf, target };
}

/** Lists a directory, sorted by name. @param withStats whether rows have attributes */
function* listRows(steps: VolumeSteps, path: string, withStats: boolean): Steps<Row[]> {
  const { driver } = steps;
  const directory = yield* withErrorContext('scandir', path, steps.findDirectory(path));
  const listing = readEntries(driver, directory.inode, { withStats });
  const entries = yield* withErrorContext('scandir', path, listing);
  const rows: Row[] = [];
  yield* runInParallel(entries, MAX_PARALLEL_LOOKUPS, function* (entry) {
    const { name } = entry;
    if (!withStats) return void rows.push({ name, path: joinPath(path, name), buf: null });
    const file = yield* findEntryFile(driver, directory, entry);
    if (file !== null) rows.push({ name, ...(yield* readFileRow(steps, file)) });
  });
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Returns path and attributes of a file, and the target if it is a symbolic link. */
function* readFileRow(
  { driver }: VolumeSteps,
  { inode, path, buf }: TreeFile,
): Steps<Omit<Row, 'name'>> {
  if (buf.iaType !== IA_IFLNK) return { path, buf };
  const target = yield* withErrorContext('readlink', path, driver.readlink(inode));
  return { path, buf, target };
}

/** Formats rows as lines: of JSON, of a table with --long, or of names. */
function formatRows(
  rows: readonly Row[],
  operand: Operand,
  { long, json }: { readonly long: boolean; readonly json: boolean },
): readonly string[] {
  if (json)
    return rows.map(({ path, buf, target }) =>
      formatJson(formatPathIn(operand, path), buf!, target),
    );
  if (!long) return rows.map(({ name }) => name);
  const cells = rows.map(({ name, buf, target }) => [
    formatMode(buf!.mode),
    `${buf!.iaNlink}`,
    formatUser(buf!.iaUid),
    formatGroup(buf!.iaGid),
    `${buf!.iaSize}`,
    formatLocalTime(buf!.iaMtime * 1000),
    target === undefined ? name : `${name} -> ${target}`,
  ]);
  // The columns of numbers: links and size.
  return formatTable(cells, { isRightAligned: (column) => column === 1 || column === 4 });
}
