/** `glossa stats`: prints the counters and sizes of the translators of a mount or a brick. */

import { makePrintable } from '../runtime/volfile/printable-text.ts';
import { formatProfile } from '../runtime/xlators/debug/io-stats/formats/profile.ts';
import { ask, findServer } from '../server/control/control-client.ts';
import { formatVolumeDumps } from '../server/statedump/paragraphs.ts';
import type { VolumeDumps } from '../server/statedump/volume-dumps.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, Failure, UsageError } from '../terminal/exit.ts';
import { takeOperands, toggleFlag } from '../terminal/flags.ts';

export default defineCommand({
  usage: ['glossa stats MNT|BRICK [options]'],
  description:
    'Prints the counters and sizes of each translator of the mount MNT, or of the server of BRICK, from ' +
    'the top of the graph down, and the clients of a brick. `glossa top` shows rates.',
  flags: {
    json: toggleFlag({
      help: 'print {volumes: [{name, type, dump: {KEY: VALUE}}]}, and `replaced`',
    }),
    profile: toggleFlag({
      help: "of volumes of debug/io-stats, what GlusterFS's volume profile shows",
    }),
    reset: toggleFlag({
      help: 'begin to count anew, and print the volumes that do; with --json [NAME]',
    }),
  },
  async run({ flags, operands }, terminal) {
    const [operand] = takeOperands(operands, ['MNT|BRICK']);
    if (flags.profile && flags.reset)
      throw new UsageError('give only one of --profile and --reset');
    const server = await findServer(operand);
    if (flags.reset) {
      const names = (await ask(server, 'reset-stats')) as string[];
      terminal.out(
        flags.json ? JSON.stringify(names, null, 2) : names.map(makePrintable).join('\n'),
      );
      return EXIT_OK;
    }
    const dump = (await ask(server, 'stats')) as VolumeDumps;
    if (flags.json) terminal.out(JSON.stringify(dump, null, 2));
    else if (flags.profile) terminal.out(formatProfiles(dump, operand));
    else terminal.out(formatVolumeDumps(dump, terminal.colour.out));
    return EXIT_OK;
  },
});

/** Formats the profiles of all volumes of debug/io-stats. @throws {Failure} if the graph has no such volume */
function formatProfiles({ volumes }: VolumeDumps, operand: string): string {
  const profiledVolumes = volumes.filter(({ type }) => type === 'debug/io-stats');
  if (profiledVolumes.length === 0)
    throw new Failure(`${operand} has no volume of type debug/io-stats`);
  return profiledVolumes.map(({ name, dump }) => formatProfile(name, dump)).join('\n');
}
