/**
 * Interrupts fops of several steps at every point: the next client finds and repairs one of few
 * states.
 */
import { afterEach, describe, expect, test } from 'vitest';
import type { Dict } from '../../../runtime/core/dict.ts';
import { ENOENT } from '../../../runtime/core/errno.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { Loc } from '../../../runtime/core/operands.ts';
import { placeInRoot } from '../../../test/support/distributed-volume.ts';
import {
  canTakeBack,
  FAULTS,
  Fault,
  type FaultKind,
  PLACEMENTS,
} from '../../../test/support/faults.ts';
import { SharedVolume } from '../../../test/support/shared-volume.ts';

const NAMES = ['wz', 'wa', 'wm'];
let volume: SharedVolume;
afterEach(() => volume?.stop());

const nameAt = (child: string, prefix: string): string => {
  for (let n = 0; ; n++) if (placeInRoot(`${prefix}${n}`) === child) return `/${prefix}${n}`;
};

/** The gfid at a path as the next client finds it; null for none. */
function gfidAt(path: string): string | null {
  const inode = volume.find(1, path);
  if (typeof inode === 'number') expect([ENOENT]).toContain(inode);
  return typeof inode === 'number' ? null : inode.gfid;
}

/** Removes everything as `rm -r` does. */
function removeAll(path: string): void {
  const entries = volume.list(1, path || '/');
  for (const { name, stat, inode } of entries) {
    const below = `${path}/${name}`;
    const parent = volume.find(1, path) as Inode;
    if (stat !== null && inode !== null) {
      const known = volume.graph.inodes.link(inode, null, null, stat)!;
      expect(volume.ask(1, 'unlink', new Loc(known, parent, name), 0, null).opErrno).toBe(0);
      continue;
    }
    if (typeof volume.find(1, below) === 'number') continue;
    removeAll(below);
    expect(volume.rmdir(1, below), `rmdir ${below}`).toBe(0);
  }
}

interface Walk {
  /** Makes the state before the fop. */
  readonly prepare: () => void;
  /** Performs the fop. @returns its errno */
  readonly act: () => number;
  /** @param isCleared whether the client could undo what it had begun */
  readonly check: (errno: number, isCleared: boolean) => void;
}

/** Interrupts a fop at each of its points in turn. */
async function walk(kind: FaultKind, { prepare, act, check }: Walk): Promise<void> {
  for (let point = 1; ; point++) {
    volume = await SharedVolume.start(NAMES, 2);
    prepare();
    const fault = new Fault(kind, point);
    volume.decide = (wind) => fault.decide(wind);
    const errno = act();
    volume.decide = () => 'pass';
    try {
      expect(errno).not.toBeNaN();
      check(errno, canTakeBack(kind));
      removeAll('');
      // Children may have a name that they do not list: that of a directory renamed on some only.
      for (const path of ['/d', '/e']) {
        if (typeof volume.find(1, path) === 'number') continue;
        removeAll(path);
        expect(volume.rmdir(1, path), `rmdir ${path}`).toBe(0);
      }
      volume.mkdir(1, '/new');
      for (const name of ['a', 'b', 'c', 'd']) expect(volume.mkdir(1, `/new/${name}`)).toBe(0);
      removeAll('');
      expect(volume.state().filter((line) => !line.includes('->'))).toEqual([]);
    } catch (error) {
      (error as Error).message += `\nat point ${point}: ${volume.state().join(', ')}`;
      throw error;
    }
    await volume.stop();
    if (!fault.hasHappened) return;
  }
}

const childOf = (letter: string): string => NAMES['abc'.indexOf(letter)]!;

describe.each(FAULTS)(
  'a distributed volume with the fault "%s" at any step of an operation',
  (fault) => {
    test.each(PLACEMENTS)(
      'keeps a renamed file at its old or its new name (source, old name, new name, target: %s)',
      async (letters) => {
        const [source, oldHash, newHash] = [...letters].map(childOf) as [string, string, string];
        const target = letters[3] === '-' ? null : childOf(letters[3]!);
        const [from, to] = [nameAt(oldHash, 'from'), nameAt(newHash, 'to')];
        let gfid: string;
        let old: string | null;
        await walk(fault, {
          prepare: () => {
            gfid = volume.putFile(source, from);
            old = target === null ? null : volume.putFile(target, to);
            volume.find(0, from);
            volume.find(0, to);
          },
          act: () => volume.rename(0, from, to),
          check: (errno, isCleared) => {
            const [first, second] = [gfidAt(from), gfidAt(to)];
            expect([gfid, null]).toContain(first);
            expect([gfid, old]).toContain(second);
            expect([first, second]).toContain(gfid);
            if (errno === 0) expect(second).toBe(gfid);
            else if (isCleared) expect([first, second]).toEqual([gfid, old]);
          },
        });
      },
    );

    test.each(NAMES)(
      'keeps a file, and no broken new name, after link to a name that belongs to child %s',
      async (child) => {
        const [from, to] = [nameAt('wz', 'from'), nameAt(child, 'to')];
        let gfid: string;
        await walk(fault, {
          prepare: () => {
            gfid = volume.putFile('wz', from);
          },
          act: () => volume.link(0, from, to),
          check: (errno, isCleared) => {
            expect(gfidAt(from)).toBe(gfid);
            const newGfid = gfidAt(to);
            expect([gfid, null]).toContain(newGfid);
            if (errno === 0) expect(newGfid).toBe(gfid);
            else if (isCleared) expect(newGfid).toBeNull();
          },
        });
      },
    );

    /** Whether a directory exists; if so, it must be on all children with a complete layout. */
    const isWhole = (path: string): boolean => {
      const inode = volume.find(1, path);
      const on = volume.state().filter((line) => line.endsWith(` ${path}/`));
      if (typeof inode === 'number') {
        expect(on).toEqual([]);
        return false;
      }
      expect(on).toHaveLength(3);
      for (let n = 0; n < 40; n++) {
        const key = `dht.file.hashed-subvol.${n}`;
        const reply = volume.ask(1, 'getxattr', new Loc(inode), key, null);
        expect(NAMES).toContain((reply.values[0] as Dict | null)?.get(key));
      }
      return true;
    };

    test('has a complete directory or none after mkdir', async () => {
      await walk(fault, {
        prepare: () => {},
        act: () => volume.mkdir(0, '/d'),
        check: (errno) => {
          const isComplete = isWhole('/d');
          if (errno === 0) expect(isComplete).toBe(true);
        },
      });
    });

    test('has a complete directory or none after rmdir', async () => {
      await walk(fault, {
        prepare: () => volume.mkdir(0, '/d'),
        act: () => volume.rmdir(0, '/d'),
        check: (errno, isCleared) => {
          const isThere = isWhole('/d');
          if (errno === 0) expect(isThere).toBe(false);
          else if (isCleared) expect(isThere).toBe(true);
        },
      });
    });

    test.each([
      ['to a new name', false],
      ['over an empty one', true],
    ])('keeps a directory at its old or its new name after a rename %s', async (_, isOver) => {
      let gfid: string;
      let old: string | null;
      await walk(fault, {
        prepare: () => {
          for (const path of ['/d', '/d/below', ...(isOver ? ['/e'] : [])]) volume.mkdir(0, path);
          gfid = gfidAt('/d')!;
          old = gfidAt('/e');
        },
        act: () => volume.rename(0, '/d', '/e'),
        check: (errno, isCleared) => {
          const [first, second] = [gfidAt('/d'), gfidAt('/e')];
          expect([gfid, null]).toContain(first);
          expect([gfid, old]).toContain(second);
          expect([first, second]).toContain(gfid);
          if (errno === 0) expect([first, second]).toEqual([null, gfid]);
          else if (isCleared) expect([first, second]).toEqual([gfid, old]);
          const at = first === gfid ? '/d' : '/e';
          expect(gfidAt(`${at}/below`)).not.toBeNull();
        },
      });
    });
  },
);
