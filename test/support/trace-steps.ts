/**
 * Runs a program's steps on a volume and records the requests below its caches, by the lines of
 * debug/trace: once for a program of libgfapi, and once for one that uses glossa.
 *
 * No step depends on time: to be slow, a brick is stopped, and continues when the script says so.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { type Driver, FopError, type Reply } from '../../runtime/api/driver.ts';
import { type FopName, fopNames } from '../../runtime/core/gen/fops.gen.ts';
import type { Dirent } from '../../runtime/core/iatt.ts';
import { F_SETLK, F_UNLCK, F_WRLCK, type Flock } from '../../runtime/core/lock.ts';
import { type Fd, Loc } from '../../runtime/core/operands.ts';
import { type BrickClient, bytes } from './brick-clients.ts';
import type { RealBrick } from './gluster.ts';

const LOOK_MS = 5;
/** After this long something that another version does not do is not waited for any more. */
const PATIENCE_MS = 30_000;
/** The bytes of a listing that libgfapi requests at a time. */
const LISTING_SIZE = 131_072;
const { O_CREAT, O_RDWR } = { O_CREAT: 0o100, O_RDWR: 2 };

/**
 * A step: its name, which fd (a letter) or file it is about, and numbers as the call has them.
 *
 * - `creat open close pwrite pread fstat fsync ftruncate lock unlock`, `stat chmod rename unlink setxattr
 *   getxattr`, `opendir readdir closedir` are calls; `readdir` is all of the folder.
 * - `hold`, `go`: the brick stops, and continues; `limit`: its file size limit, -1 for none.
 * - `start` with a step: starts its call, and `join` waits for the result.
 * - `sent` with a fop and a number: waits until this part has wound so many of these requests.
 * - `settle`: every wound request is answered, and every request that follows from it.
 */
export type Step = readonly [name: string, ...args: (string | number)[]];

/** Flags of open by their names. */
const FLAGS: Readonly<Record<string, number>> = {
  ...{ RDONLY: 0, WRONLY: 1, RDWR: 2, TRUNC: 0o1000, APPEND: 0o2000, 'RDWR|TRUNC': 0o1002 },
};

/** Reads steps from a text, as `open A f RDWR; fstat A`, on one line or several. */
export const steps = (text: string): Step[] =>
  text
    .trim()
    .split(/(?:; |\n) */)
    .map((step) => {
      const [name, ...args] = step.split(' ');
      const read = (arg: string) => (/^-?(\d+|0o[0-7]+)$/.test(arg) ? Number(arg) : arg);
      return [name!, ...args.map((arg) => FLAGS[arg] ?? read(arg))];
    });

/** A call's result: an error as a negative number; for a read, its length and checksum. */
export type Result = number | readonly number[];

/** A script in named parts. Each ends when no request is pending. */
export type Script = Readonly<Record<string, readonly Step[]>>;

/** The requests and replies of one part. */
export interface ObservedPart {
  readonly fops: readonly string[];
  readonly results: readonly Result[];
}

/** A program that uses a volume. */
export interface Program {
  /** The lines of debug/trace so far. */
  readonly log: string;
  call(step: Step): Promise<Result>;
  /** Starts a step: waits until its request is wound, not for its result. */
  begin(step: Step): Promise<{ readonly result: Promise<Result> }>;
}

const LINE = /:trace_([a-z]+)(_cbk)?\] \S+ \d+: (.*)/g;
/** Fops of which it matters how much is asked for, and where. */
const RANGES = ['readv', 'writev'];
const LISTINGS = ['readdir', 'readdirp'];

const numberIn = (key: string, text: string): string =>
  new RegExp(`${key}=(\\d+)`).exec(text)?.[1] ?? '?';

function describeRequest(fop: string, text: string): string {
  if (RANGES.includes(fop)) return `${fop} ${numberIn('size', text)}@${numberIn('offset', text)}`;
  return LISTINGS.includes(fop) ? `${fop} ${numberIn('size', text)}` : fop;
}

/** The requests in a log, and the replies if these are wanted: `writev 10@0`, `writev answered`. */
export function findRequests(log: string, withReplies = false): string[] {
  return [...log.matchAll(LINE)].flatMap(([, fop, isReply, text]) => {
    if (!fopNames.includes(fop as FopName)) return [];
    if (isReply === undefined) return [describeRequest(fop!, text!)];
    return withReplies ? [`${fop} answered`] : [];
  });
}

/** Polls a condition for at most `PATIENCE_MS`. */
export async function pollUntil(isSo: () => boolean | Promise<boolean>): Promise<number> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await isSo()) && performance.now() < end) await delay(LOOK_MS);
  return 0;
}

/** A kernel stops a process one thread after the other. */
async function hold(brick: RealBrick, isHeld: boolean): Promise<number> {
  brick.pause(isHeld);
  const tasks = `/proc/${brick.pid}/task`;
  const isAsWanted = (task: string): boolean => {
    try {
      return readFileSync(join(tasks, task, 'stat'), 'utf8').includes(') T ') === isHeld;
    } catch {
      // The thread has ended meanwhile.
      return true;
    }
  };
  return pollUntil(() => readdirSync(tasks).every(isAsWanted));
}

/** Has a program do a script. */
export async function play(
  program: Program,
  brick: RealBrick,
  script: Script,
  withReplies = false,
): Promise<Record<string, ObservedPart>> {
  let from = program.log.length;
  let begun: Promise<Result> | undefined;
  const newLog = (): string => program.log.slice(from);
  /** The number of wound requests if all are answered; else -1. */
  const countIfReplied = (): number => {
    const { length } = findRequests(newLog());
    return findRequests(newLog(), true).length === 2 * length ? length : -1;
  };
  const own: Readonly<Record<string, (...args: never[]) => Promise<Result> | Result>> = {
    hold: () => hold(brick, true),
    go: () => hold(brick, false),
    limit(size: number) {
      const most = size < 0 ? 'unlimited' : String(size);
      execFileSync('prlimit', [`--fsize=${most}:`, '--pid', String(brick.pid)]);
      return 0;
    },
    async start(...step: [string, ...(string | number)[]]) {
      begun = (await program.begin(step)).result;
      return 0;
    },
    join: () => begun!,
    sent: (fop: string, count: number) =>
      pollUntil(
        () => findRequests(newLog()).filter((each) => each.startsWith(fop)).length >= count,
      ),
    settle: () =>
      pollUntil(async () => {
        const before = countIfReplied();
        await delay(20 * LOOK_MS);
        return before >= 0 && countIfReplied() === before;
      }),
  };
  const all: Record<string, ObservedPart> = {};
  try {
    for (const [shows, steps] of Object.entries(script)) {
      from = program.log.length;
      const results: Result[] = [];
      for (const step of steps) {
        const [name, ...args] = step;
        const mine = own[name];
        results.push(await (mine === undefined ? program.call(step) : mine(...(args as never[]))));
      }
      all[shows] = { fops: findRequests(newLog(), withReplies), results };
    }
  } finally {
    brick.pause(false);
  }
  return all;
}

const toResult = ({ opRet, opErrno }: Reply): number => (opRet < 0 ? -opErrno : opRet);

/** One that uses ours: each call is the requests that libgfapi makes of it. */
export class Ours implements Program {
  private readonly client: BrickClient;
  private readonly lines: readonly string[];
  private readonly prefix: string;
  private readonly fds = new Map<string, Fd>();
  private writes = 0;
  private readonly calls: Readonly<Record<string, (...args: never[]) => Promise<Result>>> = {
    creat: async (letter: string, name: string) => {
      const [, id] = (await this.ask('open', this.pathOf(name), O_CREAT | O_RDWR)) as [
        string,
        number,
      ];
      this.fds.set(letter, this.driver.client.fds.get(id)!);
      return 0;
    },
    open: (letter: string, name: string, flags: number) => this.open('open', letter, name, flags),
    close: async (letter: string) => {
      const reply = await this.driver.wind('flush', this.findFd(letter), null);
      this.forget(letter);
      return toResult(reply);
    },
    pwrite: async (letter: string, length: number, offset: number) => {
      this.writes += 1;
      const data = new Uint8Array(length).fill(this.writes);
      return toResult(await this.driver.wind('writev', this.findFd(letter), data, offset, 0, null));
    },
    pread: async (letter: string, length: number, offset: number) => {
      const reply = await this.driver.wind('readv', this.findFd(letter), length, offset, 0, null);
      if (reply.opRet < 0) return toResult(reply);
      const data = (reply.values[0] as Uint8Array | null) ?? new Uint8Array(0);
      return [reply.opRet, data.reduce((sum, byte) => sum + byte, 0)];
    },
    fstat: async (letter: string) => {
      const reply = await this.driver.wind('fstat', this.findFd(letter), null);
      return reply.opRet < 0 ? toResult(reply) : (reply.values[0] as { iaSize: number }).iaSize;
    },
    fsync: async (letter: string) =>
      toResult(await this.driver.wind('fsync', this.findFd(letter), 0, null)),
    ftruncate: async (letter: string, size: number) =>
      toResult(await this.driver.wind('ftruncate', this.findFd(letter), size, null)),
    lock: (letter: string) => this.lock(letter, F_WRLCK),
    unlock: (letter: string) => this.lock(letter, F_UNLCK),
    stat: async (name: string) => (await this.driver.find(this.pathOf(name))).buf.iaSize,
    chmod: (name: string, mode: number) => this.runOperation('chmod', this.pathOf(name), mode),
    rename: (name: string, to: string) =>
      this.runOperation('rename', this.pathOf(name), this.pathOf(to)),
    unlink: (name: string) => this.runOperation('unlink', this.pathOf(name)),
    setxattr: (name: string, key: string, value: string) =>
      this.runOperation('setxattr', this.pathOf(name), key, bytes(value)),
    getxattr: async (name: string, key: string) => {
      const [, value] = (await this.ask('getxattr', this.pathOf(name), key)) as [string, string];
      return value.length;
    },
    opendir: (letter: string, name: string) => this.open('opendir', letter, name, 0),
    readdir: async (letter: string) => {
      const fd = this.findFd(letter);
      let count = 0;
      for (let offset = 0; ; ) {
        const { values } = await this.driver.wind('readdirp', fd, LISTING_SIZE, offset, null);
        const entries = (values[0] ?? []) as readonly Dirent[];
        if (entries.length === 0) return count;
        count += entries.length;
        offset = entries.at(-1)!.off;
      }
    },
    closedir: async (letter: string) => {
      this.forget(letter);
      return 0;
    },
  };

  /** @param prefix of the names of all files @param lines the log that the client has */
  constructor(client: BrickClient, prefix: string, lines: readonly string[]) {
    this.client = client;
    this.prefix = prefix;
    this.lines = lines;
  }

  get log(): string {
    return this.lines.join('\n');
  }

  async call([name, ...args]: Step): Promise<Result> {
    try {
      return await this.calls[name]!(...(args as never[]));
    } catch (error) {
      if (error instanceof FopError) return -error.errno;
      throw error;
    }
  }

  /** Requests go down at once, or wait for something. */
  async begin(step: Step): Promise<{ readonly result: Promise<Result> }> {
    return { result: this.call(step) };
  }

  private get driver(): Driver {
    return this.client.driver;
  }

  private pathOf(name: string): string {
    return `/${this.prefix}${name}`;
  }

  private ask(operation: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.client.ask(operation, ...args);
  }

  private async runOperation(operation: string, ...args: readonly unknown[]): Promise<number> {
    await this.ask(operation, ...args);
    return 0;
  }

  private findFd(letter: string): Fd {
    return this.fds.get(letter)!;
  }

  private forget(letter: string): void {
    const fd = this.findFd(letter);
    this.fds.delete(letter);
    this.driver.client.fds.remove(fd.id);
    fd.release();
  }

  private async open(
    fop: 'open' | 'opendir',
    letter: string,
    name: string,
    flags: number,
  ): Promise<number> {
    const { driver } = this;
    const { inode, parent, name: last } = await driver.find(this.pathOf(name));
    const fd = driver.makeFd(inode, flags, fop === 'opendir');
    const loc = new Loc(inode, parent ?? null, last ?? null);
    const reply = await (fop === 'open'
      ? driver.wind('open', loc, flags, fd, null)
      : driver.wind('opendir', loc, fd, null));
    if (reply.opRet < 0) {
      fd.release();
      return toResult(reply);
    }
    driver.client.fds.add(fd);
    this.fds.set(letter, fd);
    return 0;
  }

  private async lock(letter: string, type: number): Promise<number> {
    const flock: Flock = { type, whence: 0, start: 0, len: 0, pid: process.pid, owner: '' };
    return toResult(await this.driver.wind('lk', this.findFd(letter), F_SETLK, flock, null));
  }
}

/** One of libgfapi, in a process of its own. */
export class Theirs implements Program {
  private readonly child: ChildProcess;
  private readonly lines: Interface;
  private readonly logPath: string;
  private readonly processEnd: Promise<never>;

  private constructor(child: ChildProcess, logPath: string) {
    this.child = child;
    this.logPath = logPath;
    this.lines = createInterface({ input: child.stdout! });
    this.processEnd = once(this.lines, 'close').then(() => {
      throw new Error(`the program has ended:\n${this.log}`);
    });
    // A finished script does not await it.
    this.processEnd.catch(() => {});
  }

  /** @param folder for its own files @throws {Error} when the volume does not come */
  static async start(folder: string, volfile: string, prefix: string): Promise<Theirs> {
    const path = join(folder, `${prefix}client.vol`);
    writeFileSync(path, volfile);
    const args = [join(import.meta.dirname, 'gfapi-steps.py'), path, `${path}.log`, prefix];
    const child = spawn('python3', args, { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
    const program = new Theirs(child, `${path}.log`);
    await program.answer();
    return program;
  }

  get log(): string {
    return readFileSync(this.logPath, 'latin1');
  }

  call(step: Step): Promise<Result> {
    const answer = this.answer();
    this.child.stdin!.write(`${JSON.stringify(step)}\n`);
    return answer as Promise<Result>;
  }

  async begin(step: Step): Promise<{ readonly result: Promise<Result> }> {
    const before = findRequests(this.log).length;
    const result = this.call(step);
    await pollUntil(() => findRequests(this.log).length > before);
    return { result };
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }

  private async answer(): Promise<unknown> {
    const [line] = await Promise.race([once(this.lines, 'line'), this.processEnd]);
    return JSON.parse(line);
  }
}
