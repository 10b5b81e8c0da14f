/** Starts a glossa server of a mount or brick in a child process, which ends with its parent. */
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { ChildServer, type ServerExit } from '../../../server/child-server.ts';
import { Failure } from '../../../terminal/exit.ts';
import { rejectOnAbort } from '../../../terminal/interruption.ts';
import type { Terminal } from '../../../terminal/terminal.ts';

/** Time limit for a server to unmount and end. */
const GRACE_MS = 5000;
/** The shorter limit after an interruption, for servers that wait for a brick or are stopped. */
const HURRY_MS = 1000;
/** Lines of the log to show when a server ended by itself. */
const LOG_LINES = 5;
export const ENDED = 'ended unexpectedly';

export class OwnServer {
  /** Messages that the server sent while it started. */
  readonly said: string[] = [];
  /** Whether the process has ended. */
  hasEnded = false;
  readonly logFile: string;
  private readonly signal: AbortSignal | undefined;
  private readonly server: ChildServer;
  private ending: Promise<boolean> | null = null;

  /** The signal of the settings ends the server, too. */
  constructor(
    args: readonly string[],
    { logFile, options, signal }: OwnServerSettings,
    terminal: Terminal,
  ) {
    this.logFile = logFile;
    this.signal = signal;
    const hear = (text: string): void => void this.said.push(text);
    const stderr = openSync(logFile, 'a');
    this.server = new ChildServer([...args, '--log-file', logFile, ...xlatorOptionFlags(options)], {
      attached: true,
      stderr,
      terminal: { ...terminal, out: hear, err: hear },
    });
    closeSync(stderr);
    const over = (): void => {
      this.hasEnded = true;
    };
    this.server.whenExited.then(over, over);
    signal?.addEventListener('abort', this.endAtOnce, { once: true });
  }

  get pid(): number {
    return this.server.pid;
  }

  /** Resolves to true when the server serves, to false when it ended before. */
  get ready(): Promise<boolean> {
    return this.server.whenReady;
  }

  get ended(): Promise<ServerExit> {
    return this.server.whenExited;
  }

  /**
   * Resolves to null when the server serves, else to the failure; rejects at once when it is
   * aborted.
   * @param what the name of the server in messages
   */
  async started(what: string): Promise<Failure | null> {
    if (await (this.signal ? rejectOnAbort(this.ready, this.signal) : this.ready)) return null;
    const ended = await this.server.whenExited;
    // A killed server has sent no reason.
    if (ended.signal === null && this.said.length > 0)
      return new Failure(this.said.join('\n'), this.said);
    return serverFailure(what, ENDED, this.logFile);
  }

  /** Ends the server; resolves to false if it had ended by itself. */
  end(): Promise<boolean> {
    this.ending ??= this.release();
    return this.ending;
  }

  private async release(): Promise<boolean> {
    const { server, signal } = this;
    server.release();
    let isLate = false;
    const kill = (): void => {
      isLate = true;
      server.kill('SIGKILL');
    };
    let late = setTimeout(kill, signal?.aborted ? HURRY_MS : GRACE_MS);
    const hurry = (): void => {
      clearTimeout(late);
      late = setTimeout(kill, HURRY_MS);
    };
    signal?.addEventListener('abort', hurry, { once: true });
    try {
      const ended = await server.whenExited;
      return ended.signal === null || isLate;
    } finally {
      clearTimeout(late);
      signal?.removeEventListener('abort', hurry);
      signal?.removeEventListener('abort', this.endAtOnce);
    }
  }

  private readonly endAtOnce = (): void => {
    // Callers of `end` handle the rejection.
    this.end().catch(() => {});
  };
}

interface OwnServerSettings {
  readonly logFile: string;
  /** Options of its volumes, in the form of --xlator-option. */
  readonly options: readonly string[];
  readonly signal?: AbortSignal;
}

/** Turns options into flags --xlator-option, which glossa and GlusterFS share. */
export const xlatorOptionFlags = (options: readonly string[]): string[] =>
  options.flatMap((option) => ['--xlator-option', option]);

/** The failure of a server, with the end of its log. */
export function serverFailure(what: string, why: string, logFile: string): Failure {
  const lines = logEnd(logFile, LOG_LINES).map((line) => `    ${line}`);
  const told = lines.length === 0 ? 'it has logged nothing' : 'the end of its log:';
  return new Failure([`${what} ${why}; ${told}`, ...lines].join('\n'));
}

/** The last lines of a log, without the listing of the volfile. */
export function logEnd(path: string, count: number): string[] {
  // GlusterFS creates its log a while after its start.
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.filter((line) => line !== '' && !/^(\+-| *\d+: )/.test(line)).slice(-count);
}
