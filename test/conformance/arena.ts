/**
 * Opens an arena: a mount and a bare directory on the same disk, where the same script runs, for the
 * fuzzer (suite.ts, main.ts) and the table of POSIX (posix/suite.ts).
 *
 *     const arena = await Arena.open('posix');
 *     const text = await arena.compare(script);   // '' when both did the same
 *     await arena.close();
 *
 * Needs root: scripts run chrooted, as several users.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { startBricks } from '../support/bricks.ts';
import { type Bricks, mountBy } from '../support/gluster.ts';
import { findErrors, makeScratch, type Scratch, type TestMount } from '../support/mount.ts';
import { hasFolder, isByPath, isOnBricks, type Kind, makeVolfile } from '../support/stacks.ts';
import { applyBrickDifferences, cutAtNameless, lacksCommand } from './brick-differences.ts';
import { describeDisagreement, type Pair } from './compare.ts';
import { COMPILER, compileExecutor, Executor, hasFineTimes, type Run } from './executor.ts';
import { type Command, parseScript, type Script } from './script.ts';

/** The extended attribute that the storage adds to every file, and hides on the mount. */
const HIDDEN_ATTRIBUTE = 'trusted.gfid';

/** The end of a mount's server. */
export interface ServerEnd {
  /** Its exit status; null when it had to be killed. */
  readonly status: number | null;
  /** Lines of its log that are errors, those of its end too. */
  readonly errors: readonly string[];
}

/** A stack, and how it is mounted. */
export interface Setup {
  readonly kind: Kind;
  /** Flags of `glossa mount`. */
  readonly args?: readonly string[];
  /** The kernel delays writes, with the times and size of a file: see the differences. */
  readonly writeback?: boolean;
}

const timeoutFlags = (seconds: number): string[] =>
  ['entry', 'attribute', 'negative'].flatMap((kind) => [`--${kind}-timeout`, String(seconds)]);

const xlatorFlags = (...options: string[]): string[] =>
  options.flatMap((option) => ['--xlator-option', option]);

/** Mounts to try, by their names. */
export const setups = {
  /** The kernel reads and writes the files of the storage itself. */
  posix: { kind: 'posix' },
  served: { kind: 'posix', args: ['--no-passthrough'] },
  /** The kernel caches no name and attribute; or nearly all. */
  uncached: { kind: 'posix', args: ['--no-passthrough', ...timeoutFlags(0)] },
  cached: { kind: 'posix', args: ['--no-passthrough', ...timeoutFlags(600)] },
  /** The storage closes unused inodes, and must find them again. */
  forgetful: {
    kind: 'posix',
    args: ['--no-passthrough', ...timeoutFlags(0), ...xlatorFlags('brick.handle-limit=16')],
  },
  /** The kernel delays writes. */
  writeback: { kind: 'posix', args: ['--kernel-writeback-cache'], writeback: true },
  /** Locks are the graph's, not the kernel's. */
  locks: { kind: 'locks' },
  python: { kind: 'python' },
  rebuilt: { kind: 'rebuilt' },
  awaited: { kind: 'awaited' },
  memory: { kind: 'memory' },
  /** By path, below a kernel that caches nothing. */
  files: { kind: 'files', args: timeoutFlags(0) },
  'files-javascript': { kind: 'files-javascript', args: timeoutFlags(0) },
  'real-brick': { kind: 'real-brick' },
  'own-brick': { kind: 'own-brick' },
  'real-client': { kind: 'real-client' },
  'distribute-own': { kind: 'distribute-own' },
  'distribute-real': { kind: 'distribute-real' },
  'distribute-mixed': { kind: 'distribute-mixed' },
  /** All of performance/, below a kernel that caches nothing. */
  performance: { kind: 'performance', args: timeoutFlags(0) },
  /** The same, over a storage that delays some requests. */
  'performance-slow': {
    kind: 'performance',
    args: [
      ...timeoutFlags(0),
      ...xlatorFlags('delay.delay-percentage=30', 'delay.delay-duration=300'),
      // Locks that a flush releases must be free when close(2) returns.
      ...xlatorFlags('write-behind.flush-behind=off'),
    ],
  },
  /** All caches on, below a kernel that caches for long. */
  'performance-kernel': {
    kind: 'performance',
    args: xlatorFlags(
      ...['md-cache.kernel-timeout=600', 'nl-cache.kernel-timeout=600'],
      ...['md-cache.cache-posix-acl=on', 'md-cache.xattr-cache-list=user.*,security.*,trusted.*'],
    ),
  },
  'performance-bricks': { kind: 'performance-bricks', args: timeoutFlags(0) },
  tutorial: { kind: 'tutorial' },
} as const satisfies Record<string, Setup>;

export type SetupName = keyof typeof setups;

/** The kinds of access times that mount(8) knows. */
export type Atime = 'noatime' | 'relatime' | 'strictatime';

/** True if scripts can run here; prints the reason if not, and fails if skipping is forbidden. */
export function canCompare(): boolean {
  const isPossible = process.getuid?.() === 0 && spawnSync(COMPILER, ['--version']).status === 0;
  const why = `conformance needs root and a C compiler (${COMPILER})`;
  if (!isPossible && process.env.GLOSSA_REQUIRE_ALL === '1') throw new Error(why);
  if (!isPossible) process.stderr.write(`skipped: ${why}\n`);
  return isPossible;
}

/** Operations that storage/memory lacks. A mapping's read marks its time there, as with strictatime. */
const NOT_IN_MEMORY = /^setflags |^getflags |RENAME_WHITEOUT|^mmap /;

/**
 * Operations that a file system by path lacks, values for which a disk's block has no room, and sizes and times for
 * which the interpreters have none.
 */
const NOT_BY_PATH = new RegExp(
  `${NOT_IN_MEMORY.source}|S_IF(?!REG)|^bind |O_TMPFILE|RENAME_EXCHANGE|^fallocate |posix_acl|SEEK_(DATA|HOLE)|^ioctl |^statx |\\*(9|65)000|\\d{10}`,
);

/** True if a kind of stack does not support a command, by its line. */
const isUnsupported = (kind: Kind, line: string): boolean =>
  kind === 'memory'
    ? NOT_IN_MEMORY.test(line)
    : isByPath(kind)
      ? NOT_BY_PATH.test(line)
      : lacksCommand(kind, line);

/** The data of longer files, which scripts fill with holes, is not compared if writes are delayed. */
const COMPARED_BYTES = 4 << 20;

/** Removes from a run the values that delayed writes change (differences.ts). */
function withoutStoredValues({ results, trees }: Run, script: Script): Run {
  const resized = script.some(({ op }) => /truncate$/.test(op));
  const comparable = (line: string): string => {
    const isLong = Number(/ size=(\d+)/.exec(line)?.[1] ?? 0) > COMPARED_BYTES;
    const short = isLong ? line.replace(/ data=\S+/, '') : line;
    return resized ? short.replace(/ [mc]time=\S+/g, '') : short;
  };
  return { results, trees: trees.map((tree) => tree.map(comparable)) };
}

/**
 * Removes from a run the times of directories, in which a removed file that is open has a hidden name, and the size of a
 * removed directory, which a disk makes 0.
 */
function withoutHiddenNames({ results, trees }: Run): Run {
  const timeless = (line: string): string =>
    / mode=4/.test(line) ? line.replace(/ [mc]time=\S+/g, '') : line;
  const sizeless = (line: string): string => line.replace(/( mode=4\d+ nlink=0 .*) size=\d+/, '$1');
  return { results: results.map(sizeless), trees: trees.map((tree) => tree.map(timeless)) };
}

export class Arena {
  readonly scratch: Scratch;
  readonly mount: TestMount;
  /** True if the disk gives every change a time of its own, so that changed times can be compared. */
  private readonly canWatch: boolean;
  private readonly writeback: boolean;
  /** True if the storage is a folder, whose tree can be compared, too. */
  private readonly hasBrick: boolean;
  private readonly kind: Kind;
  /** True if the disk can zero a range (differences.ts). */
  private canZero = true;
  private readonly bare: Executor;
  private readonly mounted: Executor;
  private scriptCount = 0;
  /** True once a process has stopped answering. */
  private hangs = false;
  private readonly server: Bricks | null;

  private constructor(
    scratch: Scratch,
    mount: TestMount,
    server: Bricks | null,
    program: string,
    setup: Setup,
  ) {
    this.server = server;
    this.writeback = setup.writeback ?? false;
    const isOnBrick = isOnBricks(setup.kind);
    this.hasBrick = hasFolder(setup.kind);
    this.scratch = scratch;
    this.mount = mount;
    const bare = scratch.at('bare');
    this.kind = setup.kind;
    // Clients set the times of a brick's files, in milliseconds; clocks of interpreters have such ones, too.
    const hasExactTimes = !this.writeback && !isOnBrick && !isByPath(setup.kind);
    this.canWatch = hasExactTimes && hasFineTimes(program, bare);
    this.bare = new Executor(program, bare);
    this.mounted = new Executor(program, mount.path);
  }

  /**
   * Mounts a stack over a new folder.
   * @param programs where the executor is, or is compiled to; by default among its own files
   */
  static async open(name: SetupName, atime: Atime = 'noatime', programs?: string): Promise<Arena> {
    const setup: Setup = setups[name];
    const { kind, args = [] } = setup;
    const scratch = await makeScratch();
    try {
      await chmod(scratch.path, 0o755);
      const brick = await scratch.makeFolder('brick');
      for (const folder of [brick, await scratch.makeFolder('bare')]) {
        // Both folders have the rules of the mount: no devices, no setuid programs; and see the
        // differences about access times.
        execFileSync('mount', ['--bind', folder, folder]);
        execFileSync('mount', ['-o', `remount,bind,${atime},nodev,nosuid`, folder]);
        await chmod(folder, 0o755);
      }
      const server = isOnBricks(kind)
        ? await startBricks(kind, await scratch.makeFolder('gluster'), brick)
        : null;
      const volfile = server?.volfile ?? (await makeVolfile(scratch, kind, brick));
      const mount = await mountBy(kind, scratch, volfile, server, { args });
      // The defaults of glossa's mounts.
      if (kind === 'real-client') {
        execFileSync('mount', ['-o', 'remount,bind,nodev,nosuid', mount.path]);
      }
      const executor = compileExecutor(programs ?? scratch.path);
      const arena = new Arena(scratch, mount, server, executor, setup);
      await arena.checkZeroRange();
      return arena;
    } catch (error) {
      await scratch.clean();
      throw error;
    }
  }

  /** Runs a script on both sides; returns '' or the difference. */
  async compare(script: Script): Promise<string> {
    const pair = await this.run(script);
    if (this.server === null) return describeDisagreement(script, pair);
    return describeDisagreement(...cutAtNameless(script, applyBrickDifferences(this.kind, pair)));
  }

  /** Runs a script on both sides. */
  async run(requested: Script): Promise<Pair> {
    const script = requested.map((one) => this.replaceImpossible(one));
    this.scriptCount += 1;
    const name = `script-${this.scriptCount}`;
    const treeAt = (root: string, hidden?: string) => ({ path: join(root, name), hidden });
    const { bare, mounted } = this;
    const storage = this.hasBrick ? [treeAt(this.scratch.at('brick'), HIDDEN_ATTRIBUTE)] : [];
    try {
      const [expected, actual] = await Promise.all([
        bare.run(name, script, [treeAt(bare.root)]),
        mounted.run(name, script, [treeAt(mounted.root), ...storage]),
      ]);
      const without = this.writeback
        ? withoutStoredValues
        : isByPath(this.kind)
          ? withoutHiddenNames
          : (run: Run) => run;
      return { bare: without(expected, script), mounted: without(actual, script) };
    } catch (error) {
      this.hangs = true;
      throw error;
    }
  }

  /** True if every command of a script can run here unchanged. */
  can(script: Script): boolean {
    return script.every((one) => this.replaceImpossible(one) === one);
  }

  /**
   * Returns the command without the comparison of times if these are coarse, and `getcwd` in place
   * of a command that this arena does not support.
   */
  private replaceImpossible(command: Command): Command {
    const { worker, args, watched } = command;
    const zeroes = args.some((text) => text.includes('FALLOC_FL_ZERO_RANGE'));
    const isLeftOut = isUnsupported(this.kind, `${command.op} ${args.join(' ')}`);
    const seeks = this.writeback && args.some((text) => /SEEK_(DATA|HOLE)/.test(text));
    if ((zeroes && !this.canZero) || seeks || isLeftOut) {
      return { worker, watched: false, op: 'getcwd', args: [] };
    }
    return watched && !this.canWatch ? { ...command, watched: false } : command;
  }

  /** Sets `canZero`. */
  private async checkZeroRange(): Promise<void> {
    const script = parseScript(
      '0 open 0 f O_RDWR|O_CREAT 0644\n0 fallocate 0 FALLOC_FL_ZERO_RANGE 0 4096',
    );
    const { bare } = await this.run(script);
    this.canZero = bare.results[1] === '0 ok';
  }

  /** Unmounts and cleans up. */
  async close(): Promise<ServerEnd> {
    try {
      await this.bare.close();
      await this.mounted.close();
      const status = this.hangs ? null : await this.mount.stop();
      return { status, errors: findErrors(this.mount.log()) };
    } finally {
      await this.server?.end();
      await this.scratch.clean();
    }
  }
}
