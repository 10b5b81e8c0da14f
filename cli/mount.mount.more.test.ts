import { readFileSync } from 'node:fs';
import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import {
  describeMounts,
  runGlossa,
  type Scratch,
  startMount,
  withScratch,
} from '../test/support/mount.ts';

const memory = 'volume mem\n    type storage/memory\nend-volume\n';
const posix = (directory: string): string =>
  `volume brick\n    type storage/posix\n    option directory ${directory}\nend-volume\n`;

/** Whether a process still runs: a zombie has no command line. */
function alive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`).length > 0;
  } catch {
    // There is no such process.
    return false;
  }
}

const gone = (pid: number): Promise<void> =>
  vi.waitFor(() => expect(alive(pid)).toBe(false), { timeout: 50_000, interval: 20 });

describeMounts('glossa mount -N', () => {
  it('serves a volume in memory until SIGTERM', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, memory);
      expect(await readdir(mount.path)).toEqual([]);
      await writeFile(join(mount.path, 'greeting'), 'hello');
      expect(await readFile(join(mount.path, 'greeting'), 'utf8')).toBe('hello');
      expect(scratch.findMounts()).toEqual([mount.path]);
      expect(await mount.stop()).toBe(0);
      expect(scratch.findMounts()).toEqual([]);
      expect(await readdir(mount.path)).toEqual([]);
      expect(await mount.outcome).toMatchObject({
        out:
          `${scratch.at('mnt.vol')} is mounted on ${mount.path}; ` +
          `the log is ${scratch.at('mnt.log')}\n`,
        err: '',
      });
    }));

  it('serves a folder', () =>
    withScratch(async (scratch) => {
      const brick = await scratch.makeFolder('brick');
      await scratch.writeFile('brick/before', 'old');
      const mount = await startMount(scratch, posix(brick));
      expect(await readFile(join(mount.path, 'before'), 'utf8')).toBe('old');
      await writeFile(join(mount.path, 'after'), 'new');
      expect(await readFile(join(brick, 'after'), 'utf8')).toBe('new');
      expect(await mount.stop('SIGINT')).toBe(0);
    }));

  it('logs its start, mount, unmount and end', () =>
    withScratch(async (scratch) => {
      const args = ['--xlator-option', '*em.size=1MB', '--log-level', 'info'];
      const mount = await startMount(scratch, memory, { args });
      await mount.stop();
      const log = mount.log();
      expect(log).toMatch(
        / I \[MSGID: 201001\] \[server-lifecycle\.js:\d+:\w+\] 0-glossa: started glossa \d/,
      );
      expect(log).toMatch(/Final graph:\n\+-+\+\n {2}1: volume mem\n/);
      expect(log).toMatch('\n  3:     option size 1MB\n');
      expect(log).toMatch('0-glossa: ending: received SIGTERM\n');
      expect(log).toMatch(`0-glossa: unmounted ${mount.path}\n`);
      expect(log).toMatch(/0-glossa: stopped\n$/);
    }));

  it('opens its log again at SIGHUP', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, memory);
      await rename(scratch.at('mnt.log'), scratch.at('mnt.log.1'));
      mount.child.kill('SIGHUP');
      await vi.waitFor(() => expect(mount.log()).toMatch('reopened the log'), { timeout: 50_000 });
      expect(await mount.stop()).toBe(0);
    }));

  it('has a pid file while it runs', () =>
    withScratch(async (scratch) => {
      const pidFile = scratch.at('glossa.pid');
      const mount = await startMount(scratch, memory, { args: ['-p', pidFile] });
      expect(await readFile(pidFile, 'utf8')).toBe(`${mount.child.pid}\n`);
      await mount.stop();
      await expect(stat(pidFile)).rejects.toMatchObject({ code: 'ENOENT' });
    }));

  it('leaves the pid file of a running mount alone when its mount point is mounted again', () =>
    withScratch(async (scratch) => {
      const pidFile = scratch.at('glossa.pid');
      const mount = await startMount(scratch, memory, { args: ['-p', pidFile] });
      const again = await runGlossa(scratch, [
        '-f',
        'mnt.vol',
        'mnt',
        '-p',
        pidFile,
        '-l',
        'again.log',
      ]);
      expect(again.status).toBe(1);
      expect(again.err).toBe(
        `glossa: cannot mount on ${mount.path}: glossa is mounted there already ` +
          `(${scratch.at('mnt.vol')}); unmount it first with 'glossa umount ${mount.path}'\n`,
      );
      expect(await readFile(pidFile, 'utf8')).toBe(`${mount.child.pid}\n`);
      expect(await mount.stop()).toBe(0);
    }));

  it('ends with status 0 when another process unmounts it', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, memory);
      expect(await runGlossa(scratch, ['umount', 'mnt'])).toMatchObject({
        status: 0,
        out: '',
        err: '',
      });
      expect(await mount.outcome).toMatchObject({ status: 0 });
    }));

  it('refuses writes with --read-only', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, memory, { args: ['--read-only'] });
      await expect(writeFile(join(mount.path, 'f'), '')).rejects.toMatchObject({ code: 'EROFS' });
      expect(await mount.stop()).toBe(0);
    }));

  it('logs on the terminal with --debug', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, memory, { args: ['--debug', '--log-file', '-'] });
      await mount.stop();
      const { out, err } = await mount.outcome;
      expect(out).toBe(`${scratch.at('mnt.vol')} is mounted on ${mount.path}\n`);
      expect(err).toMatch('0-glossa: Final graph:');
    }));
});

describeMounts('glossa mount', () => {
  it('returns once its daemon serves files, and the daemon ends when it is unmounted', () =>
    withScratch(async (scratch) => {
      await scratch.makeFolder('mnt');
      await scratch.writeFile('test.vol', memory);
      const args = ['-f', 'test.vol', '-l', 'test.log', '-p', 'test.pid', 'mnt'];
      expect(await runGlossa(scratch, args)).toMatchObject({ status: 0, out: '', err: '' });
      const pid = Number(await readFile(scratch.at('test.pid'), 'utf8'));
      expect(alive(pid)).toBe(true);
      // The kernel gives huge pages to memory with this flag, though little of them may be used.
      expect(await readFile(`/proc/${pid}/smaps`, 'utf8')).not.toMatch(/^VmFlags:.* hg\b/m);
      await writeFile(scratch.at('mnt', 'greeting'), 'hello');
      expect(await runGlossa(scratch, ['umount', 'mnt'])).toMatchObject({ status: 0 });
      await gone(pid);
      expect(await readdir(scratch.path)).toEqual(['mnt', 'test.log', 'test.vol']);
      expect(await readFile(scratch.at('test.log'), 'utf8')).toMatch('0-glossa: stopped\n');
    }));

  it('starts a daemon whose V8 has few threads if the volfile names modules, and all otherwise', () =>
    withScratch(async (scratch) => {
      await scratch.makeFolder('mnt');
      await scratch.writeFile(
        'keep.py',
        'from glupy import *\nclass xlator(Translator):\n    pass\n',
      );
      const keep = 'type features/glupy\n option module-name keep.py\n subvolumes mem\n';
      await scratch.writeFile('test.vol', `${memory}volume keep\n ${keep}end-volume\n`);
      await scratch.writeFile('plain.vol', memory);
      const readPoolSize = async (volfile: string): Promise<number> => {
        const args = ['mount', volfile, 'mnt', '-l', 'test.log', '-p', 'test.pid'];
        expect(await runGlossa(scratch, args)).toMatchObject({ status: 0, err: '' });
        const pid = Number(await readFile(scratch.at('test.pid'), 'utf8'));
        const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8');
        expect(await runGlossa(scratch, ['umount', 'mnt'])).toMatchObject({ status: 0 });
        await gone(pid);
        return Number(/--v8-pool-size=(\d+)/.exec(commandLine)?.[1]);
      };
      const further = Math.min(Math.max(1, availableParallelism() - 1), 4);
      expect(await readPoolSize('test.vol')).toBe(further);
      expect(await readPoolSize('plain.vol')).toBeNaN();
    }));

  it('starts a daemon that ends at SIGTERM', () =>
    withScratch(async (scratch) => {
      await scratch.makeFolder('mnt');
      await scratch.writeFile('test.vol', memory);
      const args = ['mount', 'test.vol', 'mnt', '-l', 'test.log', '-p', 'test.pid'];
      expect(await runGlossa(scratch, args)).toMatchObject({ status: 0 });
      const pid = Number(await readFile(scratch.at('test.pid'), 'utf8'));
      process.kill(pid, 'SIGTERM');
      await gone(pid);
      expect(scratch.findMounts()).toEqual([]);
    }));
});

describeMounts('a mount that fails', () => {
  const refused = async (
    volfile: string,
    args: string[],
    prepare: (scratch: Scratch) => Promise<unknown>,
  ): Promise<string> => {
    let err = '';
    await withScratch(async (scratch) => {
      await prepare(scratch);
      await scratch.writeFile('test.vol', volfile);
      for (const more of [['-N'], []]) {
        const all = ['mount', 'test.vol', 'mnt', '-l', scratch.at('test.log'), ...args, ...more];
        const outcome = await runGlossa(scratch, all);
        expect(outcome).toMatchObject({ status: 1, out: '' });
        expect(scratch.findMounts()).toEqual([]);
        // In the foreground and from a daemon it is the same.
        const said = outcome.err.replaceAll(scratch.path, 'SCRATCH');
        if (more.length === 0) expect(said).toBe(err);
        err = said;
      }
    });
    return err;
  };
  const withMnt = (scratch: Scratch): Promise<string> => scratch.makeFolder('mnt');

  it('prints the problem of its volfile', async () => {
    expect(await refused(memory.replace('memory', 'memroy'), [], withMnt)).toBe(
      `test.vol:2:10: error: volume 'mem': unknown type 'storage/memroy'
      type storage/memroy
           ^^^^^^^^^^^^^^
  hint: did you mean 'storage/memory'?
`,
    );
  });

  it('prints the problem of an option', async () => {
    expect(await refused(memory, ['--xlator-option', 'mme.size=1MB'], withMnt)).toBe(
      `--xlator-option:1:1: error: no volume is called 'mme'
  mme.size=1MB
  ^^^
  hint: did you mean 'mem'?
`,
    );
  });

  it('prints the volume and the folder of a storage whose folder is missing', async () => {
    const err = await refused(posix('/no/such/folder'), [], withMnt);
    expect(err).toMatch(/^test\.vol:1:8: volume 'brick' \(storage\/posix\): .*\/no\/such\/folder/);
  });

  it('prints the reason when the mount point is missing', async () => {
    expect(await refused(memory, [], async () => {})).toBe(
      'glossa: cannot mount on SCRATCH/mnt: it does not exist; ' +
        "make it with 'mkdir -p SCRATCH/mnt'\n",
    );
  });

  it('prints the reason when the log is inside the mount', async () => {
    expect(await refused(memory, ['-l', 'mnt/log'], withMnt)).toBe(
      'glossa: the log SCRATCH/mnt/log is inside the mount point SCRATCH/mnt: put it elsewhere\n',
    );
  });

  it('prints the reason when the pid file cannot be written', async () => {
    expect(await refused(memory, ['-p', 'no/pid'], withMnt)).toBe(
      'glossa: cannot write the pid file SCRATCH/no/pid: No such file or directory\n',
    );
  });
});
