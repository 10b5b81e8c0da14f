/** `glossa stats`: what the translators of a mount, or of a brick, tell about themselves. */

import { EPERM } from '../runtime/core/errno.ts';
import { printable } from '../runtime/volfile/printable.ts';
import { profileText } from '../runtime/xlators/debug/io-stats/formats/profile.ts';
import { findServed } from '../server/control/find.ts';
import { askJson, type Served } from '../server/control/served.ts';
import { RESET_STATS } from '../server/reset-stats.ts';
import { formatStatedump } from '../server/statedump/paragraphs.ts';
import { readStatedump, untold } from '../server/statedump/reader.ts';
import type { Statedump } from '../server/statedump/volumes.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, Failure, UsageError } from '../terminal/exit.ts';
import { takeOperands, toggle } from '../terminal/flags.ts';

export default defineCommand({
  usage: ['glossa stats MNT|BRICK [options]'],
  description:
    'Shows what each translator of the mount MNT, or of the server of BRICK, tells about itself: its ' +
    'counters and sizes, the top of the graph first, and of a brick its clients. `glossa top` watches it.',
  flags: {
    json: toggle({ help: 'print {volumes: [{name, type, dump: {KEY: VALUE}}]}, and `replaced`' }),
    profile: toggle({
      help: "of volumes of debug/io-stats, what GlusterFS's volume profile shows",
    }),
    reset: toggle({
      help: 'begin to count anew, and print the volumes that do; with --json [NAME]',
    }),
  },
  async run({ flags, operands }, terminal) {
    const [given] = takeOperands(operands, ['MNT|BRICK']);
    if (flags.profile && flags.reset)
      throw new UsageError('give only one of --profile and --reset');
    const served = await findServed(given);
    if (flags.reset) {
      const refusal = (errno: number): Failure => notReset(served, errno);
      const names = (await askJson(served, RESET_STATS, refusal)) as string[];
      terminal.out(flags.json ? JSON.stringify(names, null, 2) : names.map(printable).join('\n'));
      return EXIT_OK;
    }
    const dump = await readStatedump(served);
    if (flags.json) terminal.out(JSON.stringify(dump, null, 2));
    else if (flags.profile) terminal.out(profiles(dump, given));
    else terminal.out(formatStatedump(dump, terminal.colour.out));
    return EXIT_OK;
  },
});

function notReset(served: Served, errno: number): Failure {
  if (errno !== EPERM) return untold(served, errno);
  return new Failure(`only root and the user who mounted ${served.given} may reset what it counts`);
}

/** @throws {Failure} */
function profiles({ volumes }: Statedump, given: string): string {
  const counting = volumes.filter(({ type }) => type === 'debug/io-stats');
  if (counting.length === 0) throw new Failure(`${given} has no volume of type debug/io-stats`);
  return counting.map(({ name, dump }) => profileText(name, dump)).join('\n');
}
