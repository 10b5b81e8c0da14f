/** Mounts of an ordinary user, through fusermount3. */
import { describe, expect, it } from 'vitest';
import { asUser, NOBODY, OTHER } from '../support/client.ts';
import { describeMounts, run, runGlossa, withScratch } from '../support/mount.ts';
import { allKinds, makeVolfile } from '../support/stacks.ts';
import { describeStages } from '../support/stage.ts';
import { onlyInFirst } from '../support/test-selection.ts';
import { forRoot, prepareProgram } from '../support/user.ts';

const isRoot = process.getuid?.() === 0;

// Needs root, which can become another user; other users run all tests as themselves.
describe.runIf(isRoot)('an ordinary user', () => {
  describeStages('with a mount', { user: allKinds }, (stage) => {
    it('uses its files as in a bare directory', () =>
      stage.compareScript(`mkdir -p d/e; seq 1000 > d/f; ln d/f g; ln -s f d/s; cat d/s | wc; mv d/e e
          mkfifo p; chmod 4750 g
          touch -d '2001-02-03 04:05:06.123456789' g d; setfattr -n user.a -v b g; getfattr -d g
          cp -a d copy
          stat -c '%n %u %g %a %h %s' g d/f d copy/s; ls -lR --time-style=+ | grep -v ^total
          rm -r d; find . | sort`));

    it("has only the user's own rights", () =>
      stage.compareScript(`touch f; chown 0 f; chgrp 0 f; mknod c c 1 3; setfattr -n trusted.a -v b f
          chmod 0 f; cat f; echo > f; rm f
          mkdir d; touch d/x; chmod 500 d; touch d/y; rm d/x; chmod 300 d; ls d; cat d/x
          chmod 700 d; ls d; cp /bin/true t; chmod 6755 t; ./t && echo ran
          mkdir r; touch r/a r/b; mkdir r/c; chmod 400 r; ls r; ls -l r 2>&1 | sort
          find r 2>&1 | sort; cat r/a; ls r/c; chmod 100 r
          cat r/a; ls r; chmod 700 r`));

    it.each(Object.entries(forRoot))('may not %s', async (_, script) => {
      const { status, err } = await stage.runScript(script);
      expect(status).not.toBe(0);
      expect(err).toMatch(/not permitted/);
    });

    it('sees no gfid xattrs, and inode numbers stay the same after a rename', async () => {
      const out = await stage.runOk('touch f; ln -s f s; mkdir d; getfattr -h -d -m - f s d .');
      expect(out).toBe('');
      expect(
        await stage.runOk(
          'ln -s x s; i=$(stat -c %i s); mv s t; [ $(stat -c %i t) = $i ] && echo same',
        ),
      ).toBe('same\n');
    });

    it('keeps other users out, including root', async () => {
      const { mounted } = stage.nextFolders();
      await stage.runOk('echo x > f; chmod 777 . f', { in: mounted });
      for (const as of [OTHER, { uid: 0, gid: 0 }]) {
        const { err } = await stage.runScript(':', { in: mounted, as });
        expect(err).toMatch(/Permission denied/);
      }
      expect(await stage.runOk('cat f', { in: mounted })).toBe('x\n');
    });

    it('runs git and sqlite', async () => {
      const { status } = await stage.compareScript(
        `export HOME=$PWD; git config --global user.email a@example.org
            git config --global user.name a
          git init -q r 2>/dev/null; cd r; seq 100 > f; git add f; git commit -qm m
          git status --short; git gc -q; git fsck --full
          cd ..; git clone -q r s; diff r/f s/f
          sqlite3 db 'CREATE TABLE t(a); INSERT INTO t VALUES(1); PRAGMA integrity_check'`,
        { prune: ['.git', 'r', 's'], tree: false },
      );
      expect(status).toBe(0);
    });
  });

  onlyInFirst(() =>
    describeMounts('with the command line', () => {
      it('mounts as a daemon, sees the mount, and unmounts it', () =>
        withScratch(async (scratch) => {
          const brick = await scratch.makeFolder('brick');
          const program = await prepareProgram(scratch, NOBODY);
          await scratch.writeFile('test.vol', await makeVolfile(scratch, 'python', brick));
          const mine = (...args: string[]) => runGlossa(scratch, args, program);
          expect(
            await mine('mount', 'test.vol', 'mnt', '-l', scratch.at('home/log')),
          ).toMatchObject({
            status: 0,
            err: '',
          });
          expect(scratch.findMounts()).toEqual([scratch.at('mnt')]);
          expect((await mine('stats', 'mnt')).out).toMatch('LOOKUP');
          const touch = [...asUser(NOBODY), 'touch', 'mnt/f'];
          expect(await run(scratch, touch[0]!, touch.slice(1))).toMatchObject({ status: 0 });
          expect(await mine('umount', 'mnt')).toMatchObject({ status: 0, err: '' });
          expect(scratch.findMounts()).toEqual([]);
          expect((await run(scratch, 'ls', ['brick'])).out).toBe('f\n');
        }));

      it('may not mount on or serve directories without permission, or use --allow-other', () =>
        withScratch(async (scratch) => {
          const brick = await scratch.makeFolder('brick');
          const program = await prepareProgram(scratch, NOBODY);
          await scratch.makeFolder('roots');
          await scratch.makeFolder('closed');
          await run(scratch, 'chmod', ['700', 'closed']);
          await scratch.writeFile('test.vol', await makeVolfile(scratch, 'posix', brick));
          await scratch.writeFile(
            'closed.vol',
            await makeVolfile(scratch, 'posix', scratch.at('closed')),
          );
          const log = ['-l', scratch.at('home/log')];
          const attempt = async (...args: string[]) => {
            const { status, err } = await runGlossa(scratch, ['mount', ...args, ...log], program);
            expect(status).toBe(1);
            expect(scratch.findMounts()).toEqual([]);
            return err;
          };
          expect(await attempt('test.vol', 'roots')).toMatch(/roots: .*write access|may .* write/);
          expect(await attempt('closed.vol', 'mnt')).toMatch(/closed.*[Pp]ermission denied/);
          expect(await attempt('test.vol', 'mnt', '--allow-other')).toMatch('user_allow_other');
        }));
    }),
  );
});
