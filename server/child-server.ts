/**
 * Starts a server in a process of its own, and connects it to this process, its *starter*: the other end is
 * starter-channel.ts.
 *
 * The server is this program again, in its own session (so a terminal's Ctrl-C does not reach it). Over Node's IPC
 * channel it sends its messages, and at last that it is ready.
 * - A *daemon* then closes the channel, and the starter ends.
 * - An *attached* server ends when the starter closes the channel or dies, even by `kill -9`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import type { Socket } from 'node:net';
import { availableParallelism, constants } from 'node:os';
import { createInterface } from 'node:readline';
import type { DebugMessage, Request } from '../runtime/debug/protocol.ts';
import type { MountPlace, MountReply, MountRequest } from '../runtime/mount/fuse/mounter.ts';
import { listNoInspectorOptions } from '../runtime/sys/inspector.ts';
import { findTtyPath } from '../terminal/blocking-tty.ts';
import { EXIT_FAILURE, EXIT_OK, EXIT_SIGNAL, Failure } from '../terminal/exit.ts';
import { rejectOnAbort } from '../terminal/interruption.ts';
import { printNote, printStep, type Terminal } from '../terminal/terminal.ts';
import type { RecordRequest } from './graph-recording.ts';
import { openLog } from './log-file.ts';
import { CONSOLE } from './log-sink.ts';
import { ENDED_TEXT, makeServerFailure, ServerProcess } from './server-process.ts';
import {
  BROKER_SOCKET,
  type ServerMessage,
  STARTER_VARIABLE,
  type StarterFacts,
  type StarterMessage,
} from './starter-channel.ts';
import { findEntryProblem } from './stuck-mounts.ts';
import type { PlannedWall } from './wall/planned-wall.ts';
import type { MountingCommand } from './without-mount.ts';

/**
 * Settings of glibc's malloc: with an arena for each thread of V8 it keeps some 25 MB more for a volume in Python.
 * Without huge pages: the kernel would fill them up with zeros in an idle mount. Source: mallopt(3), "Memory Allocation
 * Tunables" of the GNU C Library's manual.
 */
export const MALLOC_TUNABLES = 'glibc.malloc.arena_max=1';

/** The most threads that Node gives V8 beside its own, without the option below. */
const POOL_SIZE_MAX = 4;

/** Kilobytes of the stack for calls, of which V8 takes 984 by itself. */
const STACK_KB = 3900;

/** Whether the kernel lets a process have a stack of twice that, as V8 does not check it. */
function hasLargeStack(): boolean {
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1');
    const [, soft] = /^Max stack size +(\S+)/m.exec(limits)!;
    return soft === 'unlimited' || Number(soft) >= 2 * STACK_KB * 1024;
  } catch {
    // Without /proc, the limit is not known.
    return false;
  }
}

/** The most bytes of a volfile that is looked at before its server starts. */
const VOLFILE_BYTES_MAX = 1 << 20;

/** Whether a volfile names modules of `features/glupy`. */
function hasModules(volfile: string): boolean {
  try {
    const stats = statSync(volfile);
    // A pipe could be read only once, and the server reads it.
    if (!stats.isFile() || stats.size > VOLFILE_BYTES_MAX) return false;
    return readFileSync(volfile, 'latin1').includes('features/glupy');
  } catch {
    // The server says why the file cannot be read.
    return false;
  }
}

/**
 * Lists options of Node for servers. CPython frees nested objects, and calls functions in C, by calls within calls: with
 * V8's own stack, a list in a list, 6,000 deep, would cost the interpreter. V8 compiles in further threads. While an interpreter starts they compile all the
 * time, and would take the CPU from the start itself, so that a server of modules gets no more of them than there are
 * further CPUs. For others it would cost a twentieth of the requests that several clients make.
 */
export function listServerOptions(volfile: string | undefined): readonly string[] {
  const poolSize = Math.min(Math.max(1, availableParallelism() - 1), POOL_SIZE_MAX);
  const forModules =
    volfile !== undefined && hasModules(volfile)
      ? [`--v8-pool-size=${poolSize}`, ...(hasLargeStack() ? [`--stack-size=${STACK_KB}`] : [])]
      : [];
  return [...forModules, ...listNoInspectorOptions()];
}

/** The settings of a server to start. */
export interface StartSettings {
  /** Whether the server ends when this process does. */
  readonly isAttached: boolean;
  /**
   * The server's standard error. Only a crash writes to it: messages use the channel.
   */
  readonly stderr: number | 'inherit' | 'pipe';
  /** The program of glossa; default: this one. */
  readonly program?: string | undefined;
  /** Ends the server when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Its volfile, if it serves one of this machine. */
  readonly volfile?: string | undefined;
  /** The wall that it starts inside. */
  readonly wall?: PlannedWall | undefined;
  /** The mount point and its options; this process mounts. Absent: the server serves no mount. */
  readonly place?: MountPlace | undefined;
  /**
   * A folder around the mount point. The server removes it at its end, even if this process has
   * died.
   */
  readonly scratchFolder?: string;
  /** The command that mounts, if it is another than the server's. */
  readonly command?: MountingCommand;
  /** The recording that it makes as long as it serves. */
  readonly record?: RecordRequest;
  /** Receives the server's messages to the debugger (`runtime/debug/protocol.ts`). */
  readonly onDebug?: (message: DebugMessage) => void;
  /** Prints the server's messages. */
  readonly terminal: Terminal;
}

/** The starter's side of the channel: a server process that it starts. */
export class ChildServer extends ServerProcess {
  /** Resolves to true when the server serves, to false if it ended before. */
  readonly whenReady: Promise<boolean>;

  constructor(args: readonly string[], settings: StartSettings) {
    const { isAttached, stderr, volfile, command, scratchFolder, record, wall, terminal, onDebug } =
      settings;
    let { place } = settings;
    const { program: main = process.argv[1]!, signal } = settings;
    const { isInteractive, colour, width } = terminal;
    const tty = isAttached ? findTtyPath() : undefined;
    const isDebugger = onDebug !== undefined;
    const appearance = { isInteractive, colour, width };
    const starterFacts: StarterFacts = {
      isAttached,
      command,
      tty,
      scratchFolder,
      record,
      isDebugger,
      wall: wall?.server,
      mounts: place !== undefined,
      ...appearance,
    };
    // Of two values for an option, Node takes the later: the user's.
    const program = [...listServerOptions(volfile), ...process.execArgv, main];
    const options = {
      stdio: [
        ...(['ignore', 'ignore', stderr, 'ipc'] as const),
        ...(place === undefined ? [] : ['pipe' as const]),
      ],
      env: {
        GLIBC_TUNABLES: MALLOC_TUNABLES,
        ...process.env,
        [STARTER_VARIABLE]: JSON.stringify(starterFacts),
      },
    };
    const child = wall
      ? wall.spawn([...program, ...args], options)
      : spawn(process.execPath, [...program, ...args], { detached: true, ...options });
    super(child, signal);
    // Loaded while the server starts.
    const loading = place && import('../runtime/mount/fuse/mounter.ts');
    this.whenReady = new Promise((resolve) => {
      child.on('message', (message: unknown) => {
        // A hostile server sends what it likes.
        if (typeof message !== 'object' || message === null) return;
        const incoming = message as ServerMessage;
        if ('out' in incoming) terminal.out(incoming.out);
        else if ('err' in incoming) terminal.err(incoming.err);
        else if ('debug' in incoming) onDebug?.(incoming.debug);
        else if ('mount' in incoming) {
          // Once, as the server may be hostile.
          if (place && loading) void mountFor(child, place, incoming.mount, loading);
          place = undefined;
        } else resolve(true);
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

  /** Sends a request of the debugger. */
  sendDebugRequest(message: Request): void {
    if (this.child.connected) this.child.send({ debug: message } satisfies StarterMessage);
  }

  /** Asks an attached server to end, by closing the channel. */
  endServer(): void {
    if (this.child.connected) this.child.disconnect();
  }

  protected override requestEnd(): void {
    this.endServer();
  }
}

/** Mounts for a server that asks, and replies. */
async function mountFor(
  child: ChildProcess,
  place: MountPlace,
  request: MountRequest,
  loading: Promise<typeof import('../runtime/mount/fuse/mounter.ts')>,
): Promise<void> {
  const socket = child.stdio[BROKER_SOCKET] as Socket;
  const mounted: MountReply = await loading
    .then(({ mountForServer }) => mountForServer(place, request, socket, child.pid!))
    .catch(({ name, code, message }) => ({
      code: name === 'MountError' ? code : 'MOUNT_FAILED',
      message,
    }));
  // The broker has it.
  socket.destroy();
  // A server that was killed meanwhile gets no reply.
  if (child.connected) child.send({ mounted } satisfies StarterMessage, () => {});
}

// -- daemons -------------------------------------------------------------------------------------

/**
 * Starts a daemon with the arguments of this process, and waits until it serves.
 * @param readyLine printed on a terminal once the server serves; null if the server prints it
 * @param place mounted for it, and entered once it serves: if that fails, the server is stopped again
 * @returns the exit status of the start. @throws {Failure}
 */
export async function startDaemon(
  logFile: string,
  readyLine: string | null,
  terminal: Terminal,
  {
    place,
    volfile,
    wall,
  }: {
    readonly place?: MountPlace | undefined;
    readonly volfile?: string;
    readonly wall?: PlannedWall | undefined;
  } = {},
): Promise<number> {
  const stderr = logFile === CONSOLE ? 'inherit' : openLog(logFile);
  const server = new ChildServer(process.argv.slice(2), {
    isAttached: false,
    stderr,
    volfile,
    wall,
    place,
    terminal,
  });
  if (stderr !== 'inherit') closeSync(stderr);
  printStep(`the server is process ${server.pid}, and its log ${logFile}`, terminal);
  // The exit status for the last signal, 0 without one. While the server starts, a signal ends it.
  let interruptStatus = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // As a shell reports a process that a signal has ended.
      interruptStatus = EXIT_SIGNAL + constants.signals[signal];
      server.kill('SIGTERM');
    });
  }
  if (await server.whenReady) {
    const reason = place === undefined ? null : await findEntryProblem(place.mountpoint, logFile);
    if (reason !== null) {
      server.kill('SIGTERM');
      await server.whenExited;
      throw new Failure(reason);
    }
    if (readyLine !== null && terminal.isInteractive) printNote(readyLine, terminal);
    return EXIT_OK;
  }
  const { status, signal } = await server.whenExited;
  if (interruptStatus > 0) return interruptStatus;
  if (signal !== null) throw new Failure(`the server was killed by ${signal}; see ${logFile}`);
  // A server that ends before it is ready has failed, even with status 0.
  return status || EXIT_FAILURE;
}

// -- servers that end with this process ----------------------------------------------------------

/** Settings for the start of an `OwnServer`. */
interface OwnServerSettings {
  readonly logFile: string;
  /** Options of its volumes, in the form of --xlator-option. */
  readonly options: readonly string[];
  /** The program of glossa; default: this one. */
  readonly program?: string | undefined;
  /** Ends the server when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Its volfile, if it serves one of this machine. */
  readonly volfile?: string;
  readonly place?: MountPlace;
}

/** Turns options into flags --xlator-option, which glossa and GlusterFS share. */
export const makeXlatorOptionFlags = (options: readonly string[]): string[] =>
  options.flatMap((option) => ['--xlator-option', option]);

/**
 * A server of glossa that ends with this process, and keeps the messages of its start. The bench, the demo, the tutorial
 * and their suites start mounts and bricks with it.
 */
export class OwnServer extends ChildServer {
  /** Messages that the server printed while it started. */
  readonly messages: readonly string[];
  private readonly settings: OwnServerSettings;

  /**
   * Starts the server.
   * @param args command and operands of glossa, such as `brick VOLFILE`
   */
  constructor(args: readonly string[], settings: OwnServerSettings, terminal: Terminal) {
    const { logFile, options, program, signal, volfile, place } = settings;
    const messages: string[] = [];
    const addMessage = (text: string): void => void messages.push(text);
    const stderr = openSync(logFile, 'a');
    super([...args, '--log-file', logFile, ...makeXlatorOptionFlags(options)], {
      isAttached: true,
      ...{ stderr, program, signal, volfile, place },
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
