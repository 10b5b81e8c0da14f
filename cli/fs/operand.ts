/**
 * Reads operands of `glossa fs`: `VOLFILE:/PATH` and `HOST:/NAME:/PATH` in a volume, or the path of
 * a local file. Opens the volumes; this machine's files are a volume, too.
 */
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { OpenError, Volume, type VolumeSource } from '../../server/open-volume.ts';
import { refuseNonVolfile } from '../../server/volfile-operand.ts';
import { VOLFILE_SERVER_PORT } from '../../server/volfile-servers.ts';
import { Failure, UsageError } from '../../terminal/exit.ts';
import { type FlagValues, listFlag } from '../../terminal/flags.ts';
import { parseServer } from '../volfile-server-flags.ts';

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

/** Parses an operand. @throws {UsageError} if it is empty, or names an invalid server */
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

/** The volumes of one command, each opened once. */
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
