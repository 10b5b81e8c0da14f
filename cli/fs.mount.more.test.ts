/** `glossa fs` when a disk is full, a pipe closes, or the command is interrupted: whole files or none. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { expect, it, vi } from 'vitest';
import {
  describeMounts,
  glossaCommand,
  run,
  runGlossa,
  type Scratch,
  withScratch,
} from '../test/support/mount.ts';
import { isSkipped } from '../test/support/obstacle.ts';

const MEBIBYTE = 1024 * 1024;
const WAIT = { timeout: 60_000, interval: 10 };

/** Writes `data.vol` over the directory `store`; `above` is the text of volumes on top. */
async function makeVolume(scratch: Scratch, above = ''): Promise<string> {
  const text = `volume data\n    type storage/posix\n    option directory store\nend-volume\n${above}`;
  await scratch.writeFile('data.vol', text);
  return scratch.makeFolder('store');
}

/** Each write takes a tenth of a second, so that a copy of a large file is met in its middle. */
const SLOW = `volume slow
    type debug/delay-gen
    option delay-percentage 100
    option delay-duration 100000
    option enable writev
    subvolumes data
end-volume
`;

const noDisks = isSkipped(
  'glossa fs on full disks',
  process.getuid?.() === 0 ? '' : 'only root can mount a small disk',
);

/** Makes `name` a file system in memory of one MiB. */
async function makeSmallDisk(scratch: Scratch, name: string): Promise<string> {
  const folder = await scratch.makeFolder(name);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'small', folder]);
  return folder;
}

/** Names of temporary files. */
const TEMPORARY = /^\.large\.[A-Za-z0-9]{6}$/;

/** Runs a command until its copy has begun in `folder`, and then sends it a signal. */
const interruptCopy = (
  scratch: Scratch,
  args: readonly string[],
  folder: string,
  signal: NodeJS.Signals,
) =>
  runGlossa(scratch, args, {
    async onStart(child) {
      await vi.waitFor(
        () => expect(fs.readdirSync(folder)).toContainEqual(expect.stringMatching(TEMPORARY)),
        WAIT,
      );
      child.kill(signal);
    },
  });

describeMounts('glossa fs', () => {
  it.skipIf(noDisks)(
    'leaves no unfinished file on a full disk, neither in the volume nor outside of it',
    async () => {
      await withScratch(async (scratch) => {
        await makeVolume(scratch);
        await scratch.writeFile('large', 'x'.repeat(4 * MEBIBYTE));
        const store = await makeSmallDisk(scratch, 'store');
        const into = await runGlossa(scratch, ['fs', 'cp', 'large', 'data.vol:/large']);
        expect(into).toMatchObject({
          status: 1,
          err: 'glossa fs cp: data.vol:/large: No space left on device\n',
        });
        expect(fs.readdirSync(store)).toEqual([]);
        execFileSync('umount', [store]);
        fs.writeFileSync(`${store}/large`, 'x'.repeat(4 * MEBIBYTE));
        const disk = await makeSmallDisk(scratch, 'disk');
        fs.writeFileSync(`${disk}/large`, 'as it was');
        const out = await runGlossa(scratch, ['fs', 'cp', 'data.vol:/large', 'disk/large']);
        expect(out).toMatchObject({
          status: 1,
          err: 'glossa fs cp: disk/large: No space left on device\n',
        });
        expect(fs.readdirSync(disk)).toEqual(['large']);
        expect(fs.readFileSync(`${disk}/large`, 'utf8')).toBe('as it was');
      });
    },
  );

  it('removes the unfinished file when it is interrupted, and ends with the signal’s status', async () => {
    await withScratch(async (scratch) => {
      const store = await makeVolume(scratch, SLOW);
      await scratch.writeFile('large', 'x'.repeat(32 * MEBIBYTE));
      fs.writeFileSync(`${store}/large`, 'as it was');
      const args = ['fs', 'cp', 'large', 'data.vol:/'];
      const { status, err } = await interruptCopy(scratch, args, store, 'SIGINT');
      expect({ status, err }).toEqual({ status: 130, err: 'glossa fs cp: interrupted\n' });
      expect(fs.readdirSync(store).filter((name) => name !== '.glusterfs')).toEqual(['large']);
      expect(fs.readFileSync(`${store}/large`, 'utf8')).toBe('as it was');
    });
  });

  it('leaves an unfinished copy only under a temporary name when it is killed', async () => {
    await withScratch(async (scratch) => {
      const store = await makeVolume(scratch, SLOW);
      await scratch.writeFile('large', 'x'.repeat(32 * MEBIBYTE));
      const args = ['fs', 'cp', 'large', 'data.vol:/'];
      const { signal } = await interruptCopy(scratch, args, store, 'SIGKILL');
      expect(signal).toBe('SIGKILL');
      expect(fs.readdirSync(store)).toEqual([expect.stringMatching(TEMPORARY)]);
    });
  });

  it('ends with status 0 before the end of a large file if the reader of its output has gone', async () => {
    await withScratch(async (scratch) => {
      const store = await makeVolume(scratch);
      // With holes, so that reading all of it takes longer than any test.
      fs.writeFileSync(`${store}/endless`, 'first\n');
      fs.truncateSync(`${store}/endless`, 2 ** 43);
      for (let at = 0; at < 3000; at += 1)
        fs.writeFileSync(`${store}/file-${at}-${'x'.repeat(200)}`, '');
      for (const command of [
        'cat data.vol:/endless',
        'find data.vol:/',
        'cp data.vol:/endless -',
      ]) {
        const line = `${glossaCommand} fs ${command} | head -c 5; echo "\${PIPESTATUS[0]}"`;
        const { out, err } = await run(scratch, 'bash', ['-c', line]);
        expect([err, out.slice(5)]).toEqual(['', '0\n']);
      }
    });
  });

  it('copies standard input to a file of the volume, whose name may have any bytes', async () => {
    await withScratch(async (scratch) => {
      const store = await makeVolume(scratch);
      const glossa = `${glossaCommand} fs`;
      const shell = (text: string) => run(scratch, 'bash', ['-c', text]);
      const name = `$'data.vol:/\\xff\\xc3('`;
      const written = await shell(`head -c 3000000 /dev/zero | ${glossa} cp - ${name}`);
      expect(written).toMatchObject({ status: 0, err: '' });
      const [stored] = fs.readdirSync(store, { encoding: 'buffer' });
      expect(stored).toEqual(Buffer.from([0xff, 0xc3, 0x28]));
      const read = await shell(
        `${glossa} cp ${name} - | wc -c; ${glossa} ls data.vol:/ | od -An -tx1`,
      );
      expect(read.out).toBe('3000000\n ff c3 28 0a\n');
    });
  });
});
