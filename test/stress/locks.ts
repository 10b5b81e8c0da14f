/** Interrupts many processes that wait for locks, and checks that no lock remains. */
import { expectSame, type Scenario, withMount } from './scenario.ts';

const WAYS = ['flock', 'record', 'flock alarm', 'record alarm'];
/** The increment of one client run. */
const ADDED = 600;

/** A process that is killed with the lock, or waiting for it, leaves the lock free. */
const KILLED = `(exec 9> g; flock 9; exec sleep 1000 > /dev/null) & holder=$!
  while flock -n g true; do :; done
  for n in 1 2 3; do (exec 9> g; exec flock 9) & waiting="$waiting $!"; done; sleep 0.1
  kill -9 $waiting; kill -9 $holder; wait 2> /dev/null; flock g true`;

export const locks: Scenario = {
  title: 'blocked locks, interrupted by signals',
  kinds: ['locks', 'awaited-locks', 'posix'],
  run: (kind, pace) =>
    withMount(kind, async (mount) => {
      await mount.ok('gcc -O1 -Wall -Werror -o "$SCRATCH/counter" "$CLIENTS/counter.c"');
      let runs = 0;
      do {
        const each = WAYS.map((way) => `"$SCRATCH/counter" f ${way} && `).join('');
        runs += WAYS.length;
        expectSame('counted', await mount.ok(`${each}cat f`), `${runs * ADDED}\n`);
        await mount.ok(KILLED);
      } while (!pace.isOver());
      if (kind !== 'posix') {
        const { inodes, blocked, 'posixlk-count': record } = await mount.dump('features/locks');
        expectSame(
          'locks that are left',
          { inodes, blocked, record },
          { inodes: 0, blocked: 0, record: 0 },
        );
      }
      return `${runs * ADDED} times locked and unlocked`;
    }),
};
