/** Changes by other programs in the directory that a mount serves, and the mount's own root. */
import { expect, it } from 'vitest';
import { allKinds, brickKinds } from '../support/stacks.ts';
import { describeStages, findErrors } from '../support/stage.ts';

const isRoot = process.getuid?.() === 0;

describeStages(
  'changes made directly in the storage directory',
  { kernel: ['posix'], user: ['posix'], 'fuse-native': ['posix'] },
  (stage) => {
    /** A directory for one test, in the mount and in the storage. */
    const makeFolders = () => {
      const { mounted, name } = stage.nextFolders();
      const brick = stage.scratch.at('brick', name);
      return {
        mounted,
        brick,
        here: (script: string) =>
          stage.runScript(script, { in: mounted }).then(({ out, err }) => out + err),
        there: (script: string) => stage.runOk(script, { in: brick }),
      };
    };

    it('are visible on the mount when files are created, changed or removed', async () => {
      const { here, there } = makeFolders();
      expect(await here('ls; cat f')).toBe('cat: f: No such file or directory\n');
      await there('echo first > f; mkdir d; echo in > d/g; ln -s f s');
      expect(await here('ls; cat f s d/g; stat -c %h f')).toBe('d\nf\ns\nfirst\nfirst\nin\n1\n');
      await there('echo second >> f; chmod 600 f; ln f h; setfattr -n user.a -v b f');
      expect(await here("cat f; stat -c '%a %h %s' f h; getfattr --only-values -n user.a h")).toBe(
        'first\nsecond\n600 2 13\n600 2 13\nb',
      );
      expect(await here('[ f -ef h ] && echo same')).toBe('same\n');
      await there('rm f; truncate -s 3 h; rm -r d');
      expect(await here('cat f; cat h; ls d; ls')).toBe(
        'firh\ns\ncat: f: No such file or directory\n' +
          "ls: cannot access 'd': No such file or directory\n",
      );
    });

    it('are visible on the mount when a name now belongs to another file or to a directory', async () => {
      const { here, there } = makeFolders();
      expect(await here('echo old > f; mkdir d; touch d/x; stat -c %F f d')).toMatch(/file\ndir/);
      await there('echo new > t; mv t f; rm -r d; echo now a file > d');
      expect(await here('cat f d; stat -c %F d')).toBe('new\nnow a file\nregular file\n');
      await there('rm f d; mkdir f; touch f/y; ln -s f d');
      expect(await here('ls f d/; rmdir d; rm f/y; rmdir f; rm d; ls')).toMatch(
        /^d\/:\ny\n\nf:\ny\n.*Not a directory\n$/,
      );
    });

    it('do not disturb open files or working directories', async () => {
      const { mounted, there } = makeFolders();
      await stage.runOk('mkdir -p d/e; echo data > d/e/f', { in: mounted });
      const client = stage.startClient(
        mounted,
        `cd d/e; exec 3< f 4>> f; echo ready; read; cat <&3; echo more >&4
        cat f; touch g; ls; ls ..`,
      );
      await client.waitForOutput(/ready/);
      await there('mv d moved; mv moved/e moved/other; touch moved/new');
      client.release();
      expect(await client.outcome).toMatchObject({
        out: 'ready\ndata\ndata\nmore\nf\ng\nnew\nother\n',
        err: '',
      });
      expect(await there('cat moved/other/f')).toBe('data\nmore\n');
    });

    it('give each file that was copied with its xattrs a gfid of its own', async () => {
      const { here, there } = makeFolders();
      await here('mkdir d; echo 1 > d/f; echo 2 > d/g; stat d/f d/g > /dev/null');
      await there('cp -a --preserve=all d e; cp -a --preserve=all d/f copy; echo changed > e/f');
      expect(
        await here('cat d/f e/f copy; ls e; stat -c %i d d/f d/g e e/f e/g copy | sort | uniq -d'),
      ).toBe('1\nchanged\n1\nf\ng\n');
      expect(await here('mv e/f d/f; cat d/f copy; rm -r d; cat e/g copy')).toBe(
        'changed\n1\n2\n1\n',
      );
    });

    it('are visible in the virtual xattrs of GlusterFS', async () => {
      const { here, brick } = makeFolders();
      const out = await here(`mkdir d; echo > d/File; ln d/File g
        ask() { getfattr --only-values -n glusterfs.$1 $2; echo; }
        ask pathinfo d/File; ask gfidtopath g | tr : '\\n' | sort; ask get_real_filename:fILE d
        [ "$(ask gfid.string g)" = "$(ask gfid.string d/File)" ] && echo one; ask gfid g | wc -c`);
      const name = brick.replace(/.*\/brick\//, '');
      const [pathinfo, ...rest] = out.trimEnd().split('\n');
      expect(pathinfo).toMatch(/^<POSIX\(.*\/brick\):.+:.*\/brick\/.*(File|g)>$/);
      expect(rest).toEqual([`/${name}/d/File`, `/${name}/g`, 'File', 'one', '17']);
    });

    it('show 900 new files with 900 different inode numbers', async () => {
      const { here, there } = makeFolders();
      await there(
        `for d in $(seq 30); do mkdir -p t/$d
        for f in $(seq 30); do echo $d.$f > t/$d/$f; done; done`,
      );
      expect(
        await here(
          'find t -type f | wc -l; cat t/7/9; find t -printf "%i\\n" | sort | uniq -d | wc -l',
        ),
      ).toBe('900\n7.9\n0\n');
    });

    it('in .glusterfs stay hidden, and only the root of the volume refuses that name', async () => {
      const { there, here } = makeFolders();
      await there('mkdir ../../.glusterfs; touch ../../.glusterfs/x; mkdir .glusterfs');
      expect(
        await here(
          'ls -A ../..; ls ../../.glusterfs; mkdir ../../.glusterfs; mv . ../../.glusterfs; ls -A',
        ),
      ).toMatch(
        /^[\d\n]+\.glusterfs\nls: .*No such file.*\nmkdir: .*Operation not permitted\nmv: .*\n$/,
      );
      await there('rm -r ../../.glusterfs');
    });
  },
  { args: ['--entry-timeout', '0', '--attribute-timeout', '0'] },
);

describeStages(
  'the root of a mount',
  { kernel: [...allKinds, ...brickKinds], user: ['posix'], 'fuse-native': ['posix'] },
  (stage) => {
    // A volume in memory belongs to root.
    it.skipIf(stage.kind === 'memory' && !isRoot)(
      'has mode, owner, times and xattrs like any directory',
      async () => {
        const out = await stage.runOk(
          `chmod 751 .; stat -c '%a %F' .; touch -d @1000.5 .; stat -c %y .; chown $(id -u):$(id -g) .
        setfattr -n user.a -v b .
      getfattr -d .; setfattr -x user.a .; [ . -ef .. ] || echo another
      [ "$(stat -c %i .)" = "$(ls -id . | cut -d' ' -f1)" ] && echo one
      mkdir d; [ . -ef d/.. ] && echo up; rmdir d; chmod 755 .; stat -c %m .`,
          { in: stage.mount.path },
        );
        expect(out).toBe(
          '751 directory\n1970-01-01 00:16:40.500000000 +0000\n# file: .\nuser.a="b"\n\n' +
            `another\none\nup\n${stage.mount.path}\n`,
        );
      },
    );

    it('cannot be removed, renamed or linked', async () => {
      const { out, err } = await stage.runScript(
        'rmdir mnt; mv mnt other; ln mnt/. x; mv bare mnt/; ls',
        {
          in: stage.scratch.path,
        },
      );
      expect(out).toMatch('mnt\n');
      expect(err.match(/busy/g)?.length).toBeGreaterThanOrEqual(2);
    });
  },
);

describeStages(
  'a request to which a module never replies',
  { kernel: ['posix'], user: ['posix'], 'fuse-native': ['posix'] },
  (stage) => {
    it('does not prevent an unmount', async () => {
      const { mounted } = stage.nextFolders();
      const waiting = [1, 2].map(() => stage.startClient(mounted, 'echo asks; cat never'));
      for (const client of waiting) await client.waitForOutput(/asks/);
      // The kernel blocks creations in that directory; other directories are unaffected.
      expect(await stage.runOk('echo x > f; cat f; ls')).toBe('x\nf\n');
      expect(await stage.mount.stop()).toBe(0);
      for (const client of waiting) expect((await client.outcome).status).not.toBe(0);
      expect(findErrors(stage.mount.log())).toEqual([]);
    });
  },
  {
    mayComplain: true,
    above: {
      name: 'never',
      text: `from glupy import Translator


class xlator(Translator):
    kept = []

    def lookup(self, frame, loc, xdata):
        if loc.name == "never":
            return self.kept.append(frame)
        frame.wind(loc, xdata)
`,
    },
  },
);
