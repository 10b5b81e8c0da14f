/** Lists a very large directory while other processes add and remove names. */
import { expectOutput, expectSame, type Scenario, withMount } from './scenario.ts';

const ENTRIES = 200_000;
/** At least as often, however long it takes. */
const LISTINGS = 3;

/** Adds and removes around the entries that stay, until there is `../over`. */
const churner = (name: string): string => `cd e; until [ -e ../over ]; do
  for i in $(seq 200); do : > ${name}$i; done; mkdir ${name}d; mv ${name}1 ${name}moved
  rmdir ${name}d; rm ${name}moved $(seq -f ${name}%g 2 200); turns=$((turns + 1)); done; echo $turns`;

/** The number of entries that were listed, and of those listed twice. */
const LISTING = `ls -f e > "$SCRATCH/list"; grep -c ^keep "$SCRATCH/list"
  sort "$SCRATCH/list" | uniq -d | wc -l`;

export const entries: Scenario = {
  title: `a directory of ${ENTRIES} entries, listed while others add and remove`,
  kinds: ['posix', 'python', 'memory'],
  run: (kind, pace) =>
    withMount(kind, async (mount) => {
      await mount.ok(`mkdir e; cd e; seq -f keep%g ${ENTRIES} | xargs touch`);
      const churners = ['a', 'b', 'c'].map((name) => mount.client(churner(name)));
      let listings = 0;
      do {
        expectSame('listed, and twice', await mount.ok(LISTING), `${ENTRIES}\n0\n`);
        listings += 1;
      } while (listings < LISTINGS || !pace.isOver());
      await mount.ok('touch over');
      let turns = 0;
      for (const one of churners) turns += Number(await expectOutput(one));
      // Only the lasting entries remain, and all of them can be found and removed.
      const after = `${LISTING}; ls -f e | grep -vc ^keep; find e -name 'keep*' | xargs stat -c %F |
        sort | uniq -c | tr -s ' '; rm -r e over; ls -A`;
      expectSame(
        'at the end',
        await mount.ok(after),
        `${ENTRIES}\n0\n2\n ${ENTRIES} regular empty file\n`,
      );
      if (turns === 0) throw new Error('no name was added and removed meanwhile');
      return `${listings} listings, ${turns * 200} entries came and went meanwhile`;
    }),
};
