/** Many processes create, write, rename and remove files, and check every read. */
import {
  expectOutput,
  expectSame,
  type RunningMount,
  type Scenario,
  withMount,
} from './scenario.ts';

const PROCESSES = 16;
/** Files that each process makes in a round. */
const FILES = 300;

const MIXED = '"$NODE" "$CLIENTS/mixed.mjs"';
const NUMBERS = `$(seq ${PROCESSES})`;

/** The number of files that were left, and verified. */
async function round(mount: RunningMount): Promise<number> {
  // Listed files may disappear a moment later.
  const walker = mount.client(`until [ -e over ]; do find d? -type f -print0 | xargs -0r md5sum
    ls -lR d? ; tar cf - d? ; done > /dev/null 2>&1`);
  const out = await mount.ok(`mkdir d0 d1 d2
    for n in ${NUMBERS}; do ${MIXED} $n ${FILES} > left.$n & pids="$pids $!"; done
    for pid in $pids; do wait $pid || exit; done
    cmp <(sort left.*) <(find d? -type f | sort) || exit; touch over
    for n in ${NUMBERS}; do ${MIXED} verify $n < left.$n || exit; done`);
  await expectOutput(walker);
  expectSame('what is left', await mount.ok('rm -r d? left.* over; ls -A'), '');
  const counts = out.trimEnd().split('\n').map(Number);
  expectSame('processes', counts.length, PROCESSES);
  return counts.reduce((sum, count) => sum + count, 0);
}

export const mixed: Scenario = {
  title: `${PROCESSES} processes, mixed operations, checksums`,
  kinds: ['posix', 'python', 'awaited-locks'],
  run: (kind, pace) =>
    withMount(kind, async (mount) => {
      let rounds = 0;
      let verified = 0;
      do {
        verified += await round(mount);
        rounds += 1;
      } while (!pace.isOver());
      const created = rounds * PROCESSES * FILES;
      return `${rounds} rounds, ${created} files written, ${verified} verified at the end`;
    }),
};
