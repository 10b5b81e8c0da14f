/** A server of this program in a process of its own: of a mount, or of a brick. It ends with its starter. */
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { Server, type ServerEnd } from '../../../server/handover.ts';
import { Failure } from '../../../terminal/exit.ts';
import { unlessAborted } from '../../../terminal/interruption.ts';
import type { Terminal } from '../../../terminal/terminal.ts';

/** How long a server may take to unmount and end. */
const GRACE_MS = 5000;
/** The same when somebody waits for all to end: one that waits for a brick, or is stopped, is ended. */
const HURRY_MS = 1000;
/** Of its log, what is shown when it ended by itself. */
const LOG_LINES = 5;
export const ENDED = 'ended unexpectedly';

export class OwnServer {
  /** What it has said while it started. */
  readonly said: string[] = [];
  /** Whether it is over. */
  hasEnded = false;
  readonly logFile: string;
  private readonly signal: AbortSignal | undefined;
  private readonly server: Server;
  private ending: Promise<boolean> | null = null;

  /** It ends when it is aborted, too, all such servers together. */
  constructor(
    args: readonly string[],
    { logFile, options, signal }: OwnServerSettings,
    terminal: Terminal,
  ) {
    this.logFile = logFile;
    this.signal = signal;
    const hear = (text: string): void => void this.said.push(text);
    const stderr = openSync(logFile, 'a');
    this.server = new Server([...args, '--log-file', logFile, ...xlatorOptionFlags(options)], {
      attached: true,
      stderr,
      terminal: { ...terminal, out: hear, err: hear },
    });
    closeSync(stderr);
    const over = (): void => {
      this.hasEnded = true;
    };
    this.server.ended.then(over, over);
    signal?.addEventListener('abort', this.endAtOnce, { once: true });
  }

  get pid(): number {
    return this.server.pid;
  }

  /** Resolves to true when it serves, to false when it ended before. */
  get ready(): Promise<boolean> {
    return this.server.ready;
  }

  get ended(): Promise<ServerEnd> {
    return this.server.ended;
  }

  /**
   * Resolves when it serves; otherwise to why it does not. `what` it is, for messages. Rejects at once
   * when it is aborted.
   */
  async started(what: string): Promise<Failure | null> {
    if (await (this.signal ? unlessAborted(this.ready, this.signal) : this.ready)) return null;
    const ended = await this.server.ended;
    // One that was killed had no time to say why.
    if (ended.signal === null && this.said.length > 0)
      return new Failure(this.said.join('\n'), this.said);
    return serverFailure(what, ENDED, this.logFile);
  }

  /** Whether it ended because it was told to. */
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
      const ended = await server.ended;
      return ended.signal === null || isLate;
    } finally {
      clearTimeout(late);
      signal?.removeEventListener('abort', hurry);
      signal?.removeEventListener('abort', this.endAtOnce);
    }
  }

  private readonly endAtOnce = (): void => {
    // What it ended by is for whoever waits for it.
    this.end().catch(() => {});
  };
}

interface OwnServerSettings {
  readonly logFile: string;
  /** Of its volfile's volumes, as --xlator-option takes them. */
  readonly options: readonly string[];
  readonly signal?: AbortSignal;
}

/** As --xlator-option takes them, of glossa and of GlusterFS. */
export const xlatorOptionFlags = (options: readonly string[]): string[] =>
  options.flatMap((option) => ['--xlator-option', option]);

/** What happened to a server, with the end of its log. */
export function serverFailure(what: string, why: string, logFile: string): Failure {
  const lines = logEnd(logFile, LOG_LINES).map((line) => `    ${line}`);
  const told = lines.length === 0 ? 'it has logged nothing' : 'the end of its log:';
  return new Failure([`${what} ${why}; ${told}`, ...lines].join('\n'));
}

/** The last lines of a log, without the listing of the volfile. */
export function logEnd(path: string, count: number): string[] {
  // GlusterFS makes it itself, a while after it was started.
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.filter((line) => line !== '' && !/^(\+-| *\d+: )/.test(line)).slice(-count);
}
