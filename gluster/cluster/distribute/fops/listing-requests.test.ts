/** Requests to the children for a listing, and its entries for any sizes, seeks and orders of replies. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tail, unwind, wind } from '../../../../runtime/core/gen/fops.gen.ts';
import type { Dirent } from '../../../../runtime/core/iatt.ts';
import { Fd, Loc } from '../../../../runtime/core/operands.ts';
import type { Cbk } from '../../../../runtime/core/xlator.ts';
import { makeTranslator } from '../../../../test/support/core.ts';
import { DistributedVolume, type FopReply } from '../../../../test/support/distributed-volume.ts';

type ListingFop = 'readdir' | 'readdirp';

/** Passes replies on without the mark of the last entries. */
const dropMark: Cbk<'readdirp', unknown> = (frame, _c, _xl, opRet, opErrno, entries, xdata) =>
  unwind.readdirp(frame, opRet, opRet < 0 ? opErrno : 0, entries, xdata);

/** A volume whose children reply to listings when the test lets them, in any order. */
class SlowVolume {
  readonly children: readonly string[];
  /** Requests to each child, as `offset` in its own listing. */
  readonly requests = new Map<string, number[]>();
  /** The most children that were listed at the same time. */
  simultaneousMax = 0;
  /** Whether children mark their last entries. */
  marksEnd = true;
  private volume!: DistributedVolume;
  private readonly waiting: (() => void)[] = [];

  private constructor(children: readonly string[]) {
    this.children = children;
  }

  static async start(childCount: number): Promise<SlowVolume> {
    const names = Array.from({ length: childCount }, (_, at) => `child${at}`);
    const slow = new SlowVolume(names);
    slow.volume = await DistributedVolume.start(names, {}, (name) => slow.makeLayer(name));
    return slow;
  }

  private makeLayer(name: string) {
    const { requests, waiting } = this;
    const isMarking = (): boolean => this.marksEnd;
    const noteWaiting = (): void => {
      this.simultaneousMax = Math.max(this.simultaneousMax, waiting.length);
    };
    requests.set(name, []);
    return {
      translator: makeTranslator('slow', {
        readdirp(frame, xl, ...args) {
          requests.get(name)!.push(args[2]);
          waiting.push(() => {
            if (isMarking()) tail.readdirp(frame, xl.children[0]!, ...args);
            else wind.readdirp(frame, 0, dropMark, xl.children[0]!, ...args);
          });
          noteWaiting();
        },
      }),
    };
  }

  open(): Fd {
    const fd = new Fd(this.volume.root, 0, 1, true);
    this.volume.ask('opendir', new Loc(this.volume.root), fd, null);
    return fd;
  }

  /** Makes a file on the child of its name's hash. */
  create(name: string): void {
    this.volume.create(`/${name}`);
  }

  /** Makes a file on any child. */
  make(child: string, name: string): void {
    const { volume } = this;
    const loc = new Loc(volume.graph.inodes.newInode(), volume.root, name);
    volume.askChild(child, 'mknod', loc, 0o100644, 0, 0, volume.gfidRequest());
  }

  remove(child: string, name: string): void {
    const reply = this.volume.askChild(
      child,
      'unlink',
      new Loc(null, this.volume.root, name),
      0,
      null,
    );
    expect(reply.opRet).toBe(0);
  }

  /** Lists once. @param choose picks the child that replies next, of so many that wait */
  read(
    fop: ListingFop,
    fd: Fd,
    size: number,
    offset: number,
    choose: (count: number) => number = () => 0,
  ): readonly Dirent[] {
    const reply: FopReply = this.volume.ask(fop, fd, size, offset, null);
    while (Number.isNaN(reply.opRet)) {
      const [next] = this.waiting.splice(choose(this.waiting.length), 1);
      next!();
    }
    expect(this.waiting).toEqual([]);
    expect(reply.opRet, `errno ${reply.opErrno}`).toBeGreaterThanOrEqual(0);
    return reply.values[0] as readonly Dirent[];
  }

  /** Lists all names, and returns the number of requests to the volume. */
  list(fop: ListingFop, size: number): { readonly names: string[]; readonly count: number } {
    for (const offsets of this.requests.values()) offsets.length = 0;
    this.simultaneousMax = 0;
    const fd = this.open();
    const names: string[] = [];
    for (let offset = 0, count = 1; ; count++) {
      const entries = this.read(fop, fd, size, offset);
      if (entries.length === 0) {
        fd.release();
        return { names: names.filter((name) => !name.startsWith('.')), count };
      }
      names.push(...entries.map(({ name }) => name));
      offset = entries.at(-1)!.off;
    }
  }

  /** The number of requests to each child. */
  get counts(): number[] {
    return this.children.map((child) => this.requests.get(child)!.length);
  }

  stop(): Promise<void> {
    return this.volume.stop();
  }
}

/** Makes files where their names belong. */
function createFiles(volume: SlowVolume, count: number): string[] {
  const names = Array.from({ length: count }, (_, n) => `f${n}`);
  for (const name of names) volume.create(name);
  return names;
}

/** Makes files, so many on each child. Most are misplaced, so that a listing takes two rounds. */
function makeFiles(volume: SlowVolume, counts: readonly number[]): string[] {
  return counts.flatMap((count, at) =>
    Array.from({ length: count }, (_, n) => {
      const name = `f${at}-${n}`;
      volume.make(volume.children[at]!, name);
      return name;
    }),
  );
}

test.each([1, 2, 3, 8])(
  'a small directory on %i children is listed by one request to each, all at the same time',
  async (childCount) => {
    const volume = await SlowVolume.start(childCount);
    const names = createFiles(volume, 30);
    const { names: listed, count } = volume.list('readdirp', 32_768);
    expect(listed.sort()).toEqual(names.sort());
    expect(volume.counts).toEqual(new Array(childCount).fill(1));
    expect(volume.simultaneousMax).toBe(childCount);
    // The entries, and the end.
    expect(count).toBe(2);
    await volume.stop();
  },
);

test('distribute lists at most 8 of 20 children at the same time', async () => {
  const volume = await SlowVolume.start(20);
  createFiles(volume, 40);
  expect(volume.list('readdirp', 32_768).count).toBe(2);
  expect(volume.counts).toEqual(new Array(20).fill(1));
  expect(volume.simultaneousMax).toBe(8);
  await volume.stop();
});

test('children that do not mark their last entries are asked for the end', async () => {
  const volume = await SlowVolume.start(3);
  volume.marksEnd = false;
  const names = createFiles(volume, 8);
  const { names: listed, count } = volume.list('readdir', 32_768);
  expect(listed.sort()).toEqual(names.sort());
  expect(Math.max(...volume.counts)).toBeLessThanOrEqual(2 * count);
  await volume.stop();
});

test('only so many of 20 children are read ahead as fill a reply', async () => {
  const volume = await SlowVolume.start(20);
  const names = createFiles(volume, 400);
  const list = (): number => {
    const before = volume.counts.reduce((all, each) => all + each, 0);
    expect(volume.list('readdirp', 4096).names.sort()).toEqual(names.sort());
    return volume.counts.reduce((all, each) => all + each, 0) - before;
  };
  list();
  // The entries of two children fill a reply.
  expect(list()).toBeLessThanOrEqual(60);
  await volume.stop();
});

test('a large directory is read ahead on other children only by its first listing', async () => {
  const volume = await SlowVolume.start(3);
  const names = createFiles(volume, 300);
  const list = (): number => {
    const { names: listed, count } = volume.list('readdirp', 4096);
    expect(listed.sort()).toEqual(names.sort());
    const sum = volume.counts.reduce((all, each) => all + each, 0);
    return sum - count;
  };
  expect(list()).toBeLessThanOrEqual(3);
  expect(list()).toBeLessThanOrEqual(1);
  expect(volume.simultaneousMax).toBe(1);
  await volume.stop();
});

interface Step {
  readonly size: number;
  /** The number of entries that the program takes: the kernel requests the others again. */
  readonly taken: number;
  /** The number of entries that the program seeks back before this step. */
  readonly back: number;
  /** A file that is removed before, by number. */
  readonly removed: number;
  readonly choices: readonly number[];
}

const steps = fc.array(
  fc.record({
    size: fc.oneof(fc.integer({ min: 200, max: 2000 }), fc.integer({ min: 2000, max: 20_000 })),
    taken: fc.oneof(fc.constant(1000), fc.integer({ min: 1, max: 20 })),
    back: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(60)),
    removed: fc.nat(400),
    choices: fc.array(fc.nat(7), { minLength: 1, maxLength: 6 }),
  }),
  { maxLength: 40 },
);

const distributions = fc.array(fc.oneof(fc.constant(0), fc.constant(3), fc.nat(60)), {
  minLength: 1,
  maxLength: 5,
});

test.each(['readdir', 'readdirp'] as const)(
  '%s returns each name that stays once, for any sizes, seeks, removals and orders of replies',
  async (fop) => {
    await fc.assert(
      fc.asyncProperty(
        distributions,
        fc.boolean(),
        steps,
        async (counts, marksEnd, all: readonly Step[]) => {
          const volume = await SlowVolume.start(counts.length);
          volume.marksEnd = marksEnd;
          const names = makeFiles(volume, counts);
          const removed = new Set<string>();
          const fd = volume.open();
          /** The entries that the program has read, up to its position. */
          const taken: Dirent[] = [];
          for (let at = 0; ; at++) {
            const step = all[at] ?? { size: 4096, taken: 1000, back: 0, removed: 0, choices: [0] };
            if (step.back > 0) taken.length = Math.max(0, taken.length - step.back);
            const name = names[step.removed];
            if (at < all.length && name !== undefined && !removed.has(name)) {
              removed.add(name);
              volume.remove(volume.children[Number(/\d+/.exec(name)![0])]!, name);
            }
            let choice = 0;
            const choose = (count: number): number =>
              step.choices[choice++ % step.choices.length]! % count;
            const offset = taken.at(-1)?.off ?? 0;
            const entries = volume.read(fop, fd, step.size, offset, choose);
            if (entries.length === 0 && at >= all.length) break;
            taken.push(...entries.slice(0, step.taken));
          }
          fd.release();
          const listed = taken.map((entry) => entry.name);
          expect(new Set(listed).size).toBe(listed.length);
          const stayed = ['.', '..', ...names.filter((name) => !removed.has(name))];
          expect(listed.filter((name) => !removed.has(name)).sort()).toEqual(stayed.sort());
          expect(new Set(taken.map(({ off }) => off)).size).toBe(taken.length);
          await volume.stop();
        },
      ),
      { numRuns: 120 },
    );
  },
);

test('a second request at the end of a listing returns names that were created meanwhile', async () => {
  const volume = await SlowVolume.start(2);
  createFiles(volume, 2);
  const fd = volume.open();
  const last = volume.read('readdirp', fd, 4096, 0).at(-1)!;
  volume.make('child1', 'new');
  expect(volume.read('readdirp', fd, 4096, last.off)).toEqual([]);
  expect(volume.read('readdirp', fd, 4096, last.off).map(({ name }) => name)).toEqual(['new']);
  fd.release();
  await volume.stop();
});
