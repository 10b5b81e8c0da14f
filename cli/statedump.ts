/**
 * `glossa stats statedump`: prints a server's requests in flight, inodes, open files and volumes.
 */

import { LISTED_MAX } from '../runtime/core/dumps.ts';
import { fetchStatedump, findServer } from '../server/control/control-client.ts';
import { formatSections } from '../server/statedump/sections.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK } from '../terminal/exit.ts';
import { takeOperands, toggleFlag } from '../terminal/flags.ts';

export default defineCommand({
  usage: ['glossa stats statedump MNT|BRICK [options]'],
  description:
    "Prints the statedump of the mount MNT, or of the server of BRICK, in the sections of GlusterFS's: the process and its " +
    'memory, requests in flight with their frames and their age in seconds, the inode table, ' +
    'open files, and each volume with its options and its dump. ' +
    `Of requests, inodes and files ${LISTED_MAX} are listed, and all are counted. ` +
    'Root and the user who started it may ask. SIGUSR1 lets the server write the same into a file.',
  flags: {
    json: toggleFlag({
      help:
        'print {time, process, reach, memory, callpool: {count, listed: [{unique, op, age, frames}]}, ' +
        'volumes: [{name, type, options, subvolumes, dump}], replaced, inodes, fds}',
    }),
  },
  async run({ flags, operands }, terminal) {
    const [operand] = takeOperands(operands, ['MNT|BRICK']);
    const dump = await fetchStatedump(await findServer(operand));
    if (flags.json) terminal.out(JSON.stringify(dump, null, 2));
    else terminal.out(formatSections(dump, Date.now()).trimEnd());
    return EXIT_OK;
  },
});
