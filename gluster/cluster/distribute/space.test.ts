/** Which child a new file is put on that belongs to one without room. */
import { expect, test } from 'vitest';
import { Statvfs } from '../../../runtime/core/iatt.ts';
import { Space, type SpaceOwner } from './space.ts';

const BLOCK = 4096;

interface Child {
  /** In blocks, of `blocks`. */
  readonly bavail: number;
  readonly blocks?: number;
  /** Of 1000. */
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
): Space {
  const owner = {
    xl: { log: { warning() {} } },
    names: children.map((_, at) => `child ${at}`),
    all: children.map((_, at) => at),
    settings: { 'min-free-disk': least, 'min-free-inodes': inodes },
    decommissioned: new Set(decommissioned),
    isUp: (child: number) => children[child]!.isAway !== true,
  };
  const space = new Space(owner as unknown as SpaceOwner);
  children.forEach(({ bavail, blocks = 1000, inodes: ffree = 1000 }, child) => {
    const stat = { bsize: BLOCK, frsize: BLOCK, blocks, bavail, files: 1000, ffree };
    space.record(child, Object.assign(new Statvfs(), stat));
  });
  return space;
}

const place = (children: readonly Child[], settings: Settings, among = [0, 1, 2]): number => {
  const space = spaceOf(children, settings);
  return space.isFilled(0) ? space.choose(0, among) : 0;
};

const PERCENT = { least: { percent: 50 } };
const BYTES = { least: { bytes: 500 * BLOCK } };

test.each<[string, number, readonly [Child, Child, Child], Settings]>([
  ['its own has just enough', 0, [{ bavail: 500 }, { bavail: 900 }, { bavail: 990 }], PERCENT],
  [
    'it has not, by fractions of a percent',
    2,
    [{ bavail: 499 }, { bavail: 800 }, { bavail: 810 }],
    PERCENT,
  ],
  [
    'just enough is enough for its own alone',
    2,
    [{ bavail: 100 }, { bavail: 509 }, { bavail: 510 }],
    PERCENT,
  ],
  ['fractions do not count', 1, [{ bavail: 100 }, { bavail: 800 }, { bavail: 809 }], PERCENT],
  [
    'percents are not bytes',
    1,
    [{ bavail: 100 }, { bavail: 90, blocks: 100 }, { bavail: 800 }],
    PERCENT,
  ],
  [
    'bytes are not percents',
    2,
    [{ bavail: 100 }, { bavail: 90, blocks: 100 }, { bavail: 800 }],
    BYTES,
  ],
  [
    'a later one has more inodes',
    2,
    [{ bavail: 100 }, { bavail: 900, inodes: 500 }, { bavail: 800 }],
    PERCENT,
  ],
  [
    'it has too few inodes',
    1,
    [{ bavail: 900, inodes: 49 }, { bavail: 600 }, { bavail: 600 }],
    PERCENT,
  ],
  [
    'none has enough: that with the most',
    1,
    [{ bavail: 100 }, { bavail: 300 }, { bavail: 200 }],
    PERCENT,
  ],
  [
    'none has enough, of equal ones the first',
    0,
    [{ bavail: 301 }, { bavail: 305 }, { bavail: 309 }],
    PERCENT,
  ],
  ['none has enough, in bytes', 2, [{ bavail: 301 }, { bavail: 305 }, { bavail: 309 }], BYTES],
  [
    'none has enough, and one no inodes',
    2,
    [{ bavail: 10 }, { bavail: 300, inodes: 9 }, { bavail: 20 }],
    PERCENT,
  ],
  [
    'one that is away gets nothing',
    2,
    [{ bavail: 100 }, { bavail: 900, isAway: true }, { bavail: 800 }],
    PERCENT,
  ],
  [
    'nor one that is decommissioned',
    2,
    [{ bavail: 100 }, { bavail: 900 }, { bavail: 800 }],
    { ...PERCENT, decommissioned: [1] },
  ],
  [
    'a number below 100 is a percentage, as GlusterFS has it',
    1,
    [{ bavail: 499 }, { bavail: 800 }, { bavail: 801 }],
    { least: { bytes: 50 } },
  ],
  ['nobody has anything', 0, [{ bavail: 0 }, { bavail: 0 }, { bavail: 0 }], PERCENT],
])('%s', (_, expected, children, settings) => {
  expect(place(children, settings)).toBe(expected);
});

test('only those that have the folder are asked', () => {
  const children = [{ bavail: 100 }, { bavail: 900 }, { bavail: 800 }];
  expect(place(children, PERCENT)).toBe(1);
  expect(place(children, PERCENT, [0, 2])).toBe(2);
});
