/** Bad arguments of every call, compared with those of Node: the same errors, before a request is sent. */
import * as disk from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeContext, makeTranslator, startGraph } from '../../test/support/core.ts';
import { makeFolder } from '../../test/support/folder.ts';
import { collect, fopNames, tail } from '../core/gen/fops.gen.ts';
import type { Fops } from '../core/xlator.ts';
import memory from '../xlators/storage/memory/index.ts';
import type { FileHandle } from './file-handle.ts';
import { Volume } from './volume.ts';

/** A volume over memory with the file `/a`, and the number of requests that it has sent since. */
interface CountedVolume {
  readonly volume: Volume;
  sent(): number;
}

/** @param former a volume to close before, whose memory is then free */
async function open(former?: CountedVolume): Promise<CountedVolume> {
  await former?.volume.close();
  let requests = 0;
  const take = (name: (typeof fopNames)[number]) =>
    collect[name]((frame, xl, args) => {
      requests += 1;
      (tail[name] as (...args: unknown[]) => void)(frame, xl.children[0]!, ...args);
    });
  const fops = Object.fromEntries(fopNames.map((name) => [name, take(name)])) as Fops<null>;
  const volumes = [{ translator: memory as never }, { translator: makeTranslator('count', fops) }];
  const volume = Volume.fromGraph(await startGraph(volumes, new FakeContext()), {
    ownsGraph: true,
  });
  onTestFinished(() => volume.close());
  await volume.writeFile('/a', 'text');
  requests = 0;
  return { volume, sent: () => requests };
}

/** Values that no argument may be, or that some may not. */
const VALUES: readonly unknown[] = [
  ...[null, true, 7, -1, 1.5, Number.NaN, 2 ** 40, 2 ** 53, -1n, 'a\0b', '', 'no word', [], {}],
  ...[
    Symbol('symbol'),
    () => {},
    new Date(Number.NaN),
    { encoding: 7 },
    { flag: 7 },
    { mode: 'x' },
  ],
  ...[{ recursive: 7 }, { signal: 7 }, { bigint: 7 }, Buffer.from('a\0b')],
];

/** Calls by name, with arguments that are right; P stands for a path that exists, N for one that does not. */
const [P, N] = [Symbol('path'), Symbol('new path')];
const CALLS: Readonly<Record<string, readonly unknown[]>> = {
  access: [P, 0],
  appendFile: [P, 'x', {}],
  chmod: [P, 0o644],
  chown: [P, 0, 0],
  copyFile: [P, N, 0],
  cp: [P, N, {}],
  lchown: [P, 0, 0],
  link: [P, N],
  lstat: [P, {}],
  lutimes: [P, 1, 1],
  mkdir: [N, {}],
  mkdtemp: [N, {}],
  open: [P, 'r', 0o644],
  opendir: [P, {}],
  readFile: [P, {}],
  readdir: [P, {}],
  readlink: [P, {}],
  realpath: [P, {}],
  rename: [P, N],
  rm: [P, {}],
  rmdir: [P],
  stat: [P, {}],
  statfs: [P, {}],
  symlink: ['target', N],
  truncate: [P, 1],
  unlink: [P],
  utimes: [P, 1, 1],
  writeFile: [P, 'x', {}],
};
const HANDLE_CALLS: Readonly<Record<string, readonly unknown[]>> = {
  appendFile: ['x', {}],
  chmod: [0o644],
  chown: [0, 0],
  read: [Buffer.alloc(4), 0, 4, 0],
  readFile: [{}],
  readv: [[Buffer.alloc(4)], 0],
  stat: [{}],
  truncate: [1],
  utimes: [1, 1],
  write: [Buffer.alloc(4), 0, 4, 0],
  writeFile: ['x', {}],
  writev: [[Buffer.alloc(4)], 0],
};

type Methods = Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>;

/** The code of the error of a call; undefined for a result. */
async function codeOf(
  target: object,
  name: string,
  args: readonly unknown[],
): Promise<string | undefined> {
  try {
    const result = await (target as Methods)[name]!(...args);
    await (result as { close?(): Promise<void> } | undefined)?.close?.();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

const isArgumentError = (code: string | undefined): boolean =>
  code !== undefined && /^ERR_(INVALID_ARG|OUT_OF_RANGE|INVALID_OPT)/.test(code);

const describeValue = (value: unknown): string =>
  typeof value === 'object' && value !== null && !(value instanceof Date) && !Buffer.isBuffer(value)
    ? JSON.stringify(value, (_, each: unknown) => each)
    : String(value);

/** All calls with one argument replaced. */
function listVariants(calls: typeof CALLS): [string, number, unknown][] {
  return Object.entries(calls).flatMap(([name, args]) =>
    args.flatMap((_, at) => VALUES.map((value): [string, number, unknown] => [name, at, value])),
  );
}

describe('a bad argument', () => {
  it.each(Object.keys(CALLS))(
    'passed to %s is refused with the error of Node, before a request is sent',
    async (name) => {
      const folder = makeFolder();
      const differences: string[] = [];
      let refusals = 0;
      let counted = await open();
      let isFolderUsed = true;
      for (const [, at, value] of listVariants({ [name]: CALLS[name]! })) {
        const isPath = typeof CALLS[name]![at] === 'symbol' || (name === 'symlink' && at === 0);
        // A relative path of Node's is in its working directory.
        if (isPath && typeof value === 'string' && !value.includes('\0')) continue;
        // Node does not end such a call.
        if (name === 'opendir' && typeof value === 'function') continue;
        const args = CALLS[name]!.map((each, index) => (index === at ? value : each));
        if (isFolderUsed) {
          await disk.rm(folder, { recursive: true, force: true });
          await disk.mkdir(folder);
          await disk.writeFile(join(folder, 'a'), 'text');
        }
        const onDisk = args.map((arg) =>
          arg === P ? join(folder, 'a') : arg === N ? join(folder, 'n') : arg,
        );
        const expected = await codeOf(disk, name, onDisk);
        isFolderUsed = !isArgumentError(expected);
        // A volume that got requests may be another one now.
        if (counted.sent() > 0) counted = await open(counted);
        const { volume, sent } = counted;
        const code = await codeOf(
          volume,
          name,
          args.map((arg) => (arg === P ? '/a' : arg === N ? '/n' : arg)),
        );
        const about = `${name}, argument ${at}: ${describeValue(value)}`;
        if (isArgumentError(code) && sent() > 0)
          differences.push(`${about}: ${code} after a request`);
        if (!isArgumentError(expected)) continue;
        refusals += 1;
        if (code !== expected) differences.push(`${about}: ${code}, by Node ${expected}`);
        if (sent() > 0) differences.push(`${about}: sent ${sent()}`);
      }
      expect(differences).toEqual([]);
      expect(refusals).toBeGreaterThan(0);
    },
  );

  it.each(['stat', 'lstat'])(
    'as the options of %s is refused only if this Node refuses it',
    async (name) => {
      const path = join(makeFolder(), 'a');
      await disk.writeFile(path, 'text');
      const { volume } = await open();
      for (const options of [null, [], '', 'utf8', {}, undefined]) {
        const expected = await codeOf(disk, name, [path, options]);
        const code = await codeOf(volume, name, ['/a', options]);
        expect([options, isArgumentError(code)]).toEqual([options, isArgumentError(expected)]);
      }
    },
  );

  it.each(Object.keys(HANDLE_CALLS))(
    'passed to a file’s %s is refused with the error of Node, before a request is sent',
    async (name) => {
      const path = join(makeFolder(), 'a');
      const differences: string[] = [];
      const openOnDisk = async (): Promise<disk.FileHandle> => {
        // An earlier call may have taken its owner's rights.
        await disk.rm(path, { force: true });
        await disk.writeFile(path, 'text');
        return disk.open(path, 'r+');
      };
      let onDisk = await openOnDisk();
      let counted = await open();
      let file: FileHandle = await counted.volume.open('/a', 'r+');
      for (const [, at, value] of listVariants({ [name]: HANDLE_CALLS[name]! })) {
        const args = HANDLE_CALLS[name]!.map((each, index) => (index === at ? value : each));
        // Bytes have members `offset` and `length`.
        if (name === 'read' && at === 1 && Buffer.isBuffer(value)) continue;
        // Node aborts for a length that is no integer.
        const isAborted = name === 'read' && at === 2;
        const expected = isAborted ? undefined : await codeOf(onDisk, name, args);
        if (!isAborted && !isArgumentError(expected)) {
          await onDisk.close();
          onDisk = await openOnDisk();
        }
        const { sent } = counted;
        const before = sent();
        const code = await codeOf(file, name, args);
        const count = sent() - before;
        const about = `${name}, argument ${at}: ${describeValue(value)}`;
        if (isArgumentError(code) && count > 0)
          differences.push(`${about}: ${code} after a request`);
        // A file that got requests may be another one now.
        if (count > 0) {
          await file.close();
          counted = await open(counted);
          file = await counted.volume.open('/a', 'r+');
        }
        if (!isArgumentError(expected)) continue;
        if (code !== expected) differences.push(`${about}: ${code}, by Node ${expected}`);
        if (count > 0) differences.push(`${about}: sent ${count}`);
      }
      await file.close();
      await onDisk.close();
      expect(differences).toEqual([]);
    },
  );
});
