/** Sends signals to programs while they read and write large files. */
import { expectSame, type RunningMount, type Scenario, withMount } from './scenario.ts';

const PROCESSES = 4;
const MIB = 16;

const RUN = `for n in $(seq ${PROCESSES}); do
    "$SCRATCH/interrupted" f$n ${MIB} & pids="$pids $!"; done
  for pid in $pids; do wait $pid || exit; done; rm f*`;

async function round(mount: RunningMount): Promise<void> {
  expectSame('calls', await mount.ok(RUN), '0 interrupted, 0 short\n'.repeat(PROCESSES));
}

export const signals: Scenario = {
  title: `${PROCESSES} processes that are interrupted while they read and write`,
  kinds: ['posix', 'python', 'memory', 'rebuilt', 'awaited'],
  run: (kind, pace) =>
    withMount(
      kind,
      async (mount) => {
        await mount.ok('gcc -O1 -Wall -Werror -o "$SCRATCH/interrupted" "$CLIENTS/interrupted.c"');
        let rounds = 0;
        do {
          await round(mount);
          rounds += 1;
        } while (!pace.isOver());
        return `${rounds} rounds, every byte compared`;
      },
      { args: ['--no-passthrough'] },
    ),
};
