/**
 * Starts callers: programs that make calls on files for a suite, and stay for all its rounds. A caller
 * makes its files, prints `ready`, and then obeys orders (`caller.c`).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pinProcess } from '../../../apps/bench/engine/affinity.ts';
import { NotMeasured, WrongAnswers } from '../../../apps/bench/engine/not-measured.ts';
import { compile } from '../../../apps/bench/run/compile.ts';
import { runToEnd } from '../../../apps/bench/run/others/implementation.ts';
import { findBuiltFile, packageRoot } from '../../../runtime/sys/paths.ts';
import { type Bench, withTimeLimit } from '../bench.ts';
import type { Sample } from '../calls.ts';

/** The orders of callers: `stat`, `read` of a file in three calls, `flight`: 64 stats under way. */
export type Order = 'stat' | 'read' | 'flight';

const STOP_MS_MAX = 5000;
const WRONG_REPLIES_STATUS = 3;

export class Caller {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private readonly title: string;
  private errorText = '';

  private constructor(title: string, child: ChildProcess) {
    this.title = title;
    this.child = child;
    this.lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    child.stderr!.on('data', (data: Buffer) => {
      this.errorText += data.toString();
    });
  }

  /** Starts a caller, which ends with the part. @throws {NotMeasured} */
  static async start(
    { cleanup, signal }: Bench,
    title: string,
    [program, ...args]: readonly [string, ...string[]],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Caller> {
    const child = spawn(program, args, { detached: true, env: { ...process.env, ...env } });
    const caller = new Caller(title, child);
    const exited = new Promise<void>((resolve) => {
      child.once('exit', () => resolve()).once('error', () => resolve());
    });
    cleanup.add(async () => {
      child.stdin!.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
      await exited;
      clearTimeout(timer);
    });
    await withTimeLimit(signal, caller.readLine());
    return caller;
  }

  get pid(): number {
    return this.child.pid!;
  }

  pin(cpus: string): void {
    pinProcess(this.pid, cpus);
  }

  /** Makes `count` calls. @throws {NotMeasured} @throws {WrongAnswers} */
  async call(order: Order, count: number): Promise<Sample> {
    this.child.stdin!.write(`${order} ${count}\n`);
    return JSON.parse(await this.readLine()) as Sample;
  }

  private async readLine(): Promise<string> {
    const { done, value } = await this.lines.next();
    if (done !== true) return value;
    const reason = this.errorText.trim().split('\n').at(-1) || `${this.title} ended`;
    const Reason = this.child.exitCode === WRONG_REPLIES_STATUS ? WrongAnswers : NotMeasured;
    throw new Reason(reason);
  }
}

// -- programs ------------------------------------------------------------------------------------

const findSource = (name: string): string => join(packageRoot, 'test/bench/api', name);

/** Compiles the caller of system calls, unless it exists. @throws {NotMeasured} */
export const compileCaller = (bench: Bench): string => compileOnce(bench, 'caller', []);

/** Compiles the caller of libgfapi, unless it exists. @throws {NotMeasured} */
export function compileGfapiCaller(bench: Bench): string {
  const { status, out } = runToEnd(['pkg-config', '--cflags', '--libs', 'glusterfs-api']);
  if (status !== 0) {
    throw new NotMeasured('libgfapi is missing (apt install pkg-config libglusterfs-dev)');
  }
  return compileOnce(bench, 'gfapi-caller', ['-DGFAPI', ...out.split(/\s+/)]);
}

function compileOnce({ folder }: Bench, name: string, flags: readonly string[]): string {
  const program = join(folder, name);
  const problem = existsSync(program) ? null : compile(findSource('caller.c'), program, flags);
  if (problem !== null) throw new NotMeasured(problem);
  return program;
}

/** The command of a caller of Volume. */
export const makeVolumeCommand = (volfile: string): readonly [string, ...string[]] => [
  process.execPath,
  findBuiltFile(new URL('./volume-caller.js', import.meta.url)),
  volfile,
  DIRECTORY,
];

/** The directory of a volume in which callers make their files. */
export const DIRECTORY = '/api';
