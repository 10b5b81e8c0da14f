/**
 * What the kernel keeps of a file on a brick from one open to the next, and what a client of it
 * remembers of a folder, by two mounts of one real brick: how much, and never too long.
 */
import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { noBricks, RealBrick } from '../support/gluster.ts';
import { describeMounts, makeScratch, type Scratch, startMount } from '../support/mount.ts';

const sh = (at: string, script: string): string =>
  execFileSync('sh', ['-c', script], { cwd: at, encoding: 'utf8' });

/** The pages of a file that are cached after it was opened anew. */
const CACHED = 'cat f > /dev/null; fincore --noheadings --output pages f | tr -d " "';

const SPREAD = 'volume d\n  type cluster/distribute\n  subvolumes c\nend-volume\n';
const COUNTED = 'volume s\n  type debug/io-stats\n  subvolumes u\nend-volume\n';
const UTIME = 'volume u\n  type features/utime\n  subvolumes c\nend-volume\n';

/** A module that may answer otherwise each time. */
const WATCHES = `import { Translator } from 'glossa';
export class xlator extends Translator {
  readv(frame, ...args) { frame.wind(...args); }
}
`;

(noBricks() ? describe.skip : describeMounts)('over a real brick', () => {
  let scratch: Scratch;
  const ends: (() => Promise<unknown>)[] = [];
  let brick: RealBrick;

  const mount = async (
    name: string,
    above = UTIME,
    args: readonly string[] = [],
  ): Promise<string> => {
    const client = `volume c
  type protocol/client
  option remote-host 127.0.0.1
  option remote-port ${brick.port}
  option remote-subvolume brick
end-volume
`;
    const served = await startMount(scratch, client + above, { name, args: [...args] });
    ends.push(() => served.stop());
    return served.path;
  };

  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
    await brick.end();
    await scratch.clean();
  });

  it('pages stay where nobody watches, and are dropped when the file is another', async () => {
    scratch = await makeScratch();
    brick = await RealBrick.start(scratch.path);
    const fresh = ['--attribute-timeout', '0', '--entry-timeout', '0'];
    const writer = await mount('writer', UTIME, fresh);
    const reader = await mount('reader', UTIME, fresh);
    // Its times, and so all changes, are those of who says them.
    const untimed = await mount('untimed', '');
    await scratch.file('watches.js', WATCHES);
    const watched = await mount(
      'watched',
      `${UTIME}volume w\n  type features/glupy\n  option module-name watches\n  subvolumes u\nend-volume\n`,
    );
    const spread = await mount('spread', SPREAD + UTIME.replace('subvolumes c', 'subvolumes d'));
    const counted = await mount('counted', UTIME + COUNTED);
    sh(writer, 'head -c 16384 /dev/zero > f');
    const cached = [reader, spread, counted, untimed, watched].map((at) => sh(at, CACHED));
    expect(cached).toEqual(['4\n', '4\n', '4\n', '0\n', '0\n']);
    for (const word of ['alpha', 'omega', 'gamma']) {
      sh(writer, `printf ${word} | dd of=f conv=notrunc status=none`);
      expect(sh(reader, 'head -c 5 f')).toBe(word);
    }
    sh(writer, 'echo short > f');
    expect(sh(reader, 'cat f')).toBe('short\n');
    // A change that comes by another name of the file, and one by a rename over it.
    sh(writer, 'ln f g; echo longer > g');
    expect(sh(reader, 'cat f')).toBe('longer\n');
    sh(writer, 'echo other1 > h; mv h f');
    expect(sh(reader, 'cat f')).toBe('other1\n');
  });

  it('a folder is as the last change has left it, whatever others make in it meanwhile', async () => {
    scratch = await makeScratch();
    brick = await RealBrick.start(scratch.path);
    const at = await mount('mnt');
    const strict = await mount('strict', UTIME, ['--attribute-timeout', '0']);
    const wrong = sh(
      at,
      `mkdir d
(i=0; while [ ! -e stop ]; do : > d/f$i; rm d/f$i; i=$((i + 1)); done) &
for i in $(seq 60); do
  for mode in 700 755; do
    chmod $mode d
    [ $(stat -c %a d) = $mode ] || echo "chmod $i"
  done
  mkdir d/sub; [ $(stat -c %h d) = 3 ] || echo "mkdir $i"
  rmdir d/sub; [ $(stat -c %h d) = 2 ] || echo "rmdir $i"
done
: > stop; wait`,
    );
    expect(wrong).toBe('');
    // Who wants attributes to be of now has no others.
    for (const mode of ['711', '750', '701', '755']) {
      sh(strict, ': > d/new');
      sh(at, `chmod ${mode} d`);
      expect(sh(strict, 'stat -c %a d; rm d/new')).toBe(`${mode}\n`);
    }
  });
});
