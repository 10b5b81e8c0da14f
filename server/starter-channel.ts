/**
 * Connects this process, if it is a server, to the process that has started it (child-server.ts): its *starter*, which
 * prints its messages until it serves. Every command reads this first, so it loads nothing that a server alone needs.
 */
import type { DebugMessage, Request } from '../runtime/debug/protocol.ts';
import type { OutsideMounter } from '../runtime/mount/fuse/channel.ts';
import type { MountReply, MountRequest } from '../runtime/mount/fuse/mounter.ts';
import { makeProcessTerminal, type Terminal } from '../terminal/terminal.ts';
import type { RecordRequest } from './graph-recording.ts';
import type { ServerWall } from './wall/server-wall.ts';
import type { MountingCommand } from './without-mount.ts';

/** The variable by which a process learns that it is a server, and the facts of its starter. */
export const STARTER_VARIABLE = 'GLOSSA_SERVER';

/** The server's descriptor of the socket to its broker, if the starter mounts for it. */
export const BROKER_SOCKET = 4;

/** A message of the server to its starter: a line to print, that it serves, a mount, or for the debugger. */
export type ServerMessage =
  | { readonly out: string }
  | { readonly err: string }
  | { readonly ready: true }
  | { readonly mount: MountRequest }
  | { readonly debug: DebugMessage };
/** A message of the starter to its server: a request of the debugger, or the reply to `mount`. */
export type StarterMessage = { readonly debug: Request } | { readonly mounted: MountReply };

/** The facts that a server gets from its starter, as JSON in GLOSSA_SERVER. */
export interface StarterFacts extends Pick<Terminal, 'isInteractive' | 'colour' | 'width'> {
  readonly isAttached: boolean;
  /** The command of glossa that mounts; absent: the server's own. */
  readonly command: MountingCommand | undefined;
  /** The path of the starter's terminal, for breakpoint() in a module of an attached server. */
  readonly tty: string | undefined;
  /** A temporary folder that the server removes with its mount. */
  readonly scratchFolder: string | undefined;
  /** The recording that the server makes as long as it serves. */
  readonly record: RecordRequest | undefined;
  /** Whether the starter is a debugger (`glossa debug`). */
  readonly isDebugger: boolean;
  /** The wall that the server is inside; absent: none. */
  readonly wall?: ServerWall | undefined;
  /** Whether the starter mounts for the server. */
  readonly mounts: boolean;
}

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
  /** The next four are described in `StarterFacts`. */
  readonly command: MountingCommand | undefined;
  readonly tty: string | undefined;
  readonly scratchFolder: string | undefined;
  readonly record: RecordRequest | undefined;
  /** The connection to the debugger; undefined if the starter is no debugger. */
  readonly debug: DebugChannel | undefined;
  readonly wall: ServerWall | undefined;
  /** The starter, if it mounts. */
  readonly outsideMounter: OutsideMounter | undefined;
  /** Reports to the starter that the server serves; a daemon then closes the channel. */
  reportReady(): Promise<void>;
  /** Calls `fn` when the channel is closed: the starter has ended, or ends the server. */
  onGone(fn: () => void): void;
}

/** Calls `fn` with each request of the debugger in the starter. */
function onDebugRequest(fn: (message: Request) => void): void {
  process.on('message', (message: StarterMessage) => {
    if ('debug' in message) fn(message.debug);
  });
}

/** Waits until the starter has mounted, or has ended without that. */
function waitForMount(): Promise<MountReply> {
  return new Promise((resolve) => {
    const finish = (reply: MountReply): void => {
      process.off('message', onMessage).off('disconnect', onGone);
      resolve(reply);
    };
    const onMessage = (message: StarterMessage): void => {
      if ('mounted' in message) finish(message.mounted);
    };
    const onGone = (): void =>
      finish({ code: 'MOUNT_FAILED', message: 'cannot mount: the command that mounts has ended' });
    process.on('message', onMessage).on('disconnect', onGone);
    if (!process.connected) onGone();
  });
}

/**
 * Connects to the process that started this one as a server; null in a process that a user started.
 */
function connectToStarter(): StarterChannel | null {
  const starterJson = process.env[STARTER_VARIABLE];
  // Deleted, so that programs that this process starts do not inherit the variable.
  delete process.env[STARTER_VARIABLE];
  if (starterJson === undefined || process.send === undefined) return null;
  const {
    isAttached,
    command,
    tty,
    scratchFolder,
    record,
    isDebugger,
    wall,
    mounts,
    ...appearance
  } = JSON.parse(starterJson) as StarterFacts;
  let lastSend: Promise<void> = Promise.resolve();
  const send = (message: ServerMessage): void => {
    // After the starter's end no process reads the channel; the log has what matters.
    if (!process.connected) return;
    lastSend = new Promise((resolve) => process.send!(message, () => resolve()));
  };
  return {
    isAttached,
    command,
    tty,
    scratchFolder,
    record,
    wall,
    debug: isDebugger
      ? { send: (message) => send({ debug: message }), onMessage: onDebugRequest }
      : undefined,
    outsideMounter: mounts
      ? {
          socket: BROKER_SOCKET,
          mount(request) {
            send({ mount: request });
            return waitForMount();
          },
        }
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
