/** `glossa fs find`: lists trees of a volume, many directories at a time. */
import { withErrorContext } from '../../runtime/api/file-error.ts';
import { awaitPromise, type Steps } from '../../runtime/api/steps.ts';
import { visitTree } from '../../runtime/api/tree.ts';
import type { VolumeSteps } from '../../runtime/api/volume-steps.ts';
import { IA_IFDIR, IA_IFLNK, IA_IFREG, type Iatt } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { compileShellPattern } from '../../runtime/core/shell-pattern.ts';
import { defineCommand } from '../../terminal/command.ts';
import { UsageError } from '../../terminal/exit.ts';
import { choiceFlag, textFlag, toggleFlag } from '../../terminal/flags.ts';
import {
  formatJson,
  formatPathIn,
  LineWriter,
  OpenVolumes,
  type Operand,
  parseVolumeOperand,
  runVolumeCommand,
  type VolumeCommand,
  volumeFlags,
} from './volume-command.ts';

/** The types of --type, by letter. */
const TYPES = { f: IA_IFREG, d: IA_IFDIR, l: IA_IFLNK } as const;

/** The conditions of a search, and the form of its result. */
interface Search {
  /** An ia_type; undefined for any. */
  readonly type: number | undefined;
  /** Matches the names to list; undefined for any. */
  readonly name: RegExp | undefined;
  readonly isJson: boolean;
}

export default defineCommand({
  usage: ['glossa fs find VOLFILE:/PATH… [options]'],
  description:
    'Lists all files and directories below a directory of a volume, in no order: many directories are ' +
    'read at a time. Symbolic links are not followed.',
  flags: {
    name: textFlag({
      placeholder: 'PATTERN',
      help: "only names like this: '*.log', 'a?', '[0-9]*'",
    }),
    type: choiceFlag({
      placeholder: 'TYPE',
      values: ['f', 'd', 'l'] as const,
      help: 'only f (files), d (directories) or l (symbolic links)',
    }),
    json: toggleFlag({ help: 'print each file as an object {path, type, size, …} on a line' }),
    ...volumeFlags,
  },
  placeholderKinds: { PATTERN: 'free' },
  async run({ flags, operands }, terminal) {
    if (operands.length === 0) throw new UsageError('VOLFILE:/PATH is missing');
    const volumeOperands = operands.map(parseVolumeOperand);
    const volumes = new OpenVolumes(flags);
    const search: Search = {
      type: flags.type === undefined ? undefined : TYPES[flags.type],
      name: flags.name === undefined ? undefined : compileShellPattern(flags.name),
      isJson: flags.json,
    };
    return runVolumeCommand('fs find', terminal, volumes, async (command) => {
      const lines = new LineWriter(terminal);
      for (const operand of volumeOperands) {
        await command.attempt(operand, async () => {
          const { steps } = await command.open(operand);
          await steps.run(searchTree(steps, operand, search, lines, command));
        });
        await lines.flush();
      }
    });
  },
});

/** Adds the lines of an operand and all files below it that match. @throws {FileError | ReaderGone} */
function* searchTree(
  steps: VolumeSteps,
  operand: Operand,
  { type, name, isJson }: Search,
  lines: LineWriter,
  command: VolumeCommand,
): Steps<void> {
  const { driver } = steps;
  const { path: topPath } = operand;
  function* addIfMatching(path: string, inode: Inode, buf: Iatt): Steps<void> {
    command.signal.throwIfAborted();
    if (type !== undefined && buf.iaType !== type) return;
    if (name !== undefined && !name.test(path.slice(path.lastIndexOf('/') + 1))) return;
    const shownPath = formatPathIn(operand, path);
    if (!isJson) lines.add(shownPath);
    else {
      const isLink = buf.iaType === IA_IFLNK;
      const target = isLink ? yield* driver.readlink(inode) : undefined;
      lines.add(formatJson(shownPath, buf, target));
    }
    // Waits for the reader, so that lines do not accumulate in memory.
    if (lines.isFull) yield* awaitPromise(lines.flush());
  }
  const top = yield* withErrorContext('stat', topPath, steps.files.find(topPath, 'nofollow'));
  if (top.buf.iaType !== IA_IFDIR) return yield* addIfMatching(topPath, top.inode, top.buf);
  yield* visitTree(
    driver,
    { inode: top.inode, path: topPath },
    {
      // The top is no entry of a directory, so its attributes are those found above.
      enter: ({ inode, path, buf = top.buf }) => addIfMatching(path, inode, buf),
      visit: ({ inode, path, buf }) => addIfMatching(path, inode, buf),
      fail: (error) => command.report(error, operand),
    },
  );
}
