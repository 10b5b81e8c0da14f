/**
 * Starts a server of glossa that ends with this process, and keeps the messages of its start. The bench, the demo, the
 * tutorial and their suites start mounts and bricks with it.
 */
import { closeSync, openSync } from 'node:fs';
import { Failure } from '../terminal/exit.ts';
import { rejectOnAbort } from '../terminal/interruption.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { ChildServer } from './child-server.ts';
import { ENDED_TEXT, makeServerFailure } from './server-process.ts';

/** Settings for the start of a server. */
interface OwnServerSettings {
  readonly logFile: string;
  /** Options of its volumes, in the form of --xlator-option. */
  readonly options: readonly string[];
  /** The program of glossa; default: this one. */
  readonly program?: string | undefined;
  /** Ends the server when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** Turns options into flags --xlator-option, which glossa and GlusterFS share. */
export const makeXlatorOptionFlags = (options: readonly string[]): string[] =>
  options.flatMap((option) => ['--xlator-option', option]);

/** A server whose messages are kept. */
export class OwnServer extends ChildServer {
  /** Messages that the server printed while it started. */
  readonly messages: readonly string[];
  private readonly settings: OwnServerSettings;

  /**
   * Starts the server.
   * @param args command and operands of glossa, such as `brick VOLFILE`
   */
  constructor(args: readonly string[], settings: OwnServerSettings, terminal: Terminal) {
    const { logFile, options, program, signal } = settings;
    const messages: string[] = [];
    const addMessage = (text: string): void => void messages.push(text);
    const stderr = openSync(logFile, 'a');
    super([...args, '--log-file', logFile, ...makeXlatorOptionFlags(options)], {
      isAttached: true,
      ...{ stderr, program, signal },
      terminal: { ...terminal, out: addMessage, err: addMessage },
    });
    closeSync(stderr);
    this.messages = messages;
    this.settings = settings;
  }

  /**
   * Waits until the server serves; otherwise ends it.
   * @param title the name of the server in messages
   * @throws {Failure} if it ended before; the signal's reason, when that aborts
   */
  async waitUntilStarted(title: string): Promise<void> {
    const { logFile, signal } = this.settings;
    try {
      if (await (signal ? rejectOnAbort(this.whenReady, signal) : this.whenReady)) return;
      const exit = await this.whenExited;
      // A killed server has sent no reason.
      throw exit.signal === null && this.messages.length > 0
        ? new Failure(this.messages.join('\n'), this.messages)
        : makeServerFailure(title, ENDED_TEXT, logFile);
    } catch (error) {
      await this.end();
      throw error;
    }
  }
}
