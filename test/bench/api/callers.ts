/**
 * Starts callers: programs that make calls on files for a suite, and stay for all its rounds. A caller
 * makes its files, prints `ready`, and then obeys orders (`caller.c`).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MeasurementError, WrongAnswers } from '../../../apps/bench/engine/measurement-error.ts';
import { compile } from '../../../apps/bench/run/compile.ts';
import { runToEnd } from '../../../apps/bench/run/others/implementation.ts';
import { makeBuiltPath, packageRoot } from '../../../runtime/sys/paths.ts';
import { type Bench, withTimeLimit } from '../bench.ts';

/** An order of a caller: `stat`, `read` of a file in three calls, or `flight`: 64 stats under way. */
export type Order = 'stat' | 'read' | 'flight';

/** Microseconds of a call. */
export type CallerSample = Readonly<Record<'mean' | 'p50' | 'p99', number>>;

/** A program and its arguments. */
export type CommandLine = readonly [string, ...string[]];

const STOP_MS_MAX = 5000;
const WRONG_REPLIES_STATUS = 3;

export class Caller {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private readonly title: string;
  /** Resolves after the end of the process, and of its output. */
  private readonly closed: Promise<unknown>;
  private errorText = '';

  private constructor(title: string, child: ChildProcess) {
    this.title = title;
    this.child = child;
    this.lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    this.closed = new Promise((resolve) => {
      child.once('close', resolve).once('error', resolve);
    });
    child.stderr!.on('data', (data: Buffer) => {
      this.errorText += data.toString();
    });
  }

  /** Starts a caller, which ends with the part. @throws {MeasurementError} */
  static async start(
    { cleanup, signal }: Bench,
    title: string,
    [program, ...args]: CommandLine,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Caller> {
    const child = spawn(program, args, { detached: true, env: { ...process.env, ...env } });
    const caller = new Caller(title, child);
    cleanup.add(async () => {
      child.stdin!.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
      await caller.closed;
      clearTimeout(timer);
    });
    await withTimeLimit(signal, caller.readLine());
    return caller;
  }

  /** Makes `count` calls. @throws {MeasurementError} @throws {WrongAnswers} */
  async call(order: Order, count: number): Promise<CallerSample> {
    this.child.stdin!.write(`${order} ${count}\n`);
    return JSON.parse(await this.readLine()) as CallerSample;
  }

  private async readLine(): Promise<string> {
    const { done, value } = await this.lines.next();
    if (done !== true) return value;
    await this.closed;
    const reason = this.errorText.trim().split('\n').at(-1) || `${this.title} ended`;
    const Reason = this.child.exitCode === WRONG_REPLIES_STATUS ? WrongAnswers : MeasurementError;
    throw new Reason(reason);
  }
}

// -- programs ------------------------------------------------------------------------------------

const findSource = (name: string): string => join(packageRoot, 'test/bench/api', name);

/** Compiles the caller of libgfapi, unless it exists. @throws {MeasurementError} */
export function compileGfapiCaller({ folder }: Bench): string {
  const { status, output } = runToEnd(['pkg-config', '--cflags', '--libs', 'glusterfs-api']);
  if (status !== 0) {
    throw new MeasurementError('libgfapi is missing (apt install pkg-config libglusterfs-dev)');
  }
  const program = join(folder, 'gfapi-caller');
  const problem = existsSync(program)
    ? null
    : compile(findSource('caller.c'), program, output.split(/\s+/));
  if (problem !== null) throw new MeasurementError(problem);
  return program;
}

/** The command of a caller of Volume. */
export const makeVolumeCommand = (volfile: string): CommandLine => [
  process.execPath,
  makeBuiltPath('test/bench/api/volume-caller.cjs'),
  volfile,
  DIRECTORY,
];

/** The directory of a volume in which callers make their files. */
export const DIRECTORY = '/api';

/** The command of a caller in Python. @throws {MeasurementError} */
export function makePythonCommand(
  kind: 'os' | 'glossa' | 'aio',
  ...args: readonly string[]
): CommandLine {
  if (runToEnd([PYTHON, '--version']).status !== 0) {
    throw new MeasurementError('python3 is missing (apt install python3)');
  }
  return [PYTHON, findSource('caller.py'), kind, ...args];
}

const PYTHON = 'python3';

/** Environment in which Python finds the package, and the package the command. */
export const pythonSettings = {
  PYTHONPATH: join(packageRoot, 'python'),
  GLOSSA: join(packageRoot, 'dist/cli/main.cjs'),
};
