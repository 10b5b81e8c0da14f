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

/** From one look to the next. */
const WATCH_S = 2;
const WATCH_MIN_S = 0.1;
const WATCH_MAX_S = 86_400;

export default defineCommand({
  usage: ['glossa stats MNT|BRICK [options]', 'glossa stats MNT|BRICK --watch [SECONDS] [options]'],
  description:
    'Shows what each translator of the mount MNT, or of the server of BRICK, tells about itself: its ' +
    'counters and sizes, the top of the graph first, and of a brick its clients. With --watch again and again, with how much numbers have changed; on ' +
    'a terminal, keys move through it, and q ends.',
  flags: {
    json: toggle({ help: 'print {volumes: [{name, type, dump: {KEY: VALUE}}]}, and `replaced`' }),
    profile: toggle({
      help: "of volumes of debug/io-stats, what GlusterFS's volume profile shows",
    }),
    watch: toggle({
      help: `show it every so many seconds, every ${WATCH_S} if none are given; with --json a line each`,
    }),
    reset: toggle({
      help: 'begin to count anew, and print the volumes that do; with --json [NAME]',
    }),
  },
  async run({ flags, operands }, terminal) {
    const [given, ...more] = takeOperands(
      operands,
      flags.watch ? ['MNT|BRICK', '[SECONDS]'] : ['MNT|BRICK'],
    );
    const excluding = (['watch', 'profile', 'reset'] as const).filter((name) => flags[name]);
    if (excluding.length > 1) {
      throw new UsageError(`give only one of --${excluding.join(' and --')}`);
    }
    const everyMs = 1000 * readSeconds(more[0] ?? `${WATCH_S}`);
    const served = await findServed(given);
    if (flags.watch) {
      const { watchStats } = await import('./watch/stats.ts');
      return watchStats({ what: 'stats', served }, everyMs, flags.json, terminal);
    }
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

/** @throws {UsageError} */
function readSeconds(given: string): number {
  const seconds = /^(\d+(\.\d*)?|\.\d+)$/.test(given) ? Number(given) : Number.NaN;
  if (seconds >= WATCH_MIN_S && seconds <= WATCH_MAX_S) return seconds;
  throw new UsageError(`SECONDS are from ${WATCH_MIN_S} to ${WATCH_MAX_S}, not '${given}'`);
}

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
