/** A storage/memory mount returns memory to the system when files go, without a forced GC. */
import { expect, it, vi } from 'vitest';
import {
  describeMounts,
  type ServedMount,
  startMount,
  withScratch,
} from '../../../../test/support/mount.ts';
import { readMemory } from '../../../../test/support/process-memory.ts';

const volfile = 'volume mem\n    type storage/memory\nend-volume\n';

/** In MiB: the size of a file, and how much memory may remain as garbage of requests. */
const FILE = 200;
const LEFT = 100;

/** A mount for as long as `work` takes. */
const onMount = (
  options: string,
  work: (sh: (script: string) => Promise<string>, mount: ServedMount) => Promise<void>,
): Promise<void> =>
  withScratch(async (scratch) => {
    const mount = await startMount(scratch, volfile.replace('end-', `${options}\nend-`));
    const sh = async (script: string): Promise<string> => {
      const { out, err } = await scratch.startClient(mount.path, script).outcome;
      return out + err;
    };
    await work(sh, mount);
    expect(await mount.stop()).toBe(0);
  });

const fill = (name: string): string => `head -c ${FILE}M /dev/zero > ${name}`;

describeMounts('memory of the process', () => {
  it.each([
    ['unlink', 'rm f'],
    ['truncate', ': > f'],
    ['rename over it', 'echo x > g; mv g f'],
    ['holes', `fallocate -p -o 0 -l ${FILE}M f`],
    ['the end of a removed file', 'exec 3< f; rm f; head -c 10 <&3 | wc -c; exec 3<&-'],
  ])('is returned to the system after %s', (_name, script) =>
    onMount('', async (sh, { child }) => {
      const begin = readMemory(child.pid!);
      expect(await sh(fill('f'))).toBe('');
      expect(readMemory(child.pid!) - begin).toBeGreaterThan(FILE);
      await sh(script);
      // The kernel sends its FORGET some time later.
      await vi.waitFor(() => expect(readMemory(child.pid!) - begin).toBeLessThan(LEFT), {
        timeout: 60_000,
      });
    }),
  );

  it('is returned to the system when one of two files that were written in turn is unlinked', () =>
    onMount('', async (sh, { child }) => {
      await sh(`for i in $(seq ${FILE / 4}); do
        head -c 2M /dev/zero >> f; head -c 2M /dev/zero >> g; done; echo end >> g`);
      const both = readMemory(child.pid!);
      await sh('rm f');
      await vi.waitFor(
        () => expect(readMemory(child.pid!)).toBeLessThan(both - 0.75 * (FILE / 2)),
        {
          timeout: 60_000,
        },
      );
      expect(await sh('tail -c 4 g; tr -d "\\0" < g')).toBe('end\nend\n');
    }));

  it('is not used by the holes of a sparse file of a tebibyte', () =>
    onMount('', async (sh, { child }) => {
      const begin = readMemory(child.pid!);
      expect(await sh('truncate -s 1T f; echo end >> f; stat -c "%s %b" f; tail -c 4 f')).toBe(
        `${2 ** 40 + 4} 8\nend\n`,
      );
      expect(readMemory(child.pid!) - begin).toBeLessThan(LEFT);
    }));
});

const SIZE = 8 << 20;
const figures = "stat -f -c '%S %b %f %a %c %d %l' .";
const numbers = (text: string): number[] => text.trim().split(' ').map(Number);

describeMounts('df', () => {
  it('shows the limits of options size and inodes and the same used space as du, and ENOSPC harms no file', () =>
    onMount(`    option size ${SIZE}\n    option inodes 5`, async (sh) => {
      expect(numbers(await sh(figures))).toEqual([4096, 2048, 2048, 2048, 5, 4, 255]);
      await sh('mkdir d; head -c 1000000 /dev/zero > d/f; truncate -s 1G s');
      const [, blocks, free, , , ffree] = numbers(await sh(figures));
      const used = (blocks! - free!) * 4;
      expect(await sh('du -sk .')).toBe(`${used}\t.\n`);
      expect([used, ffree]).toEqual([980, 1]);
      expect(await sh('cp d/f full && cat /dev/zero > full')).toMatch('No space left on device');
      expect(numbers(await sh(figures)).slice(2, 6)).toEqual([0, 0, 5, 0]);
      expect(await sh(': > more')).toMatch('No space left on device');
      expect(await sh('head -c 1000000 /dev/zero | cmp - d/f; rm full; : > more; ls')).toBe(
        'd\nmore\ns\n',
      );
    }));

  it('without limits shows the free memory of the machine', () =>
    onMount('', async (sh) => {
      await sh('head -c 40M /dev/zero > f');
      const [size, blocks, free, available, files, ffree] = numbers(await sh(figures));
      const memory = process.availableMemory() / size!;
      expect(blocks! - free!).toBe(10_240);
      expect(available).toBe(free);
      // Other processes use memory meanwhile.
      expect(free! / memory).toBeGreaterThan(0.5);
      expect(free! / memory).toBeLessThan(2);
      expect(files! - ffree!).toBe(2);
    }));
});
