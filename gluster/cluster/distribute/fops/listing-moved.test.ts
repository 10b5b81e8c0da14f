/** Listings while files are moved from child to child, as a rebalance moves them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Dict } from '../../../../runtime/core/dict.ts';
import type { Dirent, Iatt } from '../../../../runtime/core/iatt.ts';
import { Fd, Loc } from '../../../../runtime/core/operands.ts';
import { GFID_REQ } from '../../../../runtime/core/xdata.ts';
import { DistributedVolume } from '../../../../test/support/distributed-volume.ts';

const CHILDREN = ['wz', 'wa', 'wm'];
const NAMES = Array.from({ length: 60 }, (_, n) => `n${n}`);

class MovingVolume {
  readonly volume: DistributedVolume;
  private readonly at = new Map<string, string>();
  private fd: Fd;

  private constructor(volume: DistributedVolume) {
    this.volume = volume;
    this.fd = this.open();
  }

  static async start(): Promise<MovingVolume> {
    const moving = new MovingVolume(await DistributedVolume.start(CHILDREN));
    for (const [n, name] of NAMES.entries()) moving.make(CHILDREN[n % 3]!, name, null);
    return moving;
  }

  /** Makes a file on any child. @param gfid that it had on another child */
  private make(child: string, name: string, gfid: Iatt['iaGfid'] | null): void {
    const { volume } = this;
    const loc = new Loc(volume.graph.inodes.newInode(), volume.root, name);
    const xdata = gfid === null ? volume.gfidRequest() : new Dict().setGfid(GFID_REQ, gfid);
    expect(volume.askChild(child, 'mknod', loc, 0o100644, 0, 0, xdata).opRet).toBe(0);
    this.at.set(name, child);
  }

  move(name: string, to: string): void {
    const from = this.at.get(name)!;
    if (from === to) return;
    const { volume } = this;
    const { iaGfid } = volume.readChild(from, `/${name}`)!.buf;
    this.make(to, name, iaGfid);
    expect(volume.askChild(from, 'unlink', new Loc(null, volume.root, name), 0, null).opRet).toBe(
      0,
    );
  }

  private open(): Fd {
    const fd = new Fd(this.volume.root, 0, 1, true);
    this.volume.ask('opendir', new Loc(this.volume.root), fd, null);
    return fd;
  }

  /** Returns the entries after an offset. */
  step(fop: 'readdir' | 'readdirp', offset: number): readonly Dirent[] {
    const { opRet, opErrno, values } = this.volume.ask(fop, this.fd, 600, offset, null);
    if (opRet < 0) throw new Error(`errno ${opErrno}`);
    return values[0] as Dirent[];
  }

  async stop(): Promise<void> {
    this.fd.release();
    await this.volume.stop();
  }
}

interface Step {
  /** Files that are moved before it, by number. */
  readonly moves: readonly (readonly [name: number, child: number])[];
  /** The number of entries that a program takes before it asks again. */
  readonly taken: number;
}

const steps = fc.array(
  fc.record({
    moves: fc.array(fc.tuple(fc.nat(NAMES.length - 1), fc.nat(2)), { maxLength: 12 }),
    taken: fc.integer({ min: 1, max: 20 }),
  }),
  { maxLength: 40 },
);

test.each(['readdir', 'readdirp'] as const)(
  '%s returns each file once while files move, however many entries a program takes at a time',
  async (fop) => {
    await fc.assert(
      fc.asyncProperty(steps, async (all: readonly Step[]) => {
        const moving = await MovingVolume.start();
        // A rebalance moves a file once.
        const moved = new Set<number>();
        const names: string[] = [];
        try {
          for (let offset = 0, at = 0; ; at++) {
            const { moves, taken } = all[at] ?? { moves: [], taken: Infinity };
            for (const [name, child] of moves) {
              if (!moved.has(name)) moving.move(NAMES[name]!, CHILDREN[child]!);
              moved.add(name);
            }
            const entries = moving.step(fop, offset).slice(0, taken);
            if (entries.length === 0) break;
            names.push(...entries.map(({ name }) => name));
            offset = entries.at(-1)!.off;
          }
        } finally {
          await moving.stop();
        }
        expect(names.sort()).toEqual(['.', '..', ...NAMES].sort());
      }),
      { numRuns: 60 },
    );
  },
);

test('a listing that is rewound returns all files again, including files that have moved', async () => {
  const moving = await MovingVolume.start();
  const list = (from: number): string[] => {
    const names: string[] = [];
    for (let offset = from; ; ) {
      const entries = moving.step('readdirp', offset);
      if (entries.length === 0) return names;
      names.push(...entries.map(({ name }) => name));
      offset = entries.at(-1)!.off;
    }
  };
  const [first] = [moving.step('readdirp', 0)];
  moving.step('readdirp', first!.at(-1)!.off);
  for (const name of NAMES) moving.move(name, 'wm');
  expect(list(0).sort()).toEqual(['.', '..', ...NAMES].sort());
  // seekdir(3), to after the first entry.
  const [{ name, off }] = moving.step('readdirp', 0) as [Dirent];
  expect([name, ...list(off)].sort()).toEqual(['.', '..', ...NAMES].sort());
  await moving.stop();
});
