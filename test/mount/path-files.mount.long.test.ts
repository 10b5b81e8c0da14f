/** File systems by path at their limits, through a mount: many names, files that come and go, many clients. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import {
  describeMounts,
  findErrors,
  runGlossa,
  type Scratch,
  type ServedMount,
  startMount,
  withScratch,
} from '../support/mount.ts';
import { readMemory } from '../support/process-memory.ts';

const LARGE = `from glupy import Files, directory

LISTS = {"/": ["h", "m"], "/h": [f"name-{i}" for i in range(100_000)], "/m": [f"name-{i}" for i in range(1_000_000)]}

class xlator(Files):
    def list(self, path):
        return LISTS[path]

    def stat(self, path):
        return directory() if path in LISTS else 1

    def read(self, path, offset, size):
        return b"x"
`;

/** Each answer comes a hundredth of a second later. */
const LATE = `import asyncio
from glupy import Files, directory

class xlator(Files):
    async def list(self, path):
        await asyncio.sleep(0.01)
        return [f"name-{i}" for i in range(20)]

    async def stat(self, path):
        await asyncio.sleep(0.01)
        return directory() if path == "/" else len(path)

    async def read(self, path, offset, size):
        await asyncio.sleep(0.01)
        return path.encode()[offset : offset + size]
`;

const renderVolfile = (options: Readonly<Record<string, string>>): string =>
  `volume files\n    type features/glupy\n${Object.entries(options)
    .map(([key, value]) => `    option ${key} ${value}\n`)
    .join('')}end-volume\n`;

async function countNodes(scratch: Scratch, { path }: ServedMount): Promise<number> {
  const { out } = await runGlossa(scratch, ['stats', path]);
  return Number(/^ *nodes +(\d+)$/m.exec(out)?.[1]);
}

const CREATIONS = 100_000;
const AT_A_TIME = 16;
/** The most that the server may grow by lists of a million names, of which it keeps none. */
const GROWTH_MIB = 300;

describeMounts('a file system by path', () => {
  it('lists each of 100,000 and of 1,000,000 names once', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('large.py', LARGE);
      const mount = await startMount(scratch, renderVolfile({ 'module-name': 'large.py' }));
      const before = readMemory(mount.child.pid!);
      for (const [name, count] of [
        ['h', 100_000],
        ['m', 1_000_000],
        ['m', 1_000_000],
      ] as const) {
        const names = await readdir(join(mount.path, name));
        expect([names.length, new Set(names).size]).toEqual([count, count]);
      }
      expect(readMemory(mount.child.pid!) - before).toBeLessThan(GROWTH_MIB);
      expect(findErrors(mount.log())).toEqual([]);
      expect(await mount.stop()).toBe(0);
    }));

  it('keeps no node of 100,000 files that were created and removed', () =>
    withScratch(async (scratch) => {
      const module = {
        'module-name': 'memory.py',
        'module-path': join(packageRoot, 'examples/files'),
      };
      const mount = await startMount(scratch, renderVolfile(module));
      const folder = join(mount.path, 'w');
      await mkdir(folder);
      const before = await countNodes(scratch, mount);
      const work = async (client: number): Promise<void> => {
        for (let index = client; index < CREATIONS; index += AT_A_TIME) {
          const path = join(folder, `name-${index}`);
          await writeFile(path, 'x');
          await unlink(path);
        }
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, (_, client) => work(client)));
      await vi.waitFor(
        async () => expect(await countNodes(scratch, mount)).toBeLessThanOrEqual(before),
        { timeout: 20_000, interval: 500 },
      );
      expect(findErrors(mount.log())).toEqual([]);
      expect(await mount.stop()).toBe(0);
    }));

  it('answers 32 clients of an async module at once', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('late.py', LATE);
      const mount = await startMount(scratch, renderVolfile({ 'module-name': 'late.py' }));
      const command = `cd ${mount.path} && for round in 1 2 3; do cat name-*; done`;
      const outputs = await Promise.all(
        Array.from({ length: 32 }, () => promisify(execFile)('sh', ['-c', command])),
      );
      const names = Array.from({ length: 20 }, (_, index) => `/name-${index}`);
      const expected = names.toSorted().join('').repeat(3);
      expect(outputs.map(({ stdout }) => stdout)).toEqual(outputs.map(() => expected));
      expect(findErrors(mount.log())).toEqual([]);
      expect(await mount.stop()).toBe(0);
    }));
});
