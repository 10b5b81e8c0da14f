/** A mirror of two folders: equal contents, and the failure of one. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { onExample } from '../../test/support/example.ts';
import { removeXattr } from '../../test/support/xattr.ts';

/** A command that compares both folders, pipes excepted. */
const SAME = `
  list() { (cd "$SCRATCH/$1" && find . -printf '%p %y %m %U:%G %n %l\\n' | sort); }
  diff <(list left) <(list right) && diff -r -x pipe "$SCRATCH/left" "$SCRATCH/right"`;

onExample('mirror', (example) => {
  it('a mirror stores files, links, pipes, modes and xattrs equally in both folders', async () => {
    await example.runOk(`
      mkdir -p a/b; echo text > a/f; ln a/f a/g; ln -s f a/l; mkfifo a/pipe; chmod 600 a/f
      head -c 3000000 /dev/urandom > big; truncate -s 5M big; cp big a/b; mv a/b c; rm a/g
      setfattr -n user.a -v b a/f; cp -a a d; rm -r a; fallocate -l 100000 x
      ${SAME}
      getfattr --only-values -n user.a d/f | cmp - <(printf b)
    `);
  });

  it('a mirror stores unnamed files and server-side copies equally in both folders', async () => {
    await example.runOk(`
      gcc -O1 -o "$SCRATCH/calls" "$CLIENTS/calls.c"; mkdir t
      (cd t; "$SCRATCH/calls" tmpfile; "$SCRATCH/calls" copy) > /dev/null; ls t/d/name t/b
      ${SAME}
    `);
  });

  it('git and concurrent writers on a mirror leave both folders equal', async () => {
    await example.runOk(`
      git init -q -b main r; cd r; git config user.email a@b; git config user.name a
      for i in 1 2 3; do echo $i > f; git add f; git commit -qm $i; done; git gc -q; git fsck --strict
      cd ..
      for i in $(seq 8); do (for j in $(seq 10); do echo $i-$j >> one; mv -f m$i n$i; echo > m$i; done) 2> /dev/null & done
      wait; ${SAME}
    `);
  });

  it('operations on a mirror fail with the same errors as on a single folder', async () => {
    expect(await example.runFailing('cat nothing')).toBe('No such file or directory');
    expect(await example.runFailing('rmdir d')).toBe('Directory not empty');
    expect(await example.runFailing('mkdir d')).toBe('File exists');
    expect(await example.runFailing('setfattr -n user.mirror.stale -v x .')).toBe(
      'Operation not permitted',
    );
    await example.runOk(SAME);
  });

  it('files of a mirror stay usable after a restart of the mount', async () => {
    await example.restart();
    await example.runOk(
      `echo more >> d/f; ls -lR > /dev/null; ${SAME}; cat d/f | cmp - <(printf 'text\\nmore\\n')`,
    );
  });
});

/** A volume that fails writes below /poison, between the mirror and its second child. */
const withFlaky = (volfile: string): string =>
  volfile.replace(
    /^# The module .*\n(?:#.*\n)*/m,
    `volume bad
    type features/glupy
    option module-name flaky
    option module-path ${join(packageRoot, 'examples/flaky')}
    option fops writev
    option path /poison*
    subvolumes right
end-volume
`,
  );

onExample(
  'mirror',
  (example) => {
    it('a child that fails is logged as stale, and the other child serves all requests', async () => {
      await example.runOk(`echo 1 > f; ${SAME}; echo 2 > poison; cat poison; echo 3 > f; cat f`);
      expect(example.mount.log()).toMatch(
        / E .* bad is stale from now on: writev: .*Input\/output/,
      );
      expect(await example.runOk('getfattr --only-values -n user.mirror.stale .')).toBe('bad');
      expect(await example.runOk('cat "$SCRATCH/left/f" "$SCRATCH/right/f"')).toBe('3\n1\n');
    });

    it('a stale child is not read after a restart of the mount', async () => {
      await example.restart();
      expect(await example.runOk('cat f; echo 4 > f; cat "$SCRATCH/right/f"')).toBe('3\n1\n');
      expect(example.mount.log()).toMatch(/ E .* bad is stale/);
    });

    it('a mirror is repaired by replacing the stale folder with a copy of the good one', async () => {
      expect(await example.mount.stop()).toBe(0);
      const { scratch } = example;
      execFileSync('sh', ['-c', 'rm -rf right; cp -a left right'], { cwd: scratch.path });
      for (const side of ['left', 'right']) removeXattr(scratch.at(side), 'user.mirror.stale');
      await example.serve();
      await example.runOk(`cat f; echo 5 > f; mkdir new; ${SAME}`);
      // The log continues that of the last mount.
      expect(example.mount.log().split('started glossa').at(-1)).not.toMatch(/ E /);
    });
  },
  {
    title: 'over a child that fails',
    mayComplain: true,
    edit: (volfile) => withFlaky(volfile).replace('subvolumes left right', 'subvolumes left bad'),
  },
);
