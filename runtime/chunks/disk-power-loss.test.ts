/** A disk after a loss of power: the storage has lost all that was not synced, and the disk nothing that was flushed. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FakeContext, makeTranslator, startGraph } from '../../test/support/core.ts';
import { makeGate, type Verdict } from '../../test/support/shared-volume.ts';
import { Volume } from '../api/volume.ts';
import {
  collect,
  collectCbk,
  type FopName,
  fopNames,
  unwindArgs,
  windArgs,
} from '../core/gen/fops.gen.ts';
import type { Iatt } from '../core/iatt.ts';
import type { Fd, Loc } from '../core/operands.ts';
import lockTranslator from '../xlators/features/locks/index.ts';
import watch from '../xlators/features/watch/index.ts';
import memory from '../xlators/storage/memory/index.ts';
import { ChunkStore, Disk } from './index.ts';

const CHUNK_BYTES = 8;
const CHUNKS = 3;
const SIZE = CHUNKS * CHUNK_BYTES - 2;
const DIRECTORY = '/chunks';
const NO_BYTES = new Uint8Array(0);
const settings = { owner: 'test' };

/** The files of a directory, by name; and what of them is on the disk. */
class SyncedFiles {
  private readonly names = new Map<string, string>();
  private syncedNames = new Map<string, string>();
  private readonly data = new Map<string, Uint8Array>();
  private readonly syncedData = new Map<string, Uint8Array>();
  readonly translator = makeTranslator(
    'synced-files',
    Object.fromEntries(fopNames.map((name) => [name, this.makeFop(name)])) as never,
  );

  private makeFop(name: FopName) {
    const cbk = collectCbk[name]((frame, _cookie, _xl, opRet, opErrno, values) => {
      if (opRet >= 0) this.apply(name, frame.local as readonly unknown[], values);
      unwindArgs[name](frame, opRet, opErrno, values as never);
    });
    return collect[name]((frame, xl, args) => {
      // The caller reuses the data of a write after the wind.
      frame.local = args.map((arg) => (arg instanceof Uint8Array ? arg.slice() : arg));
      windArgs[name](frame, 0, cbk as never, xl.children[0]!, args as never);
    });
  }

  private apply(name: FopName, args: readonly unknown[], values: readonly unknown[]): void {
    const [first, second, third] = args;
    const gfid = (): string => (first as Fd).inode.gfid;
    const isInDirectory = (loc: Loc): boolean => loc.path.startsWith(`${DIRECTORY}/`);
    if (name === 'create' && isInDirectory(first as Loc)) {
      this.names.set((first as Loc).name!, (values[2] as Iatt).iaGfid);
    } else if (name === 'unlink') this.names.delete((first as Loc).name!);
    else if (name === 'rename') {
      this.names.set((second as Loc).name!, this.names.get((first as Loc).name!)!);
      this.names.delete((first as Loc).name!);
    } else if (name === 'writev') this.write(gfid(), second as Uint8Array, third as number);
    else if (name === 'zerofill')
      this.write(gfid(), new Uint8Array(third as number), second as number);
    else if (name === 'copy_file_range') {
      const [, , target, targetOffset] = args as [Fd, number, Fd, number, number];
      const [offset, length] = [second as number, args[4] as number];
      const copied = (this.data.get(gfid()) ?? NO_BYTES).slice(offset, offset + length);
      this.write(target.inode.gfid, copied, targetOffset);
    } else if (name === 'ftruncate' || name === 'truncate' || name === 'discard')
      throw new Error(`${name} is not expected`);
    else if (name === 'fsync') this.syncedData.set(gfid(), this.data.get(gfid()) ?? NO_BYTES);
    else if (name === 'fsyncdir') this.syncedNames = new Map(this.names);
  }

  private write(gfid: string, bytes: Uint8Array, offset: number): void {
    const old = this.data.get(gfid) ?? NO_BYTES;
    const data = new Uint8Array(Math.max(old.length, offset + bytes.length));
    data.set(old);
    data.set(bytes, offset);
    this.data.set(gfid, data);
  }

  /** Lists the files after a loss of power, which may have spared names or data that were not synced. */
  list(sparesNames: boolean, sparesData: boolean): [name: string, data: Uint8Array][] {
    const data = sparesData ? this.data : this.syncedData;
    return [...(sparesNames ? this.names : this.syncedNames)].map(([name, gfid]) => [
      name,
      data.get(gfid) ?? NO_BYTES,
    ]);
  }
}

/** The values that each byte may have: the newest that was flushed, and those written since. */
class Model {
  private readonly histories = Array.from({ length: SIZE }, () => [0]);
  /** By byte: the index of its newest value that was written, and of the oldest that it may have. */
  private readonly written = new Array<number>(SIZE).fill(0);
  private readonly oldest = new Array<number>(SIZE).fill(0);

  begin([offset, length]: Range, value: number): void {
    for (let at = offset; at < offset + length; at += 1) this.histories[at]!.push(value);
  }

  end([offset, length]: Range): void {
    for (let at = offset; at < offset + length; at += 1)
      this.written[at] = this.histories[at]!.length - 1;
  }

  /** Begins a flush. @returns a function to call after its reply */
  beginFlush(): () => void {
    const covered = [...this.written];
    return () =>
      covered.forEach((index, at) => {
        this.oldest[at] = Math.max(this.oldest[at]!, index);
      });
  }

  get newest(): Uint8Array {
    return Uint8Array.from(this.histories, (history) => history.at(-1)!);
  }

  check(data: Uint8Array): void {
    data.forEach((value, at) => {
      expect(this.histories[at]!.slice(this.oldest[at])).toContain(value);
    });
  }
}

type Range = readonly [offset: number, length: number];

interface Step {
  readonly kind: 'write' | 'clear' | 'flush' | 'snapshot';
  readonly range: Range;
  /** Requests that go on after it, each chosen among those that wait. */
  readonly choices: readonly number[];
}

const overlap = ([a, lengthA]: Range, [b, lengthB]: Range): boolean =>
  a < b + lengthB && b < a + lengthA;

const ranges = fc.oneof(
  fc
    .tuple(fc.nat(SIZE - 1), fc.integer({ min: 1, max: SIZE }))
    .map(([offset, length]) => [offset, Math.min(length, SIZE - offset)] as const),
  // A whole chunk, which `clear` removes.
  fc.nat(CHUNKS - 2).map((index) => [index * CHUNK_BYTES, CHUNK_BYTES] as const),
);

const steps = fc.record<Step>({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant('write' as const) },
    { weight: 3, arbitrary: fc.constant('clear' as const) },
    { weight: 4, arbitrary: fc.constant('flush' as const) },
    { weight: 1, arbitrary: fc.constant('snapshot' as const) },
  ),
  range: ranges,
  choices: fc.array(fc.nat(10), { maxLength: 30 }),
});

async function openStore(
  files: SyncedFiles,
  decide: () => Verdict,
  hold: (go: () => void) => void,
): Promise<ChunkStore> {
  const graph = await startGraph(
    [
      { translator: memory as never },
      { translator: lockTranslator as never },
      { translator: watch as never },
      { translator: files.translator as never },
      { translator: makeGate(decide, hold) as never },
    ],
    new FakeContext(),
  );
  const volume = Volume.fromGraph(graph, { ownsGraph: true });
  return ChunkStore.open(volume, { directory: DIRECTORY, chunkSize: CHUNK_BYTES, openFiles: 2 });
}

it('a disk has all that was flushed, and a snapshot all of it, after a loss of power at any time', async () => {
  const counts = { flushes: 0, snapshots: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(steps, { minLength: 3, maxLength: 25 }),
      fc.boolean(),
      fc.boolean(),
      async (list, sparesNames, sparesData) => {
        const files = new SyncedFiles();
        const held: (() => void)[] = [];
        let verdict: Verdict = 'pass';
        const store = await openStore(
          files,
          () => verdict,
          (go) => void held.push(go),
        );
        const disk = await Disk.create(store, 'disk', { size: SIZE, ...settings });
        verdict = 'hold';
        const model = new Model();
        const snapshots = new Map<string, Uint8Array>();
        const underWay = new Set<Range>();

        async function goOn(choice: number): Promise<void> {
          held.splice(choice % Math.max(1, held.length), 1)[0]?.();
          await new Promise((resolve) => setImmediate(resolve));
        }
        /** Lets requests go on until no change of a range is under way. */
        async function settle(range: Range): Promise<void> {
          while ([...underWay].some((each) => overlap(each, range))) await goOn(0);
        }
        /** Counts a change as under way until it ends. */
        function track(range: Range, change: Promise<void>): void {
          underWay.add(range);
          void change.then(() => {
            underWay.delete(range);
            model.end(range);
          });
        }

        let stamp = 0;
        for (const { kind, range, choices } of list) {
          if (kind === 'flush') {
            const end = model.beginFlush();
            void disk.flush().then(() => {
              counts.flushes += 1;
              end();
            });
          } else if (kind === 'snapshot') {
            await settle([0, SIZE]);
            const name = `snapshot${snapshots.size}`;
            let isMade = false;
            const snapshot = disk.snapshot(name).then(() => {
              isMade = true;
            });
            while (!isMade) await goOn(0);
            await snapshot;
            snapshots.set(name, model.newest);
            counts.snapshots += 1;
          } else {
            await settle(range);
            if (kind === 'write') stamp = (stamp % 255) + 1;
            const value = kind === 'write' ? stamp : 0;
            model.begin(range, value);
            const [offset, length] = range;
            track(
              range,
              kind === 'write'
                ? disk.write(offset, new Uint8Array(length).fill(value))
                : disk.clear(offset, length),
            );
          }
          for (const choice of choices) await goOn(choice);
        }

        const after = await openStore(
          new SyncedFiles(),
          () => 'pass',
          () => {},
        );
        for (const [name, data] of files.list(sparesNames, sparesData))
          await after.volume.writeFile(`${DIRECTORY}/${name}`, data);
        model.check(await (await Disk.open(after, 'disk', settings)).read(0, SIZE));
        for (const [name, expected] of snapshots)
          expect(await (await Disk.open(after, name, settings)).read(0, SIZE)).toEqual(expected);
        // The program is gone with its requests.
        await after.volume.close();
      },
    ),
    { numRuns: 60 },
  );
  expect(counts.flushes).toBeGreaterThan(0);
  expect(counts.snapshots).toBeGreaterThan(0);
});

it.each([
  ['the same owner', { owner: 'test' }],
  ['another owner', { owner: 'other', breakLockOf: 'test' }],
])(
  'a disk that %s takes from a killed program has its writes after a flush and a loss of power',
  async (_title, taker) => {
    const files = new SyncedFiles();
    const store = await openStore(
      files,
      () => 'pass',
      () => {},
    );
    const killed = await Disk.create(store, 'disk', { size: SIZE, ...settings });
    const data = new Uint8Array(SIZE).fill(7);
    await killed.write(0, data);
    // The client of the killed program connects to the next one, and has it flush the disk.
    const next = await Disk.open(await ChunkStore.open(store.volume), 'disk', taker);
    await next.flush();
    const after = await openStore(
      new SyncedFiles(),
      () => 'pass',
      () => {},
    );
    for (const [name, bytes] of files.list(false, false))
      await after.volume.writeFile(`${DIRECTORY}/${name}`, bytes);
    expect(await (await Disk.open(after, 'disk', settings)).read(0, SIZE)).toEqual(data);
    await Promise.all([after.volume.close(), store.volume.close()]);
  },
);
