/** `glossa fs stat`: prints the attributes of files of a volume. */
import { withErrorContext } from '../../runtime/api/file-error.ts';
import { formatMode } from '../../runtime/api/format-mode.ts';
import type { Steps } from '../../runtime/api/steps.ts';
import type { VolumeSteps } from '../../runtime/api/volume-steps.ts';
import { IA_IFLNK, type Iatt } from '../../runtime/core/iatt.ts';
import { defineCommand } from '../../terminal/command.ts';
import { UsageError } from '../../terminal/exit.ts';
import { toggleFlag } from '../../terminal/flags.ts';
import { formatLocalTime } from '../../terminal/quantities.ts';
import {
  formatGroup,
  formatJson,
  formatUser,
  LineWriter,
  OpenVolumes,
  parseVolumeOperand,
  runVolumeCommand,
  TYPE_NAMES,
  volumeFlags,
} from './volume-command.ts';

export default defineCommand({
  usage: ['glossa fs stat VOLFILE:/PATH… [options]'],
  description: 'Prints the attributes of files of a volume; of a symbolic link, its own.',
  flags: {
    json: toggleFlag({ help: 'print each file as an object {path, type, size, …} on a line' }),
    ...volumeFlags,
  },
  async run({ flags, operands }, terminal) {
    if (operands.length === 0) throw new UsageError('VOLFILE:/PATH is missing');
    const volumeOperands = operands.map(parseVolumeOperand);
    const volumes = new OpenVolumes(flags);
    return runVolumeCommand('fs stat', terminal, volumes, async (command) => {
      const lines = new LineWriter(terminal);
      for (const operand of volumeOperands) {
        await command.attempt(operand, async () => {
          const { steps } = await command.open(operand);
          const { buf, target } = await steps.run(readAttributes(steps, operand.path));
          if (flags.json) lines.add(formatJson(operand.text, buf, target));
          else for (const line of formatAttributes(operand.text, buf, target)) lines.add(line);
        });
        await lines.flush();
      }
    });
  },
});

/** Reads the attributes of a file, and the target if it is a symbolic link. @throws {FileError} */
function* readAttributes(
  { files, driver }: VolumeSteps,
  path: string,
): Steps<{ readonly buf: Iatt; readonly target: string | undefined }> {
  const { inode, buf } = yield* withErrorContext('stat', path, files.find(path, 'nofollow'));
  const isLink = buf.iaType === IA_IFLNK;
  const target = isLink
    ? yield* withErrorContext('readlink', path, driver.readlink(inode))
    : undefined;
  return { buf, target };
}

/** Formats attributes as lines for people. */
function formatAttributes(name: string, buf: Iatt, target: string | undefined): string[] {
  const octal = buf.iaProt.toString(8).padStart(4, '0');
  const owner = `${formatUser(buf.iaUid)} (${buf.iaUid}), ${formatGroup(buf.iaGid)} (${buf.iaGid})`;
  return [
    `    file: ${name}${target === undefined ? '' : ` -> ${target}`}`,
    `    type: ${TYPE_NAMES[buf.iaType] ?? 'unknown'}, ${buf.iaNlink} ${buf.iaNlink === 1 ? 'link' : 'links'}`,
    `    size: ${buf.iaSize} bytes in ${buf.iaBlocks} blocks of 512`,
    `    mode: ${octal} ${formatMode(buf.mode)}`,
    `   owner: ${owner}`,
    `modified: ${formatLocalTime(buf.iaMtime * 1000)}`,
    ` changed: ${formatLocalTime(buf.iaCtime * 1000)}`,
    `accessed: ${formatLocalTime(buf.iaAtime * 1000)}`,
    `    gfid: ${buf.iaGfid}`,
  ];
}
