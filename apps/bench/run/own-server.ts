/**
 * Starts and ends a glossa mount or brick for the bench and the demo, in a child process that never
 * outlives its parent.
 */
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { ChildServer, type ServerExit } from '../../../server/child-server.ts';
import { Failure } from '../../../terminal/exit.ts';
import { rejectOnAbort } from '../../../terminal/interruption.ts';
import type { Terminal } from '../../../terminal/terminal.ts';

/** Time limit in ms for a server to unmount and end, before it is killed. */
const GRACE_MS = 5000;
/** The shorter limit after an interruption: the user waits, and the server may hang. */
const SHORT_GRACE_MS = 1000;
/** Lines of the log to show if a server ended by itself. */
const SHOWN_LOG_LINES = 5;
/** The reason in the message about a server that ended by itself. */
export const ENDED_TEXT = 'ended unexpectedly';

/** A server in a child process. */
export class OwnServer {
  /** Messages that the server printed while it started. */
  readonly messages: string[] = [];
  /** Whether the process has ended. */
  hasEnded = false;
  readonly logFile: string;
  private readonly signal: AbortSignal | undefined;
  private readonly server: ChildServer;
  private endPromise: Promise<boolean> | null = null;

  /**
   * Starts the server.
   * @param args command and operands of glossa, such as `brick VOLFILE`
   * @param terminal its messages go to `messages` instead
   */
  constructor(
    args: readonly string[],
    { logFile, options, signal }: OwnServerSettings,
    terminal: Terminal,
  ) {
    this.logFile = logFile;
    this.signal = signal;
    const addMessage = (text: string): void => void this.messages.push(text);
    const stderr = openSync(logFile, 'a');
    this.server = new ChildServer(
      [...args, '--log-file', logFile, ...makeXlatorOptionFlags(options)],
      {
        isAttached: true,
        stderr,
        terminal: { ...terminal, out: addMessage, err: addMessage },
      },
    );
    closeSync(stderr);
    const noteExit = (): void => {
      this.hasEnded = true;
    };
    this.server.whenExited.then(noteExit, noteExit);
    signal?.addEventListener('abort', this.endOnAbort, { once: true });
  }

  /** The pid of the server's process. */
  get pid(): number {
    return this.server.pid;
  }

  /** Resolves to true when the server serves, or to false if it ended before. */
  get whenReady(): Promise<boolean> {
    return this.server.whenReady;
  }

  /** Resolves when the process has ended. */
  get whenEnded(): Promise<ServerExit> {
    return this.server.whenExited;
  }

  /**
   * Resolves to null when the server serves, or to the failure if it ended before. Rejects at once
   * when the signal aborts.
   * @param title the name of the server in messages
   */
  async waitUntilStarted(title: string): Promise<Failure | null> {
    if (await (this.signal ? rejectOnAbort(this.whenReady, this.signal) : this.whenReady))
      return null;
    const exit = await this.server.whenExited;
    // A killed server has sent no reason.
    if (exit.signal === null && this.messages.length > 0)
      return new Failure(this.messages.join('\n'), this.messages);
    return makeServerFailure(title, ENDED_TEXT, this.logFile);
  }

  /** Ends the server; resolves to false if it had ended by itself. */
  end(): Promise<boolean> {
    this.endPromise ??= this.releaseAndWait();
    return this.endPromise;
  }

  /** Asks the server to end, kills it after the grace time, and waits for its end. */
  private async releaseAndWait(): Promise<boolean> {
    const { server, signal } = this;
    server.endServer();
    let isKilled = false;
    const kill = (): void => {
      isKilled = true;
      server.kill('SIGKILL');
    };
    let killTimer = setTimeout(kill, signal?.aborted ? SHORT_GRACE_MS : GRACE_MS);
    const shortenGrace = (): void => {
      clearTimeout(killTimer);
      killTimer = setTimeout(kill, SHORT_GRACE_MS);
    };
    signal?.addEventListener('abort', shortenGrace, { once: true });
    try {
      const exit = await server.whenExited;
      return exit.signal === null || isKilled;
    } finally {
      clearTimeout(killTimer);
      signal?.removeEventListener('abort', shortenGrace);
      signal?.removeEventListener('abort', this.endOnAbort);
    }
  }

  /** Ends the server without waiting for it. */
  private readonly endOnAbort = (): void => {
    // Callers of `end` handle the rejection.
    this.end().catch(() => {});
  };
}

/** Settings for the start of a server. */
interface OwnServerSettings {
  readonly logFile: string;
  /** Options of its volumes, in the form of --xlator-option. */
  readonly options: readonly string[];
  /** Ends the server when it aborts. */
  readonly signal?: AbortSignal;
}

/** Turns options into flags --xlator-option, which glossa and GlusterFS share. */
export const makeXlatorOptionFlags = (options: readonly string[]): string[] =>
  options.flatMap((option) => ['--xlator-option', option]);

/** Makes the failure of a server, with the last lines of its log. */
export function makeServerFailure(title: string, reason: string, logFile: string): Failure {
  const lines = readLogEnd(logFile, SHOWN_LOG_LINES).map((line) => `    ${line}`);
  const logText = lines.length === 0 ? 'it has logged nothing' : 'the end of its log:';
  return new Failure([`${title} ${reason}; ${logText}`, ...lines].join('\n'));
}

/** Reads the last lines of a log, without the volfile that GlusterFS logs at its start. */
export function readLogEnd(path: string, count: number): string[] {
  // GlusterFS creates its log a while after its start.
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.filter((line) => line !== '' && !/^(\+-| *\d+: )/.test(line)).slice(-count);
}
