/**
 * Files that the kernel reads and writes itself (passthrough), and files whose data a module
 * watches.
 */
import { closeSync, constants, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { Dump } from '../../runtime/core/xlator.ts';
import type { VolumeDumps } from '../../server/statedump/volume-dumps.ts';
import { describeFrontEnds } from '../support/front-ends.ts';
import {
  describeMounts,
  findErrors,
  runGlossa,
  type Scratch,
  type ServedMount,
  startMount,
  withScratch,
} from '../support/mount.ts';
import { onlyInFirst } from '../support/test-selection.ts';

const { O_CREAT, O_RDWR } = constants;

/** Swaps the case of read data, which shows that it was called. */
const WATCHES = `from glupy import Translator


class xlator(Translator):
    def readv_cbk(self, frame, op_ret, op_errno, vector, *reply):
        frame.unwind(op_ret, op_errno, bytes(vector).swapcase(), *reply)
`;
const LOOKS_AWAY = `from glupy import Translator


class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        frame.wind(loc, xdata)
`;

const storage = (directory: string): string => `volume brick
    type storage/posix
    option directory ${directory}
end-volume
`;

const under = (directory: string): string => `${storage(directory)}volume top
    type features/glupy
    option module-name m
    subvolumes brick
end-volume
`;

async function fuse(scratch: Scratch, { path }: ServedMount): Promise<Dump> {
  const { out } = await runGlossa(scratch, ['stats', path, '--json']);
  const { volumes } = JSON.parse(out) as VolumeDumps;
  return volumes.find(({ type }) => type === 'mount/fuse')!.dump;
}

onlyInFirst(() =>
  describeMounts('passthrough', () => {
    it("lets programs use the disk's file directly when the storage is the only volume", () =>
      withScratch(async (scratch) => {
        const mount = await startMount(scratch, storage(await scratch.makeFolder('data')));
        const file = await open(`${mount.path}/f`, O_RDWR | O_CREAT);
        const more = await open(`${mount.path}/f`, O_RDWR);
        try {
          await file.write('one two');
          expect(await readFile(scratch.at('data', 'f'), 'utf8')).toBe('one two');
          expect((await file.stat()).size).toBe(7);
          // The kernel sees this change by itself.
          await writeFile(scratch.at('data', 'f'), 'THREE');
          expect(String((await more.read({ position: 0 })).buffer.subarray(0, 5))).toBe('THREE');
          const dump = await fuse(scratch, mount);
          expect(dump).toMatchObject({ passthrough: 'on', 'passthrough-fds': 2 });
        } finally {
          await file.close();
          await more.close();
        }
        await rm(`${mount.path}/f`);
        expect(await mount.stop()).toBe(0);
      }));

    it('stays on below a module that handles only lookups', () =>
      withScratch(async (scratch) => {
        await scratch.writeFile('m.py', LOOKS_AWAY);
        const mount = await startMount(scratch, under(await scratch.makeFolder('data')));
        await writeFile(`${mount.path}/f`, 'text');
        expect(await readFile(`${mount.path}/f`, 'utf8')).toBe('text');
        expect((await fuse(scratch, mount))['passthrough-opened']).toBe(2);
        expect(await mount.stop()).toBe(0);
      }));

    it('is off below a module that watches reads', () =>
      withScratch(async (scratch) => {
        await scratch.writeFile('m.py', WATCHES);
        const mount = await startMount(scratch, under(await scratch.makeFolder('data')));
        await writeFile(`${mount.path}/f`, 'Text');
        expect(await readFile(`${mount.path}/f`, 'utf8')).toBe('tEXT');
        expect((await fuse(scratch, mount))['passthrough-opened']).toBe(0);
        expect(await mount.stop()).toBe(0);
      }));

    it('is not used for files opened after a module begins to watch reads', () =>
      withScratch(async (scratch) => {
        await scratch.writeFile('m.py', LOOKS_AWAY);
        const mount = await startMount(scratch, under(await scratch.makeFolder('data')));
        const before = await open(`${mount.path}/f`, O_RDWR | O_CREAT);
        try {
          await before.write('Text');
          await scratch.writeFile('m.py', WATCHES);
          expect(await runGlossa(scratch, ['reload', mount.path])).toMatchObject({ status: 0 });
          await writeFile(`${mount.path}/g`, 'New');
          expect(await readFile(`${mount.path}/g`, 'utf8')).toBe('nEW');
          // The kernel keeps this one until all programs have closed it.
          expect(await readFile(`${mount.path}/f`, 'utf8')).toBe('Text');
        } finally {
          await before.close();
        }
        expect(await readFile(`${mount.path}/f`, 'utf8')).toBe('tEXT');
        expect(await mount.stop()).toBe(0);
      }));

    it('is not used for later opens of a file that is open without it', () =>
      withScratch(async (scratch) => {
        await scratch.writeFile('m.py', WATCHES);
        const mount = await startMount(scratch, under(await scratch.makeFolder('data')));
        const before = await open(`${mount.path}/f`, O_RDWR | O_CREAT);
        try {
          await before.write('Text');
          await scratch.writeFile('m.py', LOOKS_AWAY);
          expect(await runGlossa(scratch, ['reload', mount.path])).toMatchObject({ status: 0 });
          expect(await readFile(`${mount.path}/f`, 'utf8')).toBe('Text');
          expect((await fuse(scratch, mount))['passthrough-opened']).toBe(0);
        } finally {
          await before.close();
        }
        expect(await readFile(`${mount.path}/f`, 'utf8')).toBe('Text');
        expect((await fuse(scratch, mount))['passthrough-opened']).toBe(1);
        expect(await mount.stop()).toBe(0);
      }));

    it('lets the kernel cache attributes of a file that was open for reading and writing, once no program can write to it', () =>
      withScratch(async (scratch) => {
        const args = ['--attribute-timeout', '600', '--entry-timeout', '600'];
        const data = await scratch.makeFolder('data');
        const mount = await startMount(scratch, storage(data), { args });
        const path = `${mount.path}/f`;
        /** Asks for the attributes so many times; returns how many of them reached the server. */
        const countAsked = async (times: number): Promise<number> => {
          const before = (await fuse(scratch, mount)).requests as number;
          for (let i = 0; i < times; i += 1) statSync(path);
          return ((await fuse(scratch, mount)).requests as number) - before;
        };
        const descriptors = () => readdirSync(`/proc/${mount.child.pid}/fd`).length;
        closeSync(openSync(path, O_RDWR | O_CREAT));
        expect(await countAsked(1000)).toBeLessThan(20);
        const atFirst = descriptors();
        // As a mapping, another program's descriptor lets the file change without a request.
        const below = openSync(`${data}/f`, 'r+');
        closeSync(openSync(path, O_RDWR));
        expect(await countAsked(100_000)).toBeGreaterThanOrEqual(100_000);
        writeSync(below, 'longer');
        expect(statSync(path).size).toBe(6);
        closeSync(below);
        expect(await countAsked(1000)).toBeLessThan(20);
        expect(descriptors()).toBe(atFirst);
        expect(await mount.stop()).toBe(0);
      }));

    it('disturbs no program that opens the file below for writing', () =>
      withScratch(async (scratch) => {
        const data = await scratch.makeFolder('data');
        const mount = await startMount(scratch, storage(data));
        const path = `${mount.path}/f`;
        closeSync(openSync(path, O_RDWR | O_CREAT));
        const held = openSync(`${data}/f`, 'r+');
        closeSync(openSync(path, O_RDWR));
        closeSync(held);
        const script = 'for (1..200000) { open F, ">>", "f" or die $!; print F "x"; close F }';
        const writing = scratch.startClient(data, `perl -e '${script}'`).outcome;
        let isOver = false;
        void writing.then(() => {
          isOver = true;
        });
        while (!isOver) {
          closeSync(openSync(path, O_RDWR));
          for (let i = 0; i < 100; i += 1) statSync(path);
          await new Promise((resolve) => setImmediate(resolve));
        }
        expect(await writing).toMatchObject({ status: 0 });
        expect(statSync(`${data}/f`).size).toBe(200_000);
        expect(await mount.stop()).toBe(0);
      }));

    it('reads and writes exact sizes beyond 8 PiB, which the server refuses without passthrough', () =>
      withScratch(async (scratch) => {
        // An ext4 file cannot be so large.
        const data = await mkdtemp('/dev/shm/glossa-passthrough-');
        try {
          // Odd and at least 2^53: no Number represents it.
          const at = 2n ** 53n + 1n;
          const mount = await startMount(scratch, storage(data), {
            args: ['--attribute-timeout', '0'],
          });
          const sh = async (command: string) => {
            const { out } = await scratch.startClient(mount.path, `exec 2>&1; ${command}`).outcome;
            return out.replace(/^.*: /gm, '');
          };
          const seek = (from: bigint) =>
            `perl -e 'open F, "<f"; print sysseek(F, ${from}, 3) // $!'`;
          expect(
            await sh(`printf x | dd of=f bs=1 seek=${at} conv=notrunc status=none; stat -c %s f; printf y >> f
            stat -c %s f; ls -l | grep -o ${at + 2n}
            dd if=f bs=1 skip=${at} status=none; echo; truncate -s ${at} f; ${seek(0n)}`),
          ).toBe(
            `${at + 1n}\n${at + 2n}\n${at + 2n}\nxy\nFile too large\nValue too large for defined data type`,
          );
          expect((await fuse(scratch, mount))['passthrough-opened']).toBeGreaterThan(0);
          expect(await mount.stop()).toBe(0);

          const served = await startMount(scratch, storage(data), { args: ['--no-passthrough'] });
          const overflow = 'Value too large for defined data type';
          expect(
            await sh(`stat -c %s f; printf z | dd of=f bs=1 seek=${at} conv=notrunc status=none
            dd if=f bs=1 skip=${at} status=none; ${seek(at)}; echo;
            truncate -s 5 f; stat -c %s f; ${seek(at)}`),
          ).toBe(
            `${at + 2n}\nFile too large\n${overflow}\n${overflow}\n5\nNo such device or address`,
          );
          expect(await served.stop()).toBe(0);
        } finally {
          await rm(data, { recursive: true });
        }
      }));
  }),
);

describeFrontEnds('a mount without passthrough', ['kernel', 'user'], (front) => {
  it('serves reads and writes itself without a warning, if an option or missing permission prevents passthrough', () =>
    front.withScratch(async (scratch) => {
      const text = storage(await scratch.makeFolder('data'));
      // Passthrough needs CAP_SYS_ADMIN; other users need no option.
      const args = front.name === 'kernel' ? ['--no-passthrough'] : [];
      const mount = await startMount(scratch, text, { args });
      await scratch.fs.writeFile(`${mount.path}/f`, 'text');
      expect(await scratch.fs.readFile(`${mount.path}/f`, 'utf8')).toBe('text');
      expect(await fuse(scratch, mount)).toMatchObject({ 'passthrough-opened': 0 });
      expect(findErrors(mount.log())).toEqual([]);
      expect(await mount.stop()).toBe(0);
    }));
});
