/**
 * Who mounts, and by what: the kernel's protocol by whoever runs the tests, the same by an ordinary
 * user through fusermount3, and libfuse's interface by the package `fuse-native`. The same tests
 * run on all of them:
 *
 *     onFrontEnds('a mount', ['kernel', 'user', 'fuse-native'], (front) => {
 *       it('ends', () => front.withScratch(async (scratch) => { … }));
 *     });
 *
 * What one of them cannot do is in its list (`inexpressible`, `notPermitted`): each of those tests
 * has to fail there, so that the list stays true.
 */
import { chmod, chown } from 'node:fs/promises';
import { beforeEach } from 'vitest';
import { type Caller, NOBODY } from './client.ts';
import { fuseNativeObstacle, inexpressible } from './fuse-native.ts';
import { describeMounts, makeScratch, type Scratch } from './mount.ts';
import { notPermitted, programOf } from './user.ts';

export type FrontEndName = 'kernel' | 'user' | 'fuse-native';

export const everyFrontEnd: readonly FrontEndName[] = ['kernel', 'user', 'fuse-native'];

/** What cannot be done, with the tests that show it. */
export type Limits = Readonly<Record<string, { readonly tests: readonly string[] }>>;

interface Description {
  /** Behind the name of a group. */
  readonly suffix: string;
  readonly owner?: Caller;
  readonly mountArgs?: readonly string[];
  readonly limits?: Limits;
  /** Why it cannot be tried; '' when it can. */
  readonly obstacle?: () => string;
}

const isRoot = process.getuid?.() === 0;

const descriptions: Readonly<Record<FrontEndName, Description>> = {
  kernel: { suffix: '' },
  user: {
    suffix: ', by an ordinary user',
    owner: NOBODY,
    limits: notPermitted,
    // Only root can be somebody else; who runs the tests without it mounts as a user everywhere.
    obstacle: () => (isRoot ? '' : 'only root can be somebody else'),
  },
  'fuse-native': {
    suffix: ', by fuse-native',
    // Nothing is believed: names of one inode, of which libfuse makes several, would disagree.
    mountArgs: ['--fuse', 'fuse-native', '--attribute-timeout', '0', '--entry-timeout', '0'],
    limits: inexpressible,
    obstacle: fuseNativeObstacle,
  },
};

export class FrontEnd {
  readonly name: FrontEndName;
  readonly suffix: string;
  /** Who mounts, and uses the mount; undefined for whoever runs the tests. */
  readonly owner: Caller | undefined;
  private readonly mountArgs: readonly string[];
  private readonly unable: ReadonlySet<string>;

  constructor(name: FrontEndName) {
    const { suffix, owner, mountArgs = [], limits = {} } = descriptions[name];
    this.name = name;
    this.suffix = suffix;
    this.owner = owner;
    this.mountArgs = mountArgs;
    this.unable = new Set(Object.values(limits).flatMap(({ tests }) => tests));
  }

  /** A new folder, in which glossa is run and mounts this way; the caller has to `clean` it. */
  async makeScratch(): Promise<Scratch> {
    const scratch = await makeScratch();
    // Other users come this way.
    await chmod(scratch.path, 0o755);
    scratch.mountArgs = this.mountArgs;
    if (this.owner === undefined) return scratch;
    scratch.owner = this.owner;
    await chown(scratch.path, this.owner.uid, this.owner.gid);
    scratch.program = await programOf(scratch, this.owner);
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

  /** To be called in a group: what cannot work there must not seem to. */
  expectLimits(): void {
    beforeEach(({ task }) => {
      if (this.unable.has(task.name)) Object.assign(task, { fails: true });
    });
  }
}

/** Those that can be tried here; what is left out is said, or is a failure. */
export function possible(title: string, names: readonly FrontEndName[]): readonly FrontEnd[] {
  const usable = names.filter((name) => {
    const why = descriptions[name].obstacle?.() ?? '';
    if (why === '' || (process.env.GLOSSA_REQUIRE_ALL === '1' && name !== 'user')) return true;
    process.stderr.write(`skipped: ${title}${descriptions[name].suffix}: ${why}\n`);
    return false;
  });
  return usable.map((name) => new FrontEnd(name));
}

/** A group of tests for each of these front ends. */
export function onFrontEnds(
  title: string,
  names: readonly FrontEndName[],
  body: (front: FrontEnd) => void,
): void {
  for (const front of possible(title, names)) {
    describeMounts(`${title}${front.suffix}`, () => {
      front.expectLimits();
      body(front);
    });
  }
}
