/** Several mounts at once, and mount points: refused ones, and files hidden meanwhile. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { describeFrontEnds } from '../support/front-ends.ts';
import { runScript, startStack } from '../support/life.ts';
import { run, runGlossa, type Scratch, startMount } from '../support/mount.ts';
import { makeVolfile } from '../support/stacks.ts';

const isRoot = process.getuid?.() === 0;

describeFrontEnds('several mounts', ['kernel', 'user'], (front) => {
  it('show the same files if one volfile is mounted at two mount points', () =>
    front.withScratch(async (scratch) => {
      const brick = await scratch.makeFolder('brick');
      const args = ['--entry-timeout', '0', '--attribute-timeout', '0'];
      const volfile = await makeVolfile(scratch, 'posix', brick);
      const one = await startMount(scratch, volfile, { name: 'one', args });
      const two = await startMount(scratch, volfile, { name: 'two', args });
      expect(await runScript(scratch, one.path, 'mkdir d; echo one > d/f; ln d/f g; ls')).toBe(
        'd\ng\n',
      );
      expect(
        await runScript(scratch, two.path, 'cat d/f; echo two >> g; mv d e; ls e; stat -c %h g'),
      ).toBe('one\nf\n2\n');
      expect(await runScript(scratch, one.path, 'cat e/f; ls d; cat g; rm g; mkdir d')).toMatch(
        /^one\ntwo\none\ntwo\nls.*No such/,
      );
      expect(await runScript(scratch, two.path, 'ls; stat -c %h e/f; cat g')).toMatch(
        /^d\ne\n1\ncat.*No such/,
      );
      const loops = [one, two].map(({ path }, n) =>
        runScript(
          scratch,
          path,
          `for i in $(seq 100); do echo ${n} > t${n}; mv t${n} t
          cat t > /dev/null || echo lost; done`,
        ),
      );
      expect(await Promise.all(loops)).toEqual(['', '']);
      const inos = await Promise.all(
        [one, two].map(({ path }) => runScript(scratch, path, 'stat -c %i . d e e/f t')),
      );
      expect(inos[0]).toBe(inos[1]);
      expect(await one.stop()).toBe(0);
      expect(await runScript(scratch, two.path, 'cat e/f')).toBe('one\ntwo\n');
      expect(await two.stop()).toBe(0);
    }));

  it('show the same files if one stores its files on the other', () =>
    front.withScratch(async (scratch) => {
      const lower = await startStack(scratch);
      const upper = await startMount(scratch, await makeVolfile(scratch, 'posix', lower.path), {
        name: 'upper',
      });
      expect(
        await runScript(
          scratch,
          upper.path,
          'mkdir d; seq 3 > d/f; ln d/f g; mv d e; cat e/f; setfattr -n user.a -v b g',
        ),
      ).toBe('1\n2\n3\n');
      expect(
        await runScript(
          scratch,
          scratch.at('brick'),
          'cat e/f; getfattr --only-values -n user.a e/f',
        ),
      ).toBe('1\n2\n3\nb');
      expect(await upper.stop()).toBe(0);
      expect(await lower.stop()).toBe(0);
    }));
});

/** Attempts a mount that must fail and leave nothing. @returns the message */
async function refusal(scratch: Scratch, volfile: string, point: string): Promise<string> {
  await scratch.writeFile('no.vol', volfile);
  const before = scratch.findMounts();
  const args = ['-l', scratch.at('no.log'), ...scratch.mountArgs];
  const outcome = await runGlossa(scratch, ['mount', 'no.vol', point, ...args]);
  expect(outcome).toMatchObject({ status: 1, out: '' });
  expect(scratch.findMounts()).toEqual(before);
  return outcome.err;
}

const memory = 'volume mem\n    type storage/memory\nend-volume\n';

// Before fusermount3 is called.
describeFrontEnds('glossa mount refuses at once', ['kernel', 'user'], (front) => {
  it('a volfile whose storage directory does not exist', () =>
    front.withScratch(async (scratch) => {
      await scratch.makeFolder('mnt');
      await scratch.writeFile('file', '');
      for (const path of ['missing', 'file', 'missing/below']) {
        const volfile = await makeVolfile(scratch, 'posix', scratch.at(path));
        expect(await refusal(scratch, volfile, 'mnt')).toMatch(scratch.at(path));
      }
    }));

  it('a mount point inside its own storage, which would deadlock', () =>
    front.withScratch(async (scratch) => {
      await scratch.makeFolder('brick/deep/mnt');
      await runScript(scratch, scratch.path, 'ln -s brick/deep link');
      const volfile = await makeVolfile(scratch, 'posix', scratch.at('brick'));
      for (const point of ['brick', 'brick/deep', 'brick/deep/mnt', 'link/mnt']) {
        expect(await refusal(scratch, volfile, point)).toMatch(
          `${point} is in ${scratch.at('brick')}, which volume 'brick' serves`,
        );
      }
    }));

  it("a mount point that would hide glossa's own files", () =>
    front.withScratch(async (scratch) => {
      await scratch.makeFolder('mnt/glossa');
      const folders = ['cli', 'joined', 'bundled'];
      const copied = ['package.json', ...folders.map((folder) => `dist/${folder}`)];
      await runScript(
        scratch,
        packageRoot,
        `cp -r --parents ${copied.join(' ')} "${scratch.at('mnt/glossa')}"; ` +
          `ln -s "$PWD/node_modules" "${scratch.at('mnt/glossa')}"; ln -s mnt "${scratch.at('link')}"`,
      );
      for (const point of ['mnt', 'mnt/glossa', 'mnt/glossa/dist/..', 'link']) {
        const main = scratch.at('mnt/glossa/dist/cli/main.cjs');
        const args = [main, 'mount', memory, scratch.at(point)];
        const { status, err } = await run(scratch, process.execPath, args);
        expect(err).toContain(`${scratch.at('mnt/glossa')}), which would come to wait for itself`);
        expect(status).toBe(1);
      }
    }));
});

describeFrontEnds('a mount point', ['kernel', 'user'], (front) => {
  it('is refused when it is a file or a glossa mount', () =>
    front.withScratch(async (scratch) => {
      await scratch.writeFile('file', '');
      expect(await refusal(scratch, memory, 'file')).toMatch('file: it is not a directory');
      expect(await refusal(scratch, memory, 'file/below')).toMatch('it is not a directory');
      const mount = await startMount(scratch, memory);
      expect(await refusal(scratch, memory, 'mnt')).toMatch('glossa is mounted there already');
      expect(await runScript(scratch, mount.path, 'echo works > f; cat f')).toBe('works\n');
      expect(await mount.stop()).toBe(0);
    }));

  it('with files in it hides them with a warning, and shows them again after umount', () =>
    front.withScratch(async (scratch) => {
      await scratch.makeFolder('mnt');
      await scratch.writeFile('mnt/below', 'hidden');
      const mount = await startMount(scratch, memory);
      expect(await runScript(scratch, mount.path, 'ls -A')).toBe('');
      expect(await mount.stop()).toBe(0);
      const warning = 'mnt is not empty: what is in it is hidden until it is unmounted\n';
      expect((await mount.outcome).err).toBe(`glossa: warning: ${scratch.path}/${warning}`);
      expect(mount.log()).toMatch(` W [MSGID: 201007] [mount-server.js`);
      expect(
        await runGlossa(scratch, ['mount', 'mnt.vol', 'mnt', '-l', 'log', ...scratch.mountArgs]),
      ).toMatchObject({
        status: 0,
        err: `glossa: warning: ${scratch.path}/${warning}`,
      });
      expect(await runGlossa(scratch, ['umount', 'mnt'])).toMatchObject({ status: 0, err: '' });
      expect(readFileSync(scratch.at('mnt/below'), 'utf8')).toBe('hidden');
    }));

  it('may contain the storage directory', () =>
    front.withScratch(async (scratch) => {
      await scratch.makeFolder('mnt/brick');
      const volfile = await makeVolfile(scratch, 'posix', scratch.at('mnt/brick'));
      const mount = await startMount(scratch, volfile);
      expect(
        await runScript(scratch, mount.path, 'mkdir d; echo x > d/f; mv d/f g; cat g; rm -r d; ls'),
      ).toBe('x\ng\n');
      expect(await mount.stop()).toBe(0);
      expect(readdirSync(scratch.at('mnt/brick'))).toEqual(['g']);
    }));

  it('mounted --read-only refuses all changes, and the disk stays unchanged', () =>
    front.withScratch(async (scratch) => {
      const brick = await scratch.makeFolder('brick');
      const look = "find . -printf '%p %s %T@ %C@ %m\\n' | sort; cat f";
      await runScript(scratch, brick, 'echo data > f; mkdir d; ln -s f s; mkfifo p; echo > d/g');
      const mount = await startStack(scratch, 'posix', ['--read-only']);
      await runScript(scratch, mount.path, look);
      const before = await runScript(scratch, brick, look);
      const changes = [
        'echo > f',
        'echo >> f',
        'touch f',
        'touch new',
        'mkdir e',
        'rm f',
        'mv f h',
        'ln f h',
        'ln -s f h',
        'rmdir d',
        'chmod 600 f',
        'setfattr -n user.a -v b f',
        'truncate -s 1 f',
      ];
      const output = await runScript(scratch, mount.path, changes.join('; '));
      expect(output.match(/Read-only file system/g)).toHaveLength(changes.length);
      expect(await runScript(scratch, mount.path, 'cat f s; ls; cat < d/g | wc -c')).toBe(
        'data\ndata\nd\nf\np\ns\n1\n',
      );
      expect(await runScript(scratch, brick, look)).toBe(before);
      expect(await mount.stop()).toBe(0);
    }));

  it.runIf(isRoot)('mounted --no-allow-other refuses other users, who have access without it', () =>
    front.withScratch(async (scratch) => {
      await runScript(scratch, scratch.path, 'chmod 755 .');
      const asOther = `setpriv --reuid=1234 --regid=1234 --clear-groups`;
      for (const [args, answer] of [
        [['--no-allow-other'], /Permission denied/],
        [['--allow-other'], /^x\n$/],
        [[], /^x\n$/],
      ] as const) {
        const mount = await startStack(scratch, 'posix', args);
        expect(await runScript(scratch, mount.path, 'echo x > f; cat f')).toBe('x\n');
        expect(await runScript(scratch, scratch.path, `${asOther} cat mnt/f`)).toMatch(answer);
        expect(await mount.stop()).toBe(0);
      }
    }),
  );
});
