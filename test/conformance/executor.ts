/**
 * Runs the executor, a program in C that makes the system calls of a script below a folder, in
 * several processes, and prints each result (`executor/main.c`).
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { CALLERS, formatScript, type Script } from './script.ts';

const SOURCES = join(packageRoot, 'test/conformance/executor');
export const COMPILER = process.env.CC ?? 'cc';
// Static, as the executor also runs in a chroot without libraries.
const FLAGS = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-static'];

/** The time limit of a script, in milliseconds: after it, the executor counts as hanging. */
const PATIENCE_MS = 60_000;

/** Compiles the executor into `folder` once; returns its path. @throws {Error} compiler output */
export function compileExecutor(folder: string): string {
  const out = join(folder, 'executor');
  if (existsSync(out)) return out;
  // Another process may compile it at the same time.
  const unfinished = `${out}.${process.pid}`;
  const sources = readdirSync(SOURCES).filter((name) => name.endsWith('.c'));
  const args = [...FLAGS, '-o', unfinished, ...sources];
  const { status, stderr, error } = spawnSync(COMPILER, args, { cwd: SOURCES, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${COMPILER}: ${error?.message ?? stderr}`);
  renameSync(unfinished, out);
  return out;
}

/** True if the disk of a folder gives each change a time of its own. */
export const hasFineTimes = (program: string, folder: string): boolean =>
  spawnSync(program, ['--grain', folder]).status === 0;

/** The results of a script on one side. */
export interface Run {
  /** The result of each command. */
  readonly results: readonly string[];
  /** The trees afterwards, a line for each entry, by path. */
  readonly trees: readonly (readonly string[])[];
}

/** The executor on one side, for a folder and its subfolders. */
export class Executor {
  /** The folder in which scripts run. */
  readonly root: string;
  private readonly child: ChildProcess;
  /** The output since the last request. */
  private text = '';
  private onLine: () => void = () => {};
  private failure: Error | null = null;

  constructor(program: string, root: string) {
    this.root = root;
    this.child = spawn(program, [root], { cwd: '/', stdio: ['pipe', 'pipe', 'inherit'] });
    this.child.stdout!.setEncoding('latin1').on('data', (text: string) => {
      this.text += text;
      this.onLine();
    });
    // The process may have ended already.
    this.child.stdin!.on('error', () => {});
    this.child.once('exit', (code, signal) => {
      this.failure = new Error(`the executor ended: ${signal ?? code}\n${this.text}`);
      this.onLine();
    });
  }

  /**
   * Runs a script in a new folder of this name, which is removed afterwards. `trees` are folders to
   * describe at the end, each with the name of a hidden attribute.
   * @throws {Error} when the executor does not answer; it is unusable then.
   */
  async run(
    name: string,
    script: Script,
    trees: readonly { readonly path: string; readonly hidden?: string }[],
  ): Promise<Run> {
    const commands = trees
      .map(({ path, hidden }) => `tree ${path} ${hidden ?? ''}\ndone\n`)
      .join('');
    const ask = `begin ${name} ${CALLERS.join(' ')}\n${formatScript(script)}end\ndone\n${commands}`;
    const parts = await this.ask(`${ask}remove ${join(this.root, name)}\ndone\n`, trees.length + 2);
    const [results, ...rest] = parts as [string[], ...string[][]];
    return { results, trees: rest.slice(0, trees.length) };
  }

  /** Ends the executor and its processes. */
  async close(): Promise<void> {
    if (this.failure !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }

  /** Sends text, and waits for `count` parts of output, each ending in `done`. */
  private ask(text: string, count: number): Promise<string[][]> {
    this.text = '';
    this.child.stdin!.write(text);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`no answer any more, after:\n${this.text.slice(-2000)}`));
      }, PATIENCE_MS);
      this.onLine = () => {
        const isWhole = this.text.endsWith('done\n');
        const parts = isWhole ? this.text.split(/^done\n/m) : [];
        if (parts.length - 1 !== count && this.failure === null) return;
        clearTimeout(timer);
        this.onLine = () => {};
        if (parts.length - 1 !== count) reject(this.failure);
        else resolve(parts.slice(0, -1).map((part) => part.split('\n').slice(0, -1)));
      };
      this.onLine();
    });
  }
}
