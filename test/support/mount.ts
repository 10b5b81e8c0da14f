/**
 * Mounts for tests, each served by a child process.
 *
 *     describeMounts('reading', () => {
 *       it('a written file reads back', () => withScratch(async (scratch) => {
 *         const mount = await startMount(scratch, 'volume m\n type storage/memory\nend-volume\n');
 *         await writeFile(join(mount.path, 'f'), 'text');
 *         expect(await mount.stop()).toBe(0);
 *       }));
 *     });
 *
 * Rules for tests
 * - Use node:fs/promises on a mount, never synchronous calls: a server that does not answer would
 *   block the test's own time-out.
 * - `startMount` returns when the server reports the mount; no test waits for a fixed time.
 * - `withScratch` always ends every server, unmounts, and removes the folder.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { quoteWord } from '../../terminal/invocation.ts';
import { type Caller, Client, type ClientSettings } from './client.ts';
import { skipWithoutTools, toolPath } from './tools.ts';
import { type Hands, startHands } from './user-fs.ts';

/** The program under test: the built one by default. */
export const GLOSSA = process.env.GLOSSA_MAIN ?? join(packageRoot, 'dist/cli/main.cjs');

/** The program under test, as a shell's command. */
export const glossaCommand = [process.execPath, GLOSSA].map(quoteWord).join(' ');

/** The default time limit of a child process, in milliseconds. */
const PATIENCE_MS = 120_000;
/** Milliseconds for the removal of a folder, which may have a million files. */
const REMOVAL_MS = 900_000;

/** Returns the reason why no mount is possible here, or ''. */
function findObstacle(): string {
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
    return '';
  } catch (error) {
    return `/dev/fuse: ${(error as Error).message}`;
  }
}

/** A group of tests that need mounts: skipped, visibly, where the kernel offers no mounts. */
export function describeMounts(name: string, body: () => void): void {
  const why = findObstacle();
  const skipped = why !== '' && process.env.GLOSSA_REQUIRE_ALL !== '1';
  if (skipped) process.stderr.write(`skipped: ${name}: mounts cannot be tested here: ${why}\n`);
  describe.skipIf(skipped)(name, body);
}

/** A test's folder, with the processes and mounts to end at its cleanup. */
export class Scratch {
  readonly path: string;
  readonly children = new Set<ChildProcess>();
  /** The user of the folder and its mounts; by default the user of the tests. */
  owner: Caller | undefined;
  /** Settings for running glossa in the folder. */
  program: GlossaSettings = {};
  /** Flags for every `glossa mount` that a test starts. */
  mountArgs: readonly string[] = [];
  private hands: Hands | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Returns a path in the folder. */
  at(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  /** Makes a folder in this folder. */
  async makeFolder(...parts: string[]): Promise<string> {
    const path = this.at(...parts);
    const first = (await fs.mkdir(path, { recursive: true })) ?? `${path}/`;
    for (let parent = path; parent.length >= first.length; parent = dirname(parent))
      await this.give(parent);
    return path;
  }

  /** Writes a file in this folder. */
  async writeFile(name: string, text: string): Promise<string> {
    const path = this.at(name);
    await fs.writeFile(path, text);
    await this.give(path);
    return path;
  }

  /** File operations as the user of the mounts. */
  get fs(): Hands {
    if (this.owner === undefined) return fs;
    this.hands ??= startHands(this.owner, this.children);
    return this.hands;
  }

  /** Starts a script in a folder of a mount, as the mount's user. */
  startClient(folder: string, script: string, settings: ClientSettings = {}): Client {
    return new Client(folder, script, this.owner ? { as: this.owner, ...settings } : settings);
  }

  private async give(path: string): Promise<void> {
    if (this.owner !== undefined) await fs.chown(path, this.owner.uid, this.owner.gid);
  }

  /** Lists the mount points below the folder, the newest first. */
  findMounts(): string[] {
    return mountPoints().filter((point) => point.startsWith(`${this.path}/`));
  }

  /** Ends servers and mounts, and removes the folder. */
  async clean(): Promise<void> {
    for (const child of this.children) child.kill('SIGKILL');
    // A daemon ends with its mount.
    for (const point of this.findMounts()) detach(point);
    await Promise.all([...this.children].map(awaitExit));
    for (const point of mountPoints()) if (point === this.path) detach(point);
    // Paths may be longer than PATH_MAX.
    execFileSync('rm', ['-rf', '--', this.path], { timeout: REMOVAL_MS });
  }
}

/** Lists all mount points of the system, the newest first. */
export function mountPoints(): string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines.map((line) => line.split(' ')[4] ?? '').reverse();
}

/** Takes a mount away, if it is still there: its server's unmounter may be faster. */
export function detach(mountpoint: string): void {
  const [command, ...flags] =
    process.getuid?.() === 0 ? ['umount', '-l'] : ['fusermount3', '-u', '-z'];
  try {
    execFileSync(command!, [...flags, mountpoint], { timeout: PATIENCE_MS });
  } catch (error) {
    if (mountPoints().includes(mountpoint)) throw error;
  }
}

const awaitExit = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });

/** Makes a folder for a test, which the caller has to `clean`. */
export async function makeScratch(): Promise<Scratch> {
  const path = await fs.mkdtemp(join(tmpdir(), 'glossa-test-'));
  return new Scratch(await fs.realpath(path));
}

export async function withScratch(test: (scratch: Scratch) => Promise<void>): Promise<void> {
  const scratch = await makeScratch();
  try {
    await test(scratch);
  } finally {
    await scratch.clean();
  }
}

export interface Outcome {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

interface RunSettings {
  readonly env?: Readonly<Record<string, string>>;
  /** The time limit in milliseconds; 0 for no limit. */
  readonly patience?: number;
  /** Called with the process when it has started. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** Runs a program in the scratch folder to its end. */
export async function run(
  scratch: Scratch,
  program: string,
  args: readonly string[],
  { env = {}, patience = PATIENCE_MS, onStart }: RunSettings = {},
): Promise<Outcome> {
  skipWithoutTools([program, ...args].join(' '));
  const child = spawn(program, args, {
    cwd: scratch.path,
    env: { ...process.env, PATH: toolPath, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: patience,
    killSignal: 'SIGKILL',
  });
  scratch.children.add(child);
  const out = readAll(child.stdout);
  const err = readAll(child.stderr);
  onStart?.(child);
  await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject));
  return {
    status: child.exitCode,
    signal: child.signalCode,
    out: await out,
    err: await err,
  };
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

export interface GlossaSettings extends RunSettings {
  /** A command that runs the rest of its arguments as a command: setpriv, prlimit. */
  readonly wrapper?: readonly string[];
  /** Another node than this. */
  readonly node?: string;
  /** Another copy of the program. */
  readonly main?: string;
}

/** Makes NODE_OPTIONS that run a file first; its path may have spaces. */
export const preloadOption = (path: string): string => `--require=${JSON.stringify(path)}`;

/** Runs `glossa` with these arguments to its end. */
export const runGlossa = (
  scratch: Scratch,
  args: readonly string[],
  settings: GlossaSettings = {},
): Promise<Outcome> => {
  if (!existsSync(GLOSSA)) throw new Error(`${GLOSSA} is missing: npm run build makes it`);
  const env = { ...scratch.program.env, ...settings.env };
  const command = { ...scratch.program, ...settings, env };
  const { wrapper = [], node = process.execPath, main = GLOSSA } = command;
  const [program, ...rest] = [...wrapper, node, main, ...args];
  return run(scratch, program!, rest, command);
};

export interface StartSettings extends Omit<GlossaSettings, 'onStart'> {
  /** More flags for `glossa mount`. */
  readonly args?: readonly string[];
  /** Names the folder to mount on, the volfile and the log, all made in the scratch folder. */
  readonly name?: string;
}

/** A mount that a child process of the test serves. */
export interface TestMount {
  /** The mount point. */
  readonly path: string;
  readonly child: ChildProcess;
  /** The log of glossa so far. */
  log(): string;
  /** Ends all servers of the mount and waits; returns 0 if they succeeded. */
  stop(): Promise<number | null>;
}

/** A mount whose server runs in the foreground, as a child of the test. */
export class ServedMount implements TestMount {
  /** The mount point. */
  readonly path: string;
  readonly child: ChildProcess;
  /** The outcome of the server. */
  readonly outcome: Promise<Outcome>;
  private readonly logFile: string;

  constructor(path: string, child: ChildProcess, outcome: Promise<Outcome>, logFile: string) {
    this.path = path;
    this.child = child;
    this.outcome = outcome;
    this.logFile = logFile;
  }

  /** Reads the server's log so far. */
  log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** Ends the server and returns its exit status. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    return (await this.outcome).status;
  }
}

/** The volfile of absent names in memory, for tests of commands that look at a mount. */
export const NEGATIVE_VOLFILE = `volume mem
    type storage/memory
end-volume
volume top
    type features/negative
    subvolumes mem
end-volume
`;

/** Finds the error lines of a log. */
export const findErrors = (log: string): string[] => log.match(/^\[[^\]]*\] [EC] .*$/gm) ?? [];

/** Mounts the text of a volfile and returns once mounted. @throws {Error} the server's message */
export async function startMount(
  scratch: Scratch,
  volfile: string,
  { args = [], name = 'mnt', ...settings }: StartSettings = {},
): Promise<ServedMount> {
  const path = await scratch.makeFolder(name);
  const file = await scratch.writeFile(`${name}.vol`, volfile);
  const log = scratch.at(`${name}.log`);
  // Tests search for lines: repeated ones must be written, too.
  const lines = ['--log-file', log, '--log-buf-size', '0'];
  const own = ['--no-daemon', ...lines, ...scratch.mountArgs];
  const mountArgs = ['mount', file, path, ...own, ...args];
  let child!: ChildProcess;
  let ready!: Promise<unknown>;
  const outcome = runGlossa(scratch, mountArgs, {
    // `clean` ends it.
    patience: 0,
    ...settings,
    onStart(started) {
      child = started;
      // The server writes one line there, after the mount.
      ready = once(started.stdout!, 'data');
    },
  });
  await Promise.race([ready, outcome]);
  const failed = child.exitCode !== null || child.signalCode !== null;
  if (failed) throw new Error(`not mounted: ${(await outcome).err}`);
  return new ServedMount(path, child, outcome, log);
}
