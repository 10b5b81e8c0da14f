/** The choice of a child for a new file whose own child, 0, may be full. */
import { expect, test } from 'vitest';
import { Statvfs } from '../../../runtime/core/iatt.ts';
import { FreeSpace, type SpaceOwner } from './free-space.ts';

const BLOCK = 4096;

/** A number alone is `bavail`. */
type Child = number | ChildSpace;
interface ChildSpace {
  /** Free blocks out of `blocks`. */
  readonly bavail: number;
  readonly blocks?: number;
  /** Free inodes out of 1000. */
  readonly inodes?: number;
  readonly isAway?: boolean;
}
interface Settings {
  readonly least: SpaceOwner['settings']['min-free-disk'];
  readonly inodes?: number;
  readonly decommissioned?: readonly number[];
}

function spaceOf(
  children: readonly Child[],
  { least, inodes = 5, decommissioned = [] }: Settings,
): FreeSpace {
  const spaces: readonly ChildSpace[] = children.map((child) =>
    typeof child === 'number' ? { bavail: child } : child,
  );
  const owner = {
    xl: { log: { warning() {} } },
    childNames: children.map((_, at) => `child ${at}`),
    all: children.map((_, at) => at),
    settings: { 'min-free-disk': least, 'min-free-inodes': inodes },
    decommissionedChildren: new Set(decommissioned),
    isUp: (child: number) => spaces[child]!.isAway !== true,
  };
  const space = new FreeSpace(owner as unknown as SpaceOwner);
  spaces.forEach(({ bavail, blocks = 1000, inodes: ffree = 1000 }, child) => {
    const stat = { bsize: BLOCK, frsize: BLOCK, blocks, bavail, files: 1000, ffree };
    space.recordUsage(child, Object.assign(new Statvfs(), stat));
  });
  return space;
}

const place = (children: readonly Child[], settings: Settings, among = [0, 1, 2]): number => {
  const space = spaceOf(children, settings);
  return space.isFull(0) ? space.chooseChild(0, among) : 0;
};

const PERCENT = { least: { percent: 50 } };
const BYTES = { least: { bytes: 500 * BLOCK } };

test.each<[string, number, readonly [Child, Child, Child], Settings]>([
  ['its own child has exactly the reserve', 0, [500, 900, 990], PERCENT],
  ['its own child lacks a fraction of a percent', 2, [499, 800, 810], PERCENT],
  ['another child needs more than exactly the reserve', 2, [100, 509, 510], PERCENT],
  ['two children are equal in whole percents', 1, [100, 800, 809], PERCENT],
  [
    'the reserve is in percent and a small disk is emptier',
    1,
    [100, { bavail: 90, blocks: 100 }, 800],
    PERCENT,
  ],
  [
    'the reserve is in bytes and a small disk is emptier',
    2,
    [100, { bavail: 90, blocks: 100 }, 800],
    BYTES,
  ],
  ['a later child has more free inodes', 2, [100, { bavail: 900, inodes: 500 }, 800], PERCENT],
  ['its own child has too few inodes', 1, [{ bavail: 900, inodes: 49 }, 600, 600], PERCENT],
  ['no child has the reserve and one has the most', 1, [100, 300, 200], PERCENT],
  ['no child has the reserve and all are equal', 0, [301, 305, 309], PERCENT],
  ['no child has the reserve in bytes', 2, [301, 305, 309], BYTES],
  [
    'no child has the reserve and one lacks inodes',
    2,
    [10, { bavail: 300, inodes: 9 }, 20],
    PERCENT,
  ],
  ['the emptiest child is down', 2, [100, { bavail: 900, isAway: true }, 800], PERCENT],
  ['the emptiest child is decommissioned', 2, [100, 900, 800], { ...PERCENT, decommissioned: [1] }],
  [
    'the reserve is a plain number below 100, a percentage as in GlusterFS',
    1,
    [499, 800, 801],
    { least: { bytes: 50 } },
  ],
  ['no child has any space', 0, [0, 0, 0], PERCENT],
])('a new file, if %s, is created on child %i', (_, expected, children, settings) => {
  expect(place(children, settings)).toBe(expected);
});

test('a new file is created only on a child that has its directory', () => {
  const children = [100, 900, 800];
  expect(place(children, PERCENT)).toBe(1);
  expect(place(children, PERCENT, [0, 2])).toBe(2);
});
