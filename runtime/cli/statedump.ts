/** `glossa statedump`: everything that the server of a mount knows of its state, at one moment. */

import { LISTED } from '../core/dumps.ts';
import { defineCommand } from './command.ts';
import { EXIT_OK } from './exit.ts';
import { takeOperands, toggle } from './flags.ts';
import { readWhole } from './statedump/pages.ts';
import { formatSections } from './statedump/sections.ts';
import { findServed } from './umount.ts';

export default defineCommand({
  usage: ['glossa statedump MNT [options]'],
  description:
    "Prints the statedump of the mount MNT in the sections of GlusterFS's: the process and its " +
    'memory, requests in flight with the way that they have gone and their age in seconds, the inode table, ' +
    'open files, and each volume with its options and what it tells. ' +
    `Of requests, inodes and files ${LISTED} are listed, and all are counted. ` +
    'Root and the user who mounted may ask. SIGUSR1 lets the server write the same into a file.',
  flags: {
    json: toggle({
      help:
        'print {time, process, memory, callpool: {count, listed: [{unique, op, age, frames}]}, ' +
        'volumes: [{name, type, options, subvolumes, dump}], replaced, inodes, fds}',
    }),
  },
  async run({ flags, operands }, terminal) {
    const [given] = takeOperands(operands, ['MNT']);
    const dump = readWhole(await findServed(given), given);
    if (flags.json) terminal.out(JSON.stringify(dump, null, 2));
    else terminal.out(formatSections(dump, Date.now()).trimEnd());
    return EXIT_OK;
  },
});
