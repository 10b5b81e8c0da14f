/**
 * Requests of du, ls, find and rm at a mount over two bricks of GlusterFS, with and without performance/readdir-ahead:
 * for each directory one lookup, one opendir and one listing of each brick, and no lookup of a file.
 */
import { expect, it } from 'vitest';
import { renderVolume } from '../../../test/support/brick-clients.ts';
import { isWithoutBricks, RealBrick } from '../../../test/support/gluster.ts';
import {
  describeMounts,
  run,
  type Scratch,
  startMount,
  withScratch,
} from '../../../test/support/mount.ts';
import { findRequests } from '../../../test/support/trace-steps.ts';

const DIRECTORIES = 6;
const FILES = 40;
const BRICKS = ['b0', 'b1'];

/** The tree is complete before the first command, and nothing expires. */
const TIMEOUTS = ['--attribute-timeout', '600', '--entry-timeout', '600'];
const MAKE = `for d in $(seq ${DIRECTORIES}); do
  mkdir -p tree/d$d && for f in $(seq ${FILES}); do echo text > tree/d$d/f$f || exit; done
done`;

/** The tree's own directory is one more. */
const EACH = DIRECTORIES + 1;
/** Also the mount's root. */
const LOOKUPS = EACH + 1;

interface Command {
  readonly script: string;
  /** The most requests to each brick. */
  readonly most: Readonly<Record<string, number>>;
}

const LISTING = { lookup: LOOKUPS, opendir: EACH, readdirp: EACH };

/** @param listedUnread number of listings for a directory that is opened and not read */
const makeCommands = (listedUnread: number): readonly Command[] => [
  { script: 'du -s tree', most: LISTING },
  // find opens the directory above the tree, too, without listing it.
  { script: 'find tree', most: { ...LISTING, opendir: EACH + 1, readdirp: EACH + listedUnread } },
  // Without ACLs: the first listing does not know that they will be requested.
  { script: 'ls -lR tree', most: LISTING },
  {
    script: 'rm -r tree',
    // rm opens each directory twice, and rmdir(2) lists it once more without opening it, on all bricks.
    most: { lookup: LOOKUPS, opendir: 2 * EACH, readdirp: 3 * EACH },
  },
];

/** Counts the requests to each brick by fop. */
function countRequests(log: string): ReadonlyMap<string, Record<string, number>> {
  const counts = new Map(BRICKS.map((brick): [string, Record<string, number>] => [brick, {}]));
  for (const [brick, fops] of counts) {
    const lines = log.split('\n').filter((line) => line.includes(` 0-${brick}: `));
    for (const request of findRequests(lines.join('\n'))) {
      const fop = request.split(' ')[0]!;
      fops[fop] = (fops[fop] ?? 0) + 1;
    }
  }
  return counts;
}

/** Starts the bricks, and calls `use` with the volfile of their clients. */
async function withBricks(
  scratch: Scratch,
  above: readonly string[],
  use: (volfile: string) => Promise<void>,
): Promise<void> {
  const bricks: RealBrick[] = [];
  try {
    const volumes: string[] = [];
    for (const name of BRICKS) {
      await run(scratch, 'mkdir', ['-p', scratch.at(name)]);
      const brick = await RealBrick.start(scratch.at(name));
      bricks.push(brick);
      const options = {
        'remote-host': '127.0.0.1',
        'remote-port': `${brick.port}`,
        'remote-subvolume': 'brick',
      };
      volumes.push(
        renderVolume(`${name}-client`, 'protocol/client', options, null),
        renderVolume(name, 'debug/trace', { 'log-file': 'yes' }, `${name}-client`),
      );
    }
    volumes.push(
      renderVolume('dht', 'cluster/distribute', {}, BRICKS.join(' ')),
      renderVolume('utime', 'features/utime', {}, 'dht'),
      ...above,
    );
    await use(volumes.join('\n'));
  } finally {
    for (const brick of bricks) await brick.end();
  }
}

describeMounts('a mount over two bricks', () => {
  it.skipIf(isWithoutBricks()).each([
    ['without readdir-ahead', [], 0],
    [
      'with readdir-ahead, which lists while it opens',
      [renderVolume('ahead', 'performance/readdir-ahead', {}, 'utime')],
      1,
    ],
  ] as const)(
    'sends one request of a kind for each directory and brick, and none for a listed file, %s',
    (_title, above, listedUnread) =>
      withScratch((scratch) =>
        withBricks(scratch, above, async (volfile) => {
          let mountCount = 0;
          /** Runs a script at a new mount, whose kernel has cached nothing; returns its output and the mount's log. */
          const runScript = async (script: string): Promise<readonly [string, string]> => {
            const args = ['--no-acl', ...TIMEOUTS];
            const mount = await startMount(scratch, volfile, {
              name: `mount${mountCount++}`,
              args,
            });
            const begin = mount.log().length;
            const done = await run(scratch, 'sh', ['-c', `cd ${mount.path} && ${script}`]);
            expect(done).toMatchObject({ status: 0 });
            expect(await mount.stop()).toBe(0);
            return [done.out, mount.log().slice(begin)];
          };
          await runScript(MAKE);
          const [found] = await runScript('find tree -type f | wc -l');
          expect(Number(found)).toBe(DIRECTORIES * FILES);
          for (const { script, most } of makeCommands(listedUnread)) {
            const [, log] = await runScript(script);
            for (const [brick, counts] of countRequests(log)) {
              const told = `${script}: ${brick}: ${JSON.stringify(counts)}`;
              for (const [fop, count] of Object.entries(most))
                expect(counts[fop] ?? 0, `${fop} of ${told}`).toBeLessThanOrEqual(count);
              expect(counts.readdirp, told).toBeGreaterThanOrEqual(EACH);
            }
          }
        }),
      ),
  );
});
