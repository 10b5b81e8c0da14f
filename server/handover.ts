/**
 * A server in a process of its own, and the process that starts it and waits until it serves.
 *
 * The server is this program again, with arguments of its own, a session of its own (no terminal,
 * hence no Ctrl-C reaches it), and the variable GLOSSA_SERVER. They share Node's channel between
 * processes: what the server has to say while it starts travels over it, then that it is ready.
 * - A *daemon* then closes the channel, and the starter ends.
 * - An *attached* server keeps it, and ends when the starter closes it or is no more, whatever
 *   became of it: so nothing is left behind by `kill -9`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { FromServer, Request } from '../runtime/debug/protocol.ts';
import { noInspector } from '../runtime/sys/inspector.ts';
import { processTerminal, type Terminal } from '../terminal/terminal.ts';
import { ttyPath } from '../terminal/tty.ts';
import type { RecordRequest } from './recording.ts';

const VARIABLE = 'GLOSSA_SERVER';

type ServerMessage =
  | { readonly out: string }
  | { readonly err: string }
  | { readonly ready: true }
  | { readonly debug: FromServer };
type StarterMessage = { readonly debug: Request };

/** What the server must know of the process that started it, in the variable. */
interface Starter extends Pick<Terminal, 'interactive' | 'colour' | 'width'> {
  readonly attached: boolean;
  /** The terminal it has, for a debugger of an attached server. */
  readonly tty: string | undefined;
  /** A folder that is to be gone with the mount. */
  readonly scratch: string | undefined;
  readonly record: RecordRequest | undefined;
  /** Whether it debugs the server. */
  readonly debugs: boolean;
}

// -- the starter ------------------------------------------------------------------------------

export interface ServerEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface StartSettings {
  readonly attached: boolean;
  /** The server's standard error: what is not for the terminal, as a crash. A pipe for `onLine`. */
  readonly stderr: number | 'inherit' | 'pipe';
  /** A folder around the mount point that the server removes when it ends, whatever becomes of us. */
  readonly scratch?: string;
  /** What it is to record as long as it serves. */
  readonly record?: RecordRequest;
  /** It is debugged, and this is what it says to the debugger (`runtime/debug/protocol.ts`). */
  readonly onDebug?: (message: FromServer) => void;
  /** What the server says is said here. */
  readonly terminal: Terminal;
}

/** A server that was started. */
export class Server {
  /** Resolves when it is over. */
  readonly ended: Promise<ServerEnd>;
  /** Resolves to true when it serves, to false when it ended before. */
  readonly ready: Promise<boolean>;
  private readonly child: ChildProcess;

  constructor(args: readonly string[], settings: StartSettings) {
    const { attached, stderr, scratch, record, terminal } = settings;
    const { onDebug } = settings;
    const { interactive, colour, width } = terminal;
    const tty = attached ? ttyPath() : undefined;
    const debugs = onDebug !== undefined;
    const looks = { interactive, colour, width };
    const starter: Starter = { attached, tty, scratch, record, debugs, ...looks };
    const given = process.execArgv.filter((option) => !noInspector.includes(option));
    const program = [...given, ...noInspector, process.argv[1]!];
    this.child = spawn(process.execPath, [...program, ...args], {
      detached: true,
      stdio: ['ignore', 'ignore', stderr, 'ipc'],
      env: { ...process.env, [VARIABLE]: JSON.stringify(starter) },
    });
    this.ended = new Promise((resolve, reject) => {
      const { child } = this;
      child.once('error', reject);
      child.once('exit', (status, signal) => {
        // What it said last may still be on its way.
        if (child.connected) child.once('disconnect', () => resolve({ status, signal }));
        else resolve({ status, signal });
      });
    });
    this.ready = new Promise((resolve) => {
      this.child.on('message', (message) => {
        const said = message as ServerMessage;
        if ('out' in said) terminal.out(said.out);
        else if ('err' in said) terminal.err(said.err);
        else if ('debug' in said) onDebug?.(said.debug);
        else resolve(true);
      });
      this.ended.then(
        () => resolve(false),
        () => resolve(false),
      );
    });
  }

  /** Every line that the server writes to its standard error, if that is a pipe. */
  onLine(fn: (line: string) => void): void {
    const { stderr } = this.child;
    if (stderr !== null) createInterface({ input: stderr }).on('line', fn);
  }

  get pid(): number {
    return this.child.pid!;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** What the debugger asks of it. */
  debug(message: Request): void {
    if (this.child.connected) this.child.send({ debug: message } satisfies StarterMessage);
  }

  /** Asks an attached server to end. */
  release(): void {
    if (this.child.connected) this.child.disconnect();
  }
}

// -- the server -------------------------------------------------------------------------------

/** The way to a debugger. */
export interface DebugChannel {
  send(message: FromServer): void;
  /** Calls `fn` with all that the debugger says. */
  onMessage(fn: (message: Request) => void): void;
}

/** The process that waits for this one. */
export interface Parent {
  readonly attached: boolean;
  readonly terminal: Terminal;
  readonly tty: string | undefined;
  readonly scratch: string | undefined;
  readonly record: RecordRequest | undefined;
  readonly debug: DebugChannel | undefined;
  /** Tells it that the mount is there. */
  ready(): Promise<void>;
  /** Calls `fn` once it is gone, at once if it is already. For an attached server. */
  onGone(fn: () => void): void;
}

function onMessage(fn: (message: Request) => void): void {
  process.on('message', (message) => fn((message as StarterMessage).debug));
}

function connect(): Parent | null {
  const said = process.env[VARIABLE];
  // For this process only, not for those it starts.
  delete process.env[VARIABLE];
  if (said === undefined || process.send === undefined) return null;
  const { attached, tty, scratch, record, debugs, ...looks } = JSON.parse(said) as Starter;
  let sent: Promise<void> = Promise.resolve();
  const send = (message: ServerMessage): void => {
    // Without a parent nobody listens; whatever matters is in the log.
    if (!process.connected) return;
    sent = new Promise((resolve) => process.send!(message, () => resolve()));
  };
  return {
    attached,
    tty,
    scratch,
    record,
    debug: debugs ? { send: (message) => send({ debug: message }), onMessage } : undefined,
    terminal: {
      ...looks,
      out: (text) => send({ out: text }),
      err: (text) => send({ err: text }),
      flush: () => sent,
    },
    async ready() {
      send({ ready: true });
      await sent;
      if (!attached && process.connected) process.disconnect();
    },
    onGone(fn) {
      if (process.connected) process.once('disconnect', fn);
      else fn();
    },
  };
}

/** Null in a process that a user started. */
export const parent: Parent | null = connect();

/** Where this process writes. */
export const ownTerminal = (): Terminal => parent?.terminal ?? processTerminal();
