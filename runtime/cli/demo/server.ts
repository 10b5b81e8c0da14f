/** A server of this program that the demo starts: of a mount, or of a brick. It ends when it is told to. */
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../exit.ts';
import { Server } from '../handover.ts';
import { unlessAborted } from '../interruption.ts';
import type { Terminal } from '../terminal.ts';

/** How long a server may take to unmount and end. */
const GRACE_MS = 5000;
/** Of its log, what is shown when it ended by itself. */
const LOG_LINES = 5;
export const ENDED = 'ended unexpectedly';

export class DemoServer {
  /** What it has said while it started. */
  readonly said: string[] = [];
  /** Whether it is over. */
  hasEnded = false;
  private readonly logFile: string;
  private readonly server: Server;

  /** @param options of its volfile's volumes, as --xlator-option takes them */
  constructor(
    args: readonly string[],
    { logFile, options }: { readonly logFile: string; readonly options: readonly string[] },
    terminal: Terminal,
  ) {
    this.logFile = logFile;
    const hear = (text: string): void => void this.said.push(text);
    const stderr = openSync(logFile, 'a');
    this.server = new Server([...args, '--log-file', logFile, ...asFlags(options)], {
      attached: true,
      stderr,
      terminal: { ...terminal, out: hear, err: hear },
    });
    closeSync(stderr);
    const over = (): void => {
      this.hasEnded = true;
    };
    this.server.ended.then(over, over);
  }

  get pid(): number {
    return this.server.pid;
  }

  /**
   * Resolves when it serves; otherwise to why it does not. `what` it is, for messages. Rejects at once
   * when it is aborted.
   */
  async started(what: string, signal: AbortSignal): Promise<Failure | null> {
    if (await unlessAborted(this.server.ready, signal)) return null;
    const ended = await this.server.ended;
    // One that was killed had no time to say why.
    if (ended.signal === null && this.said.length > 0)
      return new Failure(this.said.join('\n'), this.said);
    return troubleOf(what, ENDED, this.logFile);
  }

  /** Whether it ended because it was told to. */
  async end(): Promise<boolean> {
    const { server } = this;
    server.release();
    const ended = server.ended.then(() => true);
    const patience = new AbortController();
    const late = delay(GRACE_MS, false, { signal: patience.signal }).catch(() => false);
    const isLate = !(await Promise.race([ended, late]));
    if (isLate) server.kill('SIGKILL');
    patience.abort();
    const { signal } = await server.ended;
    return signal === null || isLate;
  }
}

/** As --xlator-option takes them, of glossa and of GlusterFS. */
export const asFlags = (options: readonly string[]): string[] =>
  options.flatMap((option) => ['--xlator-option', option]);

/** What happened to a server, with the end of its log. */
export function troubleOf(what: string, why: string, logFile: string): Failure {
  const log = tail(logFile);
  const told = log === '' ? 'it has logged nothing' : `the end of its log:\n${log}`;
  return new Failure(`${what} ${why}; ${told}`);
}

/** The last lines of a log, without the listing of the volfile. */
function tail(path: string): string {
  // GlusterFS makes it itself, a while after it was started.
  if (!existsSync(path)) return '';
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const telling = lines.filter((line) => line !== '' && !/^(\+-| *\d+: )/.test(line));
  return telling
    .slice(-LOG_LINES)
    .map((line) => `    ${line}`)
    .join('\n');
}
