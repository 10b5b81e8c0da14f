/**
 * Starts a server in a process of its own, and connects it to this process, its *starter*.
 *
 * The server is this program again, in its own session (so a terminal's Ctrl-C does not reach it),
 * with the variable GLOSSA_SERVER. Over Node's IPC channel it sends its messages, and at last that
 * it is ready.
 * - A *daemon* then closes the channel, and the starter ends.
 * - An *attached* server ends when the starter closes the channel or dies, even by `kill -9`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { DebugMessage, Request } from '../runtime/debug/protocol.ts';
import { noInspectorOptions } from '../runtime/sys/inspector.ts';
import { findTtyPath } from '../terminal/blocking-tty.ts';
import { makeProcessTerminal, type Terminal } from '../terminal/terminal.ts';
import type { RecordRequest } from './graph-recording.ts';

/** The variable by which a process learns that it is a server, and the facts of its starter. */
const STARTER_VARIABLE = 'GLOSSA_SERVER';

/** A message of the server to its starter: a line to print, that it serves, or for the debugger. */
type ServerMessage =
  | { readonly out: string }
  | { readonly err: string }
  | { readonly ready: true }
  | { readonly debug: DebugMessage };
/** A message of the starter to its server: a request of the debugger. */
type StarterMessage = { readonly debug: Request };

/** The facts that a server gets from its starter, as JSON in GLOSSA_SERVER. */
interface StarterFacts extends Pick<Terminal, 'isInteractive' | 'colour' | 'width'> {
  readonly isAttached: boolean;
  /** The path of the starter's terminal, for breakpoint() in a module of an attached server. */
  readonly tty: string | undefined;
  /** A temporary folder that the server removes with its mount. */
  readonly scratchFolder: string | undefined;
  /** The recording that the server makes as long as it serves. */
  readonly record: RecordRequest | undefined;
  /** Whether the starter is a debugger (`glossa debug`). */
  readonly isDebugger: boolean;
}

// -- the starter ------------------------------------------------------------------------------

/** The end of a server process: its exit status, or the signal that has ended it. */
export interface ServerExit {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The settings of a server to start. */
export interface StartSettings {
  /** Whether the server ends when this process does. */
  readonly isAttached: boolean;
  /**
   * The server's standard error. Only a crash writes to it: messages use the channel.
   */
  readonly stderr: number | 'inherit' | 'pipe';
  /**
   * A folder around the mount point. The server removes it at its end, even if this process has
   * died.
   */
  readonly scratchFolder?: string;
  /** The recording that it makes as long as it serves. */
  readonly record?: RecordRequest;
  /** Receives the server's messages to the debugger (`runtime/debug/protocol.ts`). */
  readonly onDebug?: (message: DebugMessage) => void;
  /** Prints the server's messages. */
  readonly terminal: Terminal;
}

/** The starter's side of the channel: a server process that it starts. */
export class ChildServer {
  /** Resolves when the process has ended. */
  readonly whenExited: Promise<ServerExit>;
  /** Resolves to true when the server serves, to false if it ended before. */
  readonly whenReady: Promise<boolean>;
  private readonly child: ChildProcess;

  constructor(args: readonly string[], settings: StartSettings) {
    const { isAttached, stderr, scratchFolder, record, terminal, onDebug } = settings;
    const { isInteractive, colour, width } = terminal;
    const tty = isAttached ? findTtyPath() : undefined;
    const isDebugger = onDebug !== undefined;
    const appearance = { isInteractive, colour, width };
    const starterFacts: StarterFacts = {
      isAttached,
      tty,
      scratchFolder,
      record,
      isDebugger,
      ...appearance,
    };
    const nodeOptions = process.execArgv.filter((option) => !noInspectorOptions.includes(option));
    const program = [...nodeOptions, ...noInspectorOptions, process.argv[1]!];
    this.child = spawn(process.execPath, [...program, ...args], {
      detached: true,
      stdio: ['ignore', 'ignore', stderr, 'ipc'],
      env: { ...process.env, [STARTER_VARIABLE]: JSON.stringify(starterFacts) },
    });
    this.whenExited = new Promise((resolve, reject) => {
      const { child } = this;
      child.once('error', reject);
      child.once('exit', (status, signal) => {
        // Until the channel is closed, the server's last messages may still arrive.
        if (child.connected) child.once('disconnect', () => resolve({ status, signal }));
        else resolve({ status, signal });
      });
    });
    this.whenReady = new Promise((resolve) => {
      this.child.on('message', (message) => {
        const incoming = message as ServerMessage;
        if ('out' in incoming) terminal.out(incoming.out);
        else if ('err' in incoming) terminal.err(incoming.err);
        else if ('debug' in incoming) onDebug?.(incoming.debug);
        else resolve(true);
      });
      this.whenExited.then(
        () => resolve(false),
        () => resolve(false),
      );
    });
  }

  /** Calls `fn` with each line of the server's standard error, if that is a pipe. */
  onStderrLine(fn: (line: string) => void): void {
    const { stderr } = this.child;
    if (stderr !== null) createInterface({ input: stderr }).on('line', fn);
  }

  get pid(): number {
    return this.child.pid!;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Sends a request of the debugger. */
  sendDebugRequest(message: Request): void {
    if (this.child.connected) this.child.send({ debug: message } satisfies StarterMessage);
  }

  /** Ends an attached server, by closing the channel. */
  endServer(): void {
    if (this.child.connected) this.child.disconnect();
  }
}

// -- the server -------------------------------------------------------------------------------

/** The connection to a debugger in the starter. */
export interface DebugChannel {
  send(message: DebugMessage): void;
  /** Calls `fn` with each message of the debugger. */
  onMessage(fn: (message: Request) => void): void;
}

/** The server's end of the channel to its starter, which waits until this process serves. */
export interface StarterChannel {
  readonly isAttached: boolean;
  /** Prints in the starter. */
  readonly terminal: Terminal;
  /** The next three are described in `StarterFacts`. */
  readonly tty: string | undefined;
  readonly scratchFolder: string | undefined;
  readonly record: RecordRequest | undefined;
  /** The connection to the debugger; undefined if the starter is none. */
  readonly debug: DebugChannel | undefined;
  /** Reports to the starter that the server serves; a daemon then closes the channel. */
  reportReady(): Promise<void>;
  /** Calls `fn` when the channel is closed: the starter has ended, or ends the server. */
  onGone(fn: () => void): void;
}

/** Calls `fn` with each request of the debugger in the starter. */
function onDebugRequest(fn: (message: Request) => void): void {
  process.on('message', (message) => fn((message as StarterMessage).debug));
}

/**
 * Connects to the process that started this one as a server; null in a process that a user started.
 */
function connectToStarter(): StarterChannel | null {
  const starterJson = process.env[STARTER_VARIABLE];
  // Deleted, so that programs that this process starts do not inherit the variable.
  delete process.env[STARTER_VARIABLE];
  if (starterJson === undefined || process.send === undefined) return null;
  const { isAttached, tty, scratchFolder, record, isDebugger, ...appearance } = JSON.parse(
    starterJson,
  ) as StarterFacts;
  let lastSend: Promise<void> = Promise.resolve();
  const send = (message: ServerMessage): void => {
    // After the starter's end no process reads the channel; the log has what matters.
    if (!process.connected) return;
    lastSend = new Promise((resolve) => process.send!(message, () => resolve()));
  };
  return {
    isAttached,
    tty,
    scratchFolder,
    record,
    debug: isDebugger
      ? { send: (message) => send({ debug: message }), onMessage: onDebugRequest }
      : undefined,
    terminal: {
      ...appearance,
      out: (text) => send({ out: text }),
      // The commands that write bytes start no server.
      outBytes: async () => false,
      err: (text) => send({ err: text }),
      flush: () => lastSend,
    },
    async reportReady() {
      send({ ready: true });
      await lastSend;
      if (!isAttached && process.connected) process.disconnect();
    },
    onGone(fn) {
      if (process.connected) process.once('disconnect', fn);
      else fn();
    },
  };
}

/** The channel to the starter of this server; null in a process that a user started. */
export const starterChannel: StarterChannel | null = connectToStarter();

/** Returns the terminal that this process writes to: its own, or the starter's. */
export const findCurrentTerminal = (): Terminal =>
  starterChannel?.terminal ?? makeProcessTerminal();
