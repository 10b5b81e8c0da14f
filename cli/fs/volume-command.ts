/**
 * Runs a command of `glossa fs`: reads its operands, opens volumes, prints files, reports those that failed, and ends at
 * Ctrl-C.
 */

import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { FileError } from '../../runtime/api/file-error.ts';
import { encodeName } from '../../runtime/core/bytes.ts';
import type { Iatt } from '../../runtime/core/iatt.ts';
import { makePrintable } from '../../runtime/volfile/printable-text.ts';
import { OpenError, Volume, type VolumeSource } from '../../server/open-volume.ts';
import { refuseNonVolfile } from '../../server/volfile-operand.ts';
import { VOLFILE_SERVER_PORT } from '../../server/volfile-servers.ts';
import {
  EXIT_FAILURE,
  EXIT_OK,
  EXIT_SIGNAL,
  Failure,
  formatReason,
  UsageError,
} from '../../terminal/exit.ts';
import { type FlagValues, listFlag } from '../../terminal/flags.ts';
import { rejectOnAbort, runInterruptibly } from '../../terminal/interruption.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { parseServer } from '../mount.ts';

/** A file, and the volume that it is in. */
export interface Operand {
  /** The operand as the user typed it. */
  readonly text: string;
  /** The part before the path, with the colon; empty for a local file. */
  readonly prefix: string;
  /** The volfile or the server's volume; null for a local file. */
  readonly source: Exclude<VolumeSource, object> | ServerVolume | null;
  /** The path from the root of the volume. */
  readonly path: string;
}

/** A volume whose volfile comes from a server. */
interface ServerVolume {
  readonly host: string;
  readonly port: number;
  readonly volname: string;
}

/** Flags of commands that open volumes. */
export const volumeFlags = {
  'xlator-option': listFlag({
    placeholder: 'VOLUME.KEY=VALUE',
    help: 'set an option of a volume, in place of the volfile; may be repeated',
  }),
};

/** Matches `HOST:/NAME:/PATH`. */
const SERVER_OPERAND = /^([^/]+):\/([^/:]+):(\/.*)$/s;

/**
 * Parses an operand: `VOLFILE:/PATH` and `HOST:/NAME:/PATH` in a volume, or the path of a local file.
 * @throws {UsageError} if it is empty, or names an invalid server
 */
export function parseOperand(text: string): Operand {
  const [, host, volname, path] = SERVER_OPERAND.exec(text) ?? [];
  // `a.vol:/b:/c` is a file of the volfile a.vol.
  if (host !== undefined && !host.endsWith('.vol')) {
    const prefix = `${host}:/${volname}:`;
    const server = parseServer(host, VOLFILE_SERVER_PORT, `'${text}' names no server:`);
    return { text, prefix, source: { ...server, volname: volname! }, path: path! };
  }
  const colonIndex = text.indexOf(':/');
  if (colonIndex > 0) {
    const prefix = text.slice(0, colonIndex + 1);
    return { text, prefix, source: text.slice(0, colonIndex), path: text.slice(colonIndex + 1) };
  }
  if (text === '') throw new UsageError('an operand is empty');
  const absolutePath = isAbsolute(text) ? text : `${process.cwd()}/${text}`;
  return { text, prefix: '', source: null, path: absolutePath };
}

/** Parses the operand of a command that reads volumes only. @throws {UsageError} */
export function parseVolumeOperand(text: string): Operand {
  const operand = parseOperand(text);
  if (operand.source !== null) return operand;
  const advice = text.endsWith('.vol')
    ? `write '${text}:/' for its root`
    : 'write VOLFILE:/PATH, or HOST:/NAME:/PATH for a volume of a server';
  throw new UsageError(`'${text}' names no file of a volume: ${advice}`);
}

/** Returns the last name of a path; empty for the root. */
export const findLastName = (path: string): string => /[^/]*(?=\/*$)/.exec(path)![0];

/**
 * Formats a path in an operand's volume as the user would type it: a path below the operand begins
 * with the operand's own text, any other with the volume.
 */
export const formatPathIn = ({ text, prefix, path: operandPath }: Operand, path: string): string =>
  path.startsWith(operandPath) ? text + path.slice(operandPath.length) : prefix + path;

/**
 * The volfile that makes this machine's own files a volume. Its options keep the volume from writing
 * attributes or handles into them; the root directory always exists, so it needs no health check.
 */
const LOCAL_VOLFILE = `volume local
    type storage/posix
    option directory /
    option gfid-xattrs off
    option gfid-handles off
    option ctime off
    option health-check-interval 0
end-volume
`;

/** The volumes of one command, each opened once. This machine's files are a volume, too. */
export class OpenVolumes {
  /** The volumes, by the JSON of `Operand.source`. */
  private readonly volumesBySource = new Map<string, Promise<Volume>>();
  /** Values of --xlator-option. */
  private readonly overrides: readonly string[];

  constructor(flags: FlagValues<typeof volumeFlags>) {
    this.overrides = flags['xlator-option'];
  }

  /** Opens the volume of an operand. @throws {Failure} with the problems of the volfile */
  open(operand: Operand): Promise<Volume> {
    const key = JSON.stringify(operand.source);
    const volumePromise = this.volumesBySource.get(key) ?? this.openVolume(operand);
    this.volumesBySource.set(key, volumePromise);
    return volumePromise;
  }

  /** Opens a volume. @throws {Failure} */
  private async openVolume({ source, text }: Operand): Promise<Volume> {
    if (typeof source === 'string') {
      await refuseNonVolfile(source);
      if (!existsSync(source) && !/[/]|[.]vol$/.test(source)) {
        const advice = 'a volume of a server is HOST:/NAME:/PATH';
        throw new Failure(`${text}: there is no volfile '${source}'; ${advice}`);
      }
    }
    try {
      const umask = process.umask();
      if (source === null) return await Volume.open({ volfile: LOCAL_VOLFILE }, { umask });
      return await Volume.open(source, { umask, overrides: this.overrides });
    } catch (error) {
      if (error instanceof OpenError) throw new Failure(error.message, error.problems);
      throw error;
    }
  }

  /** Closes all volumes. Those that could not be opened were reported by `open`. */
  async close(): Promise<void> {
    for (const result of await Promise.allSettled(this.volumesBySource.values())) {
      if (result.status === 'fulfilled') await result.value.close();
    }
  }
}

/** The number of collected characters at which a piece is written. */
const PIECE_CHARACTERS = 32_768;

/** Collects lines, and writes them to standard output in large pieces, as fast as they are read. */
export class LineWriter {
  private readonly terminal: Terminal;
  private lines: string[] = [];
  private characterCount = 0;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  /** Adds a line. A terminal gets control characters escaped; other readers get a name's bytes. */
  add(line: string): void {
    this.lines.push(this.terminal.isInteractive ? makePrintable(line) : line);
    this.characterCount += line.length;
  }

  /** Whether the next piece is to be written. */
  get isFull(): boolean {
    return this.characterCount >= PIECE_CHARACTERS;
  }

  /** Writes the lines added so far. @throws {ReaderGone} */
  async flush(): Promise<void> {
    if (this.lines.length === 0) return;
    const bytes = encodeName(`${this.lines.join('\n')}\n`);
    this.lines = [];
    this.characterCount = 0;
    if (!(await this.terminal.outBytes(bytes))) throw new ReaderGone();
  }
}

/** The name of each file type, by ia_type. */
export const TYPE_NAMES = [
  ...['unknown', 'file', 'directory', 'link', 'block device', 'character device', 'fifo', 'socket'],
] as const;

/** Formats a time for JSON, in UTC with nanoseconds: `2026-01-31T12:34:56.123456789Z`. */
const formatIsoTime = (seconds: number, nanoseconds: number): string =>
  `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(nanoseconds).padStart(9, '0')}Z`;

/** Reads names of users or groups, by their ids, from a file such as /etc/passwd. */
function readNames(file: string): ReadonlyMap<number, string> {
  try {
    const rows = readFileSync(file, 'utf8').split('\n');
    return new Map(rows.map((row) => row.split(':')).map(([name, , id]) => [Number(id), name!]));
  } catch {
    // Without the file, ids are shown.
    return new Map();
  }
}

// Read at the first use.
let userNames: ReadonlyMap<number, string> | undefined;
let groupNames: ReadonlyMap<number, string> | undefined;

/** Returns the name of a user, or the id of a user without a name. */
export function formatUser(uid: number): string {
  userNames ??= readNames('/etc/passwd');
  return userNames.get(uid) ?? `${uid}`;
}

/** Returns the name of a group, or the id of a group without a name. */
export function formatGroup(gid: number): string {
  groupNames ??= readNames('/etc/group');
  return groupNames.get(gid) ?? `${gid}`;
}

/**
 * Formats a file as one line of JSON. A byte of a name that is not UTF-8 becomes `\udcXX`, as in
 * Python. @param target the target of a symbolic link
 */
export function formatJson(path: string, buf: Iatt, target?: string): string {
  return JSON.stringify({
    path,
    type: TYPE_NAMES[buf.iaType] ?? 'unknown',
    ...(target === undefined ? {} : { target }),
    size: buf.iaSize,
    blocks: buf.iaBlocks,
    mode: buf.iaProt.toString(8).padStart(4, '0'),
    nlink: buf.iaNlink,
    uid: buf.iaUid,
    gid: buf.iaGid,
    atime: formatIsoTime(buf.iaAtime, buf.iaAtimeNsec),
    mtime: formatIsoTime(buf.iaMtime, buf.iaMtimeNsec),
    ctime: formatIsoTime(buf.iaCtime, buf.iaCtimeNsec),
    gfid: buf.iaGfid,
  });
}

/** The number of SIGINT. */
const SIGINT = 2;
/** Milliseconds for which the end of the command waits until servers have closed its files. */
const CLOSE_TIMEOUT_MS = 2000;

/** Thrown when the reader of standard output has ended: the command ends without the rest. */
export class ReaderGone extends Error {
  readonly code = 'GLOSSA_READER_GONE';
}

/** A command of `glossa fs` that is running. */
export class VolumeCommand {
  readonly terminal: Terminal;
  /** Aborts at the first signal that asks the process to end. */
  readonly signal: AbortSignal;
  private readonly name: string;
  private readonly volumes: OpenVolumes;
  private hasFailed = false;

  constructor(name: string, volumes: OpenVolumes, terminal: Terminal, signal: AbortSignal) {
    this.name = name;
    this.volumes = volumes;
    this.terminal = terminal;
    this.signal = signal;
  }

  /** The exit status so far. */
  get status(): number {
    return this.hasFailed ? EXIT_FAILURE : EXIT_OK;
  }

  /** Opens the volume of an operand. Its operations end at a signal. @throws {Failure} */
  async open(operand: Operand): Promise<Volume> {
    return (await this.openUninterrupted(operand)).with({ signal: this.signal });
  }

  /**
   * Opens the volume for operations that a signal must not cut off: they check the signal
   * themselves, and clean up (`fs cp` removes an unfinished copy).
   */
  openUninterrupted(operand: Operand): Promise<Volume> {
    return rejectOnAbort(this.volumes.open(operand), this.signal);
  }

  /** Reports the error of one file. @param operand its volume is put before a path without one */
  readonly report = (error: unknown, operand?: Operand): void => {
    this.hasFailed = true;
    const { terminal } = this;
    if (error instanceof Failure && error.problems !== null) terminal.err(error.message);
    else terminal.err(`glossa ${this.name}: ${makePrintable(describeError(error, operand))}`);
  };

  /** Runs an action for one operand. A failure is reported, and does not end the command. */
  async attempt(operand: Operand, action: () => Promise<void>): Promise<void> {
    this.signal.throwIfAborted();
    try {
      await action();
    } catch (error) {
      if (this.signal.aborted || !isReportable(error)) throw error;
      this.report(error, operand);
    }
  }
}

/** Whether an error is due to the user's files, volumes or network. */
const isReportable = (error: unknown): boolean =>
  error instanceof Failure || (error as { syscall?: unknown }).syscall !== undefined;

/** Describes an error as `FILE: REASON`, with the volume of `operand` before a path without one. */
function describeError(error: unknown, operand: Operand | undefined): string {
  if (error instanceof Failure) return error.message;
  const { path, reason: text = formatReason(error) } = error as FileError & { reason?: string };
  const name =
    path === undefined
      ? operand?.text
      : `${path.startsWith('/') ? (operand?.prefix ?? '') : ''}${path}`;
  return name === undefined ? text : `${name}: ${text}`;
}

/**
 * Runs a command, and closes its volumes. Resolves to the exit status.
 * @param name such as `fs cp`
 */
export function runVolumeCommand(
  name: string,
  terminal: Terminal,
  volumes: OpenVolumes,
  action: (command: VolumeCommand) => Promise<void>,
): Promise<number> {
  return runInterruptibly(name, terminal, async (signal) => {
    const command = new VolumeCommand(name, volumes, terminal, signal);
    // The first Ctrl-C waits for requests under way; the second does not.
    signal.addEventListener('abort', () => {
      process.once('SIGINT', () => process.exit(EXIT_SIGNAL + SIGINT));
    });
    try {
      await action(command);
      signal.throwIfAborted();
    } catch (error) {
      if (signal.aborted) throw error;
      if (error instanceof ReaderGone) return command.status;
      if (!isReportable(error)) throw error;
      command.report(error);
    } finally {
      await rejectOnAbort(volumes.close(), AbortSignal.timeout(CLOSE_TIMEOUT_MS)).catch(() => {
        // A server that does not reply must not keep the command.
      });
    }
    return command.status;
  });
}
