/**
 * Pages that the kernel keeps between opens of a file on a brick, and attributes that the client
 * remembers, with several mounts of one GlusterFS brick: how much, and never outdated.
 */
import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { isWithoutBricks, RealBrick } from '../support/gluster.ts';
import {
  describeMounts,
  makeScratch,
  runGlossa,
  type Scratch,
  startMount,
} from '../support/mount.ts';

const sh = (at: string, script: string): string =>
  execFileSync('sh', ['-c', script], { cwd: at, encoding: 'utf8' });

/** The number of cached pages of a file after reopening it and looking up others. */
const CACHED =
  'cat f > /dev/null; ls absent* 2> /dev/null; test -e absent; fincore --noheadings --output pages f | tr -d " "';

const renderClient = (name: string, { port }: RealBrick): string => `volume ${name}
  type protocol/client
  option remote-host 127.0.0.1
  option remote-port ${port}
  option remote-subvolume brick
end-volume
`;
const SPREAD = 'volume d\n  type cluster/distribute\n  subvolumes c other\nend-volume\n';
const COUNTED = 'volume s\n  type debug/io-stats\n  subvolumes u\nend-volume\n';
const UTIME = 'volume u\n  type features/utime\n  subvolumes c\nend-volume\n';

/** A module that may return other data each time. */
const WATCHES = `import { Translator } from 'glossa';
export class xlator extends Translator {
  readv(frame, ...args) { frame.wind(...args); }
}
`;

/** A module that returns data in capital letters. */
const UPPER = `import { Translator } from 'glossa';
export class xlator extends Translator {
  readvCbk(frame, opRet, opErrno, vector, ...reply) {
    const { bytes } = vector;
    for (let at = 0; at < bytes.length; at += 1) if (bytes[at] >= 97) bytes[at] -= 32;
    frame.unwind(opRet, opErrno, vector, ...reply);
  }
}
`;

(isWithoutBricks() ? describe.skip : describeMounts)('a mount over a GlusterFS brick', () => {
  let scratch: Scratch;
  const ends: (() => Promise<unknown>)[] = [];
  let brick: RealBrick;

  const mount = async (
    name: string,
    above = UTIME,
    args: readonly string[] = [],
  ): Promise<string> => {
    const served = await startMount(scratch, renderClient('c', brick) + above, {
      name,
      args: [...args],
    });
    ends.push(() => served.stop());
    return served.path;
  };

  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
    await brick.end();
    await scratch.clean();
  });

  it('keeps cached pages between opens until the file changes, unless a module watches reads', async () => {
    scratch = await makeScratch();
    brick = await RealBrick.start(scratch.path);
    const fresh = ['--attribute-timeout', '0', '--entry-timeout', '0'];
    const writer = await mount('writer', UTIME, fresh);
    const reader = await mount('reader', UTIME, fresh);
    // Without utime, changes show no times that the client controls.
    const untimed = await mount('untimed', '');
    await scratch.writeFile('watches.js', WATCHES);
    const watched = await mount(
      'watched',
      `${UTIME}volume w\n  type features/glupy\n  option module-name watches\n  subvolumes u\nend-volume\n`,
    );
    const second = await RealBrick.start(scratch.at('second'));
    ends.push(() => second.end());
    const spreading = renderClient('other', second) + SPREAD;
    const spread = await mount('spread', spreading + UTIME.replace('subvolumes c', 'subvolumes d'));
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
    // A change through another name of the file, and a rename over it.
    sh(writer, 'ln f g; echo longer > g');
    expect(sh(reader, 'cat f')).toBe('longer\n');
    sh(writer, 'echo other1 > h; mv h f');
    expect(sh(reader, 'cat f')).toBe('other1\n');
  });

  it('drops cached pages when the module that changed their data is reloaded and no longer does so', async () => {
    scratch = await makeScratch();
    brick = await RealBrick.start(scratch.path);
    await scratch.writeFile('upper.js', UPPER);
    const module =
      'volume w\n  type features/glupy\n  option module-name upper\n  subvolumes u\nend-volume\n';
    const at = await mount('mnt', UTIME + module);
    expect(sh(at, 'echo text > f; cat f; cat f')).toBe('TEXT\nTEXT\n');
    await scratch.writeFile('upper.js', UPPER.replace('readvCbk', 'statfsCbk'));
    expect(await runGlossa(scratch, ['reload', 'mnt'])).toMatchObject({ status: 0, err: '' });
    expect(sh(at, 'cat f; cat f')).toBe('text\ntext\n');
    expect(sh(at, CACHED)).toBe('1\n');
  });

  it('knows from a recent listing that a file has no ACL while its attributes are cached, until an ACL is set', async () => {
    scratch = await makeScratch();
    brick = await RealBrick.start(scratch.path);
    const cacheFlags = ['--attribute-timeout', '600', '--entry-timeout', '600'];
    const at = await mount('mnt', UTIME, cacheFlags);
    const strict = await mount('strict', UTIME, ['--attribute-timeout', '0']);
    const other = await mount('other');
    const names = (path: string, file: string): string =>
      // From elsewhere, as a shell looks at its own directory.
      sh('/', `getfacl --omit-header --absolute-names ${path}/${file}`)
        .replaceAll('\n', ' ')
        .trim();
    const none = 'user::rw- group::r-- other::r--';
    const named = 'user::rw- user:daemon:r-- group::r-- mask::r-- other::r--';
    sh(other, 'umask 22; touch plain later named; mkdir sub; setfacl -m u:daemon:r named');
    // As `ls -l` does, without the kernel's requests for each file's ACL.
    sh(at, 'getfacl . > /dev/null; ls -U > /dev/null');
    sh(strict, 'getfacl . > /dev/null; ls -U > /dev/null');
    sh(other, 'setfacl -m u:daemon:r later');
    brick.pause(true);
    expect(names(at, 'plain')).toBe(none);
    expect(names(at, 'later')).toBe(none);
    expect(names(at, 'sub')).toBe('user::rwx group::r-x other::r-x');
    brick.pause(false);
    expect(names(at, 'named')).toBe(named);
    expect(names(strict, 'later')).toBe(named);
    sh(at, 'setfacl -m u:daemon:r plain');
    expect(names(at, 'plain')).toBe(named);
    sh(
      at,
      'setfacl -b plain; setfacl -d -m u:daemon:r sub; touch sub/heir; getfacl sub; ls -U sub',
    );
    expect(names(at, 'sub/heir')).toMatch(/user:daemon:r--/);
  });

  it("shows its own chmod, mkdir and rmdir in a directory's attributes while others create files in it", async () => {
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
    // A mount without attribute caching sees every change.
    for (const mode of ['711', '750', '701', '755']) {
      sh(strict, ': > d/new');
      sh(at, `chmod ${mode} d`);
      expect(sh(strict, 'stat -c %a d; rm d/new')).toBe(`${mode}\n`);
    }
  });
});
