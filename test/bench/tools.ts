/** What the bench needs from the machine, and which Debian package brings what is missing. */
import { type ExecFileException, execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { promisify } from 'node:util';
import { NotMeasured } from '../../runtime/bench/missing.ts';

const run = promisify(execFile);

/** Longest time that any command may take that is not given more. */
const COMMAND_MS = 120_000;

interface Need {
  /** Whether it is there. */
  check(tools: Tools): Promise<boolean> | boolean;
  readonly advice: string;
}

const runs =
  (command: string, ...args: string[]) =>
  (tools: Tools): Promise<boolean> =>
    tools.output(command, args).then(
      () => true,
      () => false,
    );

const needs = {
  root: { check: () => isRoot, advice: 'it has to run as root' },
  fuse: { check: hasFuse, advice: 'there is no /dev/fuse that may be used (apt install fuse3)' },
  gcc: { check: runs('gcc', '--version'), advice: 'gcc is missing (apt install gcc libc6-dev)' },
  glusterfs: {
    check: runs('glusterfs', '--version'),
    advice: 'glusterfs is missing (apt install glusterfs-client)',
  },
  git: { check: runs('git', '--version'), advice: 'git is missing (apt install git)' },
  tar: { check: runs('tar', '--version'), advice: 'tar is missing (apt install tar)' },
  taskset: {
    check: runs('taskset', '--version'),
    advice: 'taskset is missing (apt install util-linux)',
  },
} satisfies Record<string, Need>;

export type NeedName = keyof typeof needs;

export const isRoot = process.getuid?.() === 0;

function canAccess(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    // Whatever the reason, it cannot be used.
    return false;
  }
}

/** Others than root mount by a program of libfuse. */
async function hasFuse(tools: Tools): Promise<boolean> {
  if (!canAccess('/dev/fuse', constants.R_OK | constants.W_OK)) return false;
  return isRoot || runs('fusermount3', '--version')(tools);
}

export class Tools {
  private readonly signal: AbortSignal | undefined;
  private readonly known = new Map<NeedName, Promise<boolean>>();

  /** @param signal interrupts the commands */
  constructor(signal?: AbortSignal) {
    this.signal = signal;
  }

  /** @throws {NotMeasured} naming all that is missing */
  async require(...names: readonly NeedName[]): Promise<void> {
    const missing: string[] = [];
    for (const name of names) if (!(await this.has(name))) missing.push(needs[name].advice);
    if (missing.length > 0) throw new NotMeasured(missing.join('; '));
  }

  has(name: NeedName): Promise<boolean> {
    let answer = this.known.get(name);
    if (answer === undefined) {
      answer = Promise.resolve(needs[name].check(this));
      this.known.set(name, answer);
    }
    return answer;
  }

  /**
   * Standard output of a command that succeeds.
   * @throws {NotMeasured} with the last thing it said
   */
  async output(command: string, args: readonly string[], ms = COMMAND_MS): Promise<string> {
    try {
      const limits = { timeout: ms, killSignal: 'SIGKILL', signal: this.signal } as const;
      return (await run(command, args, limits)).stdout;
    } catch (error) {
      this.signal?.throwIfAborted();
      const { stderr = '', message, code } = error as ExecFileException;
      const status = typeof code === 'number' ? code : undefined;
      throw new NotMeasured(stderr.trim().split('\n').at(-1) || message, status);
    }
  }
}
