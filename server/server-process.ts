/**
 * Ends a server process that this one has started, and shows the end of its log if it fails. child-server.ts
 * starts those of glossa, start-server.ts those of other programs.
 */
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { Failure } from '../terminal/exit.ts';

/** The end of a server process: its exit status, or the signal that has ended it. */
export interface ServerExit {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Time limit in ms for a server to unmount and end, before it is killed. */
const GRACE_MS = 5000;
/** The shorter limit after an interruption: the user waits, and the server may hang. */
const SHORT_GRACE_MS = 1000;

/** A server process of this one. */
export class ServerProcess {
  readonly child: ChildProcess;
  /** Resolves when the process has ended; rejects if it could not be started. */
  readonly whenExited: Promise<ServerExit>;
  /** Whether the process has ended, or has not been started. */
  hasEnded = false;
  private readonly signal: AbortSignal | undefined;
  private readonly cleanUp: () => void;
  private endPromise: Promise<boolean> | null = null;

  /**
   * @param signal ends the server when it aborts
   * @param cleanUp called by `end` after the process has ended
   */
  constructor(child: ChildProcess, signal?: AbortSignal, cleanUp = (): void => {}) {
    this.child = child;
    this.signal = signal;
    this.cleanUp = cleanUp;
    this.whenExited = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (status: number | null, exitSignal: NodeJS.Signals | null) => {
        const exit = { status, signal: exitSignal };
        // Until its channel is closed, a server's last messages may still arrive.
        if (child.connected) child.once('disconnect', () => resolve(exit));
        else resolve(exit);
      });
    });
    const noteExit = (): void => {
      this.hasEnded = true;
    };
    this.whenExited.then(noteExit, noteExit);
    signal?.addEventListener('abort', this.endOnAbort, { once: true });
  }

  get pid(): number {
    return this.child.pid!;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /**
   * Asks the server to end, kills it after a grace time, and waits for its end. Further calls wait only.
   * @returns whether it ended because of this call; false if it had been killed before
   */
  end(signal: NodeJS.Signals = 'SIGTERM', graceMs = GRACE_MS): Promise<boolean> {
    this.endPromise ??= this.endAndWait(signal, graceMs);
    return this.endPromise;
  }

  /** Asks the server to end. */
  protected requestEnd(signal: NodeJS.Signals): void {
    this.child.kill(signal);
    // A stopped process handles no signal but SIGKILL.
    this.child.kill('SIGCONT');
  }

  private async endAndWait(endSignal: NodeJS.Signals, graceMs: number): Promise<boolean> {
    const { signal } = this;
    if (!this.hasEnded) this.requestEnd(endSignal);
    let isKilled = false;
    const kill = (): void => {
      isKilled = true;
      this.child.kill('SIGKILL');
    };
    let killTimer = setTimeout(kill, signal?.aborted ? SHORT_GRACE_MS : graceMs);
    const shortenGrace = (): void => {
      clearTimeout(killTimer);
      killTimer = setTimeout(kill, SHORT_GRACE_MS);
    };
    signal?.addEventListener('abort', shortenGrace, { once: true });
    try {
      const exit = await this.whenExited;
      return exit.signal === null || exit.signal === endSignal || isKilled;
    } finally {
      clearTimeout(killTimer);
      signal?.removeEventListener('abort', shortenGrace);
      signal?.removeEventListener('abort', this.endOnAbort);
      this.cleanUp();
    }
  }

  /** Ends the server without waiting for it. */
  private readonly endOnAbort = (): void => {
    // Callers of `end` handle the rejection.
    this.end().catch(() => {});
  };
}

// -- logs ----------------------------------------------------------------------------------------

/** Lines of the log to show if a server ended by itself. */
const SHOWN_LOG_LINES = 5;
/** The reason in the message about a server that ended by itself. */
export const ENDED_TEXT = 'ended unexpectedly';

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

/** Reads the last line of a log that looks like an error; without one, the last line. */
export function readLastError(logFile: string): string {
  const lines = readLogEnd(logFile, Number.POSITIVE_INFINITY);
  const lastError = lines.findLast((line) => / E \[|error|fail|cannot/i.test(line)) ?? lines.at(-1);
  return lastError?.trim() || 'it said nothing';
}
