/** `--kernel-writeback-cache`: data that the kernel delays, and its visibility. */
import { constants, type Stats } from 'node:fs';
import { appendFile, open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { Dump } from '../../runtime/core/xlator.ts';
import * as libc from '../../runtime/sys/libc.ts';
import type { VolumeDumps } from '../../server/statedump/volume-dumps.ts';
import {
  describeMounts,
  runGlossa,
  type Scratch,
  startMount,
  withScratch,
} from '../support/mount.ts';
import { describeStages } from '../support/stage.ts';
import { onlyInFirst } from '../support/test-selection.ts';

const { O_APPEND, O_CREAT, O_RDWR, O_TRUNC, O_WRONLY } = constants;
const SEEK_DATA = 3;

const volfile = (directory: string): string => `volume brick
    type storage/posix
    option directory ${directory}
end-volume
volume counts
    type debug/io-stats
    option count-fop-hits on
    option latency-measurement on
    subvolumes brick
end-volume
`;

const startWriteback = async (scratch: Scratch, args = ['--kernel-writeback-cache']) =>
  startMount(scratch, volfile(await scratch.makeFolder('data')), { args });

/** Dumps of the mount's volumes, by type. */
async function dumps(scratch: Scratch, path: string): Promise<Map<string, Dump>> {
  const { out } = await runGlossa(scratch, ['stats', path, '--json']);
  const { volumes } = JSON.parse(out) as VolumeDumps;
  return new Map(volumes.map(({ type, dump }) => [type, dump]));
}

const mtime = ({ mtimeMs }: Stats): number => mtimeMs;

onlyInFirst(() =>
  describeMounts('the writeback cache', () => {
    it('merges many small writes into few, and all data is stored when the file is closed', () =>
      withScratch(async (scratch) => {
        const mount = await startWriteback(scratch);
        const line = 'x'.repeat(99);
        const file = await open(`${mount.path}/f`, 'w');
        for (let i = 0; i < 2000; i++) await file.write(`${line}\n`);
        expect((await file.stat()).size).toBe(200_000);
        await file.close();
        expect(await readFile(scratch.at('data', 'f'), 'utf8')).toBe(`${line}\n`.repeat(2000));
        const dump = await dumps(scratch, mount.path);
        expect(dump.get('mount/fuse')).toMatchObject({
          'writeback-cache': 'on',
          passthrough: 'off',
        });
        // Two suffice; old pages may be written back meanwhile.
        expect(dump.get('debug/io-stats')!['WRITE.hits']).toBeLessThan(500);
        expect(await mount.stop()).toBe(0);
      }));

    it('is off by default, so each write reaches the storage at once', () =>
      withScratch(async (scratch) => {
        const mount = await startWriteback(scratch, ['--no-passthrough']);
        const file = await open(`${mount.path}/f`, 'w');
        for (let i = 0; i < 100; i++) await file.write('line\n');
        await file.close();
        const dump = await dumps(scratch, mount.path);
        expect(dump.get('mount/fuse')).toMatchObject({ 'writeback-cache': 'off' });
        expect(dump.get('debug/io-stats')!['WRITE.hits']).toBe(100);
        expect(await mount.stop()).toBe(0);
      }));

    it('is written to the storage by fsync, and at the end of the mount', () =>
      withScratch(async (scratch) => {
        const mount = await startWriteback(scratch);
        const file = await open(`${mount.path}/f`, O_RDWR | O_CREAT);
        await file.write('one ');
        await file.sync();
        expect(await readFile(scratch.at('data', 'f'), 'utf8')).toBe('one ');
        await file.write(Buffer.alloc(3_000_000, 'two'));
        // With the file still open.
        expect(await mount.stop()).toBe(0);
        const all = await readFile(scratch.at('data', 'f'), 'utf8');
        expect(all === `one ${'two'.repeat(1_000_000)}`).toBe(true);
        await file
          .close()
          .catch(({ code }) => expect(['ENOTCONN', 'ECONNABORTED']).toContain(code));
      }));

    it('writes part of a page to a file that is open for writing only', () =>
      withScratch(async (scratch) => {
        const mount = await startWriteback(scratch);
        await writeFile(scratch.at('data', 'f'), 'a'.repeat(10_000), { mode: 0o200 });
        const file = await open(`${mount.path}/f`, O_WRONLY);
        await file.write('bcd', 5000);
        await file.close();
        const expected = `${'a'.repeat(5000)}bcd${'a'.repeat(4997)}`;
        expect(await readFile(scratch.at('data', 'f'), 'utf8')).toBe(expected);
        expect(await mount.stop()).toBe(0);
      }));

    it('appends at the end of the file, even after others extend or truncate it', () =>
      withScratch(async (scratch) => {
        const mount = await startWriteback(scratch);
        const path = `${mount.path}/f`;
        const one = await open(path, O_WRONLY | O_APPEND | O_CREAT);
        const two = await open(path, O_RDWR | O_APPEND);
        await one.write('1');
        await two.write('22');
        await one.write('333');
        await truncate(path, 4);
        await two.write('4444');
        await one.close();
        await appendFile(path, '5');
        await two.close();
        expect(await readFile(scratch.at('data', 'f'), 'utf8')).toBe('1223' + '4444' + '5');
        const again = await open(path, O_WRONLY | O_TRUNC);
        await again.write('6');
        await again.close();
        expect(await readFile(scratch.at('data', 'f'), 'utf8')).toBe('6');
        expect(await mount.stop()).toBe(0);
      }));

    it('keeps times that were set, and shows the times of writes', () =>
      withScratch(async (scratch) => {
        const mount = await startWriteback(scratch);
        const at = (name: string): string => `${mount.path}/${name}`;
        const [set, left] = [await open(at('set'), 'w'), await open(at('left'), 'w')];
        await set.write('data');
        await left.write('data');
        await set.sync();
        await set.utimes(1_000_000, 2_000_000);
        const times = [mtime(await set.stat()), mtime(await left.stat())];
        expect(times[0]).toBe(2_000_000_000);
        await set.close();
        await left.close();
        const names = ['set', 'left'];
        expect(await Promise.all(names.map(async (name) => mtime(await stat(at(name)))))).toEqual(
          times,
        );
        expect(mtime(await stat(scratch.at('data', 'set')))).toBe(times[0]);
        // When the kernel writes back for another reason, data may arrive after its time was set.
        expect(mtime(await stat(scratch.at('data', 'left')))).toBeGreaterThanOrEqual(times[1]!);
        expect(await mount.stop()).toBe(0);
      }));

    it('reports data that is not written back yet as data, not as a hole', () =>
      withScratch(async (scratch) => {
        const mount = await startWriteback(scratch);
        const file = await open(`${mount.path}/f`, O_RDWR | O_CREAT);
        try {
          await file.write('data', 4096);
          expect(libc.lseek(file.fd, 4096, SEEK_DATA)).toBe(4096);
        } finally {
          await file.close();
        }
        expect(await mount.stop()).toBe(0);
      }));
  }),
);

describeStages(
  'the writeback cache with shell commands',
  { kernel: ['posix'], user: ['posix', 'python'] },
  (stage) => {
    it('shows written, appended, truncated and copied data', () =>
      stage.compareScript(`for i in $(seq 500); do echo "line $i"; done > f; md5sum < f; stat -c %s f
        for n in 1 2 3; do for i in $(seq 100); do echo "$n $i" >> g; done & done; wait; sort -o g g; md5sum < g
        truncate -s 1000 f; echo end >> f; tail -c 20 f; cp f h; cmp f h; mv h i; sync i; rm f; ls
        dd if=/dev/zero bs=3000 count=700 of=k status=none; printf x | dd of=k bs=1 seek=5000 conv=notrunc status=none
        md5sum < k; exec 3<> i; echo IN >&3; head -c 6 i; rm i; cat <&3 | wc -c`));
  },
  { args: ['--kernel-writeback-cache'] },
);
