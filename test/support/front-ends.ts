/**
 * Front ends that mount: the kernel's protocol as the user of the tests, the same as an ordinary
 * user through fusermount3, and libfuse's interface by the package `fuse-native`:
 *
 *     onFrontEnds('a mount', ['kernel', 'user', 'fuse-native'], (front) => {
 *       it('ends', () => front.withScratch(async (scratch) => { … }));
 *     });
 *
 * `npm test` runs the first, `npm run test:long` the others (test/repeated-files.ts). Each has a list of
 * limits (`inexpressible`, `notPermitted`): the tests in it must fail there, with the error named
 * in it.
 */

import { chmod, chown } from 'node:fs/promises';
import { it } from 'vitest';
import { type Caller, NOBODY } from './client.ts';
import { findObstacle, inexpressible } from './fuse-native.ts';
import { expectLimits, type Limits } from './limits.ts';
import { describeMounts, makeScratch, type Scratch } from './mount.ts';
import { selected } from './test-selection.ts';
import { notPermitted, prepareProgram } from './user.ts';

export type FrontEndName = 'kernel' | 'user' | 'fuse-native';

export const everyFrontEnd: readonly FrontEndName[] = ['kernel', 'user', 'fuse-native'];

interface Description {
  /** Behind the name of a group. */
  readonly suffix: string;
  readonly owner?: Caller;
  readonly mountArgs?: readonly string[];
  readonly limits?: Limits;
  /** Returns the reason why this machine cannot test it, or ''. */
  readonly findObstacle?: () => string;
}

const isRoot = process.getuid?.() === 0;

const descriptions: Readonly<Record<FrontEndName, Description>> = {
  kernel: { suffix: '' },
  user: {
    suffix: ', by an ordinary user',
    owner: NOBODY,
    limits: notPermitted,
    // Only root can act as another user; without it, all tests mount as an ordinary user anyway.
    findObstacle: () => (isRoot ? '' : 'only root can act as another user'),
  },
  'fuse-native': {
    suffix: ', by fuse-native',
    // The kernel caches nothing, as libfuse has several inodes for the names of one file.
    mountArgs: ['--fuse', 'fuse-native', '--attribute-timeout', '0', '--entry-timeout', '0'],
    limits: inexpressible,
    findObstacle,
  },
};

export class FrontEnd {
  readonly name: FrontEndName;
  readonly suffix: string;
  /** The user of the mounts; undefined for the user of the tests. */
  readonly owner: Caller | undefined;
  private readonly mountArgs: readonly string[];
  private readonly limits: Limits;

  constructor(name: FrontEndName) {
    const { suffix, owner, mountArgs = [], limits = {} } = descriptions[name];
    this.name = name;
    this.suffix = suffix;
    this.owner = owner;
    this.mountArgs = mountArgs;
    this.limits = limits;
  }

  /** A new folder, in which glossa is run and mounts this way; the caller has to `clean` it. */
  async makeScratch(): Promise<Scratch> {
    const scratch = await makeScratch();
    // Other users must reach the mount.
    await chmod(scratch.path, 0o755);
    scratch.mountArgs = this.mountArgs;
    if (this.owner === undefined) return scratch;
    scratch.owner = this.owner;
    await chown(scratch.path, this.owner.uid, this.owner.gid);
    scratch.program = await prepareProgram(scratch, this.owner);
    return scratch;
  }

  async withScratch(test: (scratch: Scratch) => Promise<void>): Promise<void> {
    const scratch = await this.makeScratch();
    try {
      await test(scratch);
    } finally {
      await scratch.clean();
    }
  }

  /** As `expectLimits`, of this front end. */
  expectLimits(): void {
    expectLimits(this.limits);
  }
}

/**
 * The wanted front ends that this machine has. A missing one is printed and counts as skipped, so
 * that no group is empty, or fails under GLOSSA_REQUIRE_ALL=1.
 */
export function selectFrontEnds(
  title: string,
  names: readonly FrontEndName[],
): readonly FrontEnd[] {
  const usable = names.filter((name) => {
    if (!selected.others && name !== 'kernel') return false;
    const { suffix, findObstacle } = descriptions[name];
    const why = findObstacle?.() ?? '';
    if (why === '' || (process.env.GLOSSA_REQUIRE_ALL === '1' && name !== 'user')) return true;
    process.stderr.write(`skipped: ${title}${suffix}: ${why}\n`);
    it.skip(`${title}${suffix}`, () => undefined);
    return false;
  });
  return usable.map((name) => new FrontEnd(name));
}

/** A group of tests for each of these front ends. */
export function describeFrontEnds(
  title: string,
  names: readonly FrontEndName[],
  body: (front: FrontEnd) => void,
): void {
  for (const front of selectFrontEnds(title, names)) {
    if (!(front.name === 'kernel' ? selected.first : selected.others)) continue;
    describeMounts(`${title}${front.suffix}`, () => {
      front.expectLimits();
      body(front);
    });
  }
}
