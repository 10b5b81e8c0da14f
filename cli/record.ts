/** `glossa record`: records all requests of a command or a mount with their data, for a replay. */
import { resolve } from 'node:path';
import { makeReplayableRequest } from '../server/graph-recording.ts';
import { defineCommand } from '../terminal/command.ts';
import { UsageError } from '../terminal/exit.ts';
import { numberFlag, textFlag } from '../terminal/flags.ts';
import { serverFlags } from './mount.ts';
import { recordingSizeFlag } from './open-recording.ts';
import { runInMount, takeMount, takeVolfileAndCommand } from './temporary-mount.ts';

/** The default of --data-max: 1 MiB of each read or write. */
const DEFAULT_DATA_MAX = 2 ** 20;

export default defineCommand({
  usage: [
    'glossa record VOLFILE -o FILE [options] -- COMMAND [ARGUMENTS]',
    'glossa record MNT|BRICK -o FILE [--data-max BYTES]',
  ],
  description:
    'Runs COMMAND in a mount of what VOLFILE describes, as glossa run does, and records every ' +
    'request at every volume, with its data, into FILE: for glossa replay, and for glossa test ' +
    '--replay. Of the mount MNT, or of BRICK, it records until Ctrl-C or SIGTERM. Names and contents of files ' +
    'are in it.',
  flags: {
    output: textFlag({ short: 'o', placeholder: 'FILE', help: 'the recording' }),
    'data-max': numberFlag({
      placeholder: 'BYTES',
      isWhole: true,
      help: `bytes of data that are kept (${DEFAULT_DATA_MAX}); where there were more, nothing is replayed`,
    }),
    'file-size': recordingSizeFlag,
    ...serverFlags,
  },
  passesRest: true,
  async run({ flags, operands, rest }, terminal) {
    const {
      output,
      'data-max': dataMax = DEFAULT_DATA_MAX,
      'file-size': fileBytes,
      ...mountFlags
    } = flags;
    if (output === undefined) throw new UsageError('--output FILE is missing');
    const recordRequest = makeReplayableRequest(resolve(output), dataMax, fileBytes);
    if (rest === null) {
      const operand = await takeMount(operands, mountFlags);
      const { recordLive } = await import('../apps/trace/show-live.ts');
      return recordLive(operand, recordRequest, terminal);
    }
    return runInMount(
      {
        commandName: 'record',
        ...takeVolfileAndCommand(operands, rest),
        flags: mountFlags,
        recordRequest,
      },
      terminal,
    );
  },
});
