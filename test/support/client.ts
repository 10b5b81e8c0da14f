/**
 * Runs commands on a mount, each in its own processes.
 *
 *     const client = new Client(folder, 'ls -la', {});
 *     expect((await client.outcome).status).toBe(0);
 *
 * A server that never answers leaves its clients in the kernel, where no signal ends them. So a
 * test waits for a client only as long as its `patience`: then the outcome is an error, and the
 * client ends with the server. A client's output is Latin-1, one character for each byte.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';
import type { Outcome } from './mount.ts';
import { skipWithoutTools, toolPath } from './tools.ts';

/** Longest that a client may take by default, in milliseconds. */
const PATIENCE_MS = 150_000;

/** Programs for scripts to run: `"$NODE" "$CLIENTS/x.mjs"`. */
export const CLIENTS = join(packageRoot, 'test/mount/clients');

export interface ClientSettings {
  readonly env?: Readonly<Record<string, string>>;
  /** Runs as this user and group, in these groups besides, instead of as the user of the tests. */
  readonly as?: Caller;
  /** A command that runs the rest of its arguments, such as that of `prepareProgram`. */
  readonly wrapper?: readonly string[];
  /** Longest that it may take, in milliseconds. */
  readonly patience?: number;
}

export interface Caller {
  readonly uid: number;
  readonly gid: number;
  readonly groups?: readonly number[];
}

/** Two ordinary users. */
export const NOBODY: Caller = { uid: 65_534, gid: 65_534 };
export const OTHER: Caller = { uid: 1234, gid: 1234 };

export class Client {
  readonly child: ChildProcess;
  /** Rejects when the client does not end. */
  readonly outcome: Promise<Outcome>;
  /** The client's output so far. */
  out = '';
  err = '';
  private readonly script: string;
  private readonly watchers = new Set<() => void>();

  /** Starts a script of bash in `folder`, which is made when it is missing. */
  constructor(folder: string, script: string, settings: ClientSettings = {}) {
    const { env = {}, as, patience = PATIENCE_MS } = settings;
    const { wrapper = as === undefined ? [] : asUser(as) } = settings;
    skipWithoutTools(script);
    this.script = script;
    // The folder is entered by the client itself: spawn would wait for it.
    const prepared = `umask 022; mkdir -p -- "$0" && cd -- "$0" || exit\n${script}`;
    // Its input is a socket, for which bash would take ~/.bashrc in where no shell is around it.
    const bash = ['bash', '--norc', '-c', prepared, folder];
    const [program, ...args] = [...wrapper, ...bash];
    this.child = spawn(program!, args, {
      cwd: '/',
      env: { ...process.env, ...FIXED, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      // Its own process group, for its child processes.
      detached: true,
    });
    this.child.stdout!.setEncoding('latin1').on('data', (text: string) => {
      this.out += text;
      for (const watcher of this.watchers) watcher();
    });
    this.child.stderr!.setEncoding('latin1').on('data', (text: string) => {
      this.err += text;
    });
    // Not every client reads its input.
    this.child.stdin!.on('error', () => {});
    this.outcome = this.awaitEnd(patience);
  }

  /** Resolves when this has been written, or throws when the client ends without it. */
  async waitForOutput(pattern: RegExp): Promise<void> {
    let watch = (): void => {};
    const matched = new Promise<void>((resolve) => {
      watch = () => {
        if (pattern.test(this.out)) resolve();
      };
    });
    this.watchers.add(watch);
    watch();
    await Promise.race([matched, this.outcome]);
    this.watchers.delete(watch);
    if (!pattern.test(this.out)) throw new Error(`never said ${pattern}: ${this.out}${this.err}`);
  }

  /** Lets a client that reads its input to the end go on. */
  release(): void {
    this.child.stdin!.end();
  }

  /** Kills the client and its child processes. */
  kill(): void {
    try {
      process.kill(-this.child.pid!, 'SIGKILL');
    } catch (error) {
      // Nothing of it is left.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  private awaitEnd(patience: number): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.kill();
        reject(new Error(`did not end: ${this.script}\n${(this.out + this.err).slice(-2000)}`));
      };
      const timer = setTimeout(giveUp, patience);
      this.child.once('error', reject);
      this.child.once('close', (status, signal) => {
        clearTimeout(timer);
        resolve({ status, signal, out: this.out, err: this.err });
      });
    });
  }
}

/** The environment of all clients, so that their output can be compared. */
const FIXED = {
  LC_ALL: 'C',
  TZ: 'UTC',
  NODE: process.execPath,
  CLIENTS,
  NO_COLOR: '1',
  PATH: toolPath,
} as const;

/** The command that runs the rest of its arguments as another user. */
export function asUser({ uid, gid, groups = [] }: Caller): string[] {
  const list = groups.length === 0 ? '--clear-groups' : `--groups=${groups.join(',')}`;
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, list, '--'];
}
