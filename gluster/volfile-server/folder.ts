/** The folder of a volfile server: `NAME.vol` is what clients of the volume NAME get. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import { decodeName, encodeName } from '../../runtime/core/bytes.ts';
import { EACCES, EFBIG, EINVAL, EIO, ENOENT, errnoNumber } from '../../runtime/core/errno.ts';
import { NAME_MAX } from '../../runtime/core/limits.ts';
import { listProblems } from '../../runtime/volfile/problems.ts';
import { Source, VOLFILE_SIZE_MAX } from '../../runtime/volfile/source.ts';
import { inspectVolfile } from '../../runtime/volfile/volfile.ts';

/** Every file that is served ends so. */
export const EXTENSION = '.vol';

/** What has taken the file's place may be a pipe. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Why a key has no volfile: for the client a number, for the log a reason. */
export interface Refusal {
  readonly errno: number;
  readonly why: string;
}

export const isRefusal = (found: Uint8Array | Refusal): found is Refusal => 'errno' in found;

const refuse = (errno: number, why: string): Refusal => ({ errno, why });

interface Known {
  /** Says whether it may have changed since. */
  readonly stamp: string;
  /** Of what clients were given last; undefined when there was nothing for them. */
  readonly digest: string | undefined;
}

/** What a look at the folder has found. */
export interface Look {
  /** Volumes whose volfiles are others than at the last look: other bytes, new, or gone. */
  readonly changed: readonly string[];
  /** Files that cannot be served as they are now, and why: each once. */
  readonly doubts: readonly string[];
}

export class VolfileFolder {
  readonly path: string;
  private known = new Map<string, Known>();
  /** By volume: the last volfile that was checked, and what is wrong with it. */
  private readonly checked = new Map<string, { digest: string; why: string | null }>();
  /** Of the first look. */
  readonly first: Look;

  /** @throws {NodeJS.ErrnoException} when it is not there */
  constructor(path: string) {
    this.path = realpathSync(path);
    this.first = this.look();
  }

  /** The volfile of a key, as it is now. */
  read(key: string): Uint8Array | Refusal {
    const volume = volumeOfKey(key);
    if (volume === null) return refuse(EINVAL, 'no volume is called so');
    try {
      const found = this.readFile(volume + EXTENSION);
      if (isRefusal(found)) return found;
      const why = this.check(volume, found);
      return why === null ? found : refuse(EINVAL, why);
    } catch (error) {
      const { code = 'EIO', message } = error as NodeJS.ErrnoException;
      return refuse(errnoNumber(code) ?? EIO, message);
    }
  }

  private readFile(name: string): Uint8Array | Refusal {
    const path = realpathSync(join(this.path, name));
    if (!path.startsWith(this.path + sep)) {
      return refuse(EACCES, `${name} leads out of the folder, to ${path}`);
    }
    const fd = openSync(path, READ);
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile()) return refuse(EINVAL, `${name} is no file`);
      if (stat.size > VOLFILE_SIZE_MAX)
        return refuse(EFBIG, `${name} has more than ${VOLFILE_SIZE_MAX} bytes`);
      const bytes = readFileSync(fd);
      // It is being written, perhaps; and no client takes a volfile of no bytes.
      return bytes.length === 0 ? refuse(ENOENT, `${name} is empty`) : bytes;
    } finally {
      closeSync(fd);
    }
  }

  /**
   * What is wrong with a volfile. One with mistakes in it is no good for anybody, and worse: a client of
   * GlusterFS to which half a volume was sent takes no volfile any more.
   */
  private check(volume: string, bytes: Uint8Array): string | null {
    const { checked } = this;
    const digest = digestOf(bytes);
    const before = checked.get(volume);
    if (before?.digest === digest) return before.why;
    const { problems } = inspectVolfile(new Source(volume + EXTENSION, decodeName(bytes)));
    const errors = listProblems(problems.filter(({ severity }) => severity === 'error'));
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    const why = errors.length === 0 ? null : errors[0]! + more;
    checked.set(volume, { digest, why });
    return why;
  }

  /** @throws {NodeJS.ErrnoException} when the folder cannot be read; nothing has changed then */
  look(): Look {
    const { known } = this;
    const files = readdirSync(this.path).filter((name) => name.endsWith(EXTENSION));
    const doubts: string[] = [];
    this.known = new Map(
      files.map((file): [string, Known] => {
        const volume = file.slice(0, -EXTENSION.length);
        const stamp = this.stampOf(file);
        const before = known.get(volume);
        if (before?.stamp === stamp) return [volume, before];
        const found = this.read(volume);
        if (!isRefusal(found)) return [volume, { stamp, digest: digestOf(found) }];
        doubts.push(found.why.startsWith(file) ? found.why : `${file}: ${found.why}`);
        // Clients keep what they have.
        return [volume, { stamp, digest: before?.digest }];
      }),
    );
    for (const volume of this.checked.keys()) {
      if (!this.known.has(volume)) this.checked.delete(volume);
    }
    const all = new Set([...known.keys(), ...this.known.keys()]);
    const digest = (from: ReadonlyMap<string, Known>, volume: string) => from.get(volume)?.digest;
    const changed = [...all].filter((one) => digest(known, one) !== digest(this.known, one));
    return { changed, doubts };
  }

  private stampOf(file: string): string {
    try {
      const { dev, ino, size, ctimeNs } = statSync(join(this.path, file), { bigint: true });
      return `${dev} ${ino} ${size} ${ctimeNs}`;
    } catch {
      // It has just gone, or its link leads nowhere: reading it says so.
      return '';
    }
  }
}

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * The volume that a key means: `V`, or `/V` as mount(8) asks for it. Null for what can be no name of a
 * file in one folder, so that no key becomes a path: with a slash in it, hidden, too long, or with
 * characters that no terminal should be sent.
 */
export function volumeOfKey(key: string): string | null {
  const name = key.startsWith('/') ? key.slice(1) : key;
  if (name === '' || name.startsWith('.') || name.includes('/')) return null;
  if (/\p{Cc}/u.test(name)) return null;
  return encodeName(name).length + EXTENSION.length <= NAME_MAX ? name : null;
}

/** The number of a volume, which is always the same of the same name: a UUID of version 5. */
export function volumeId(volume: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(volume).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** RFC 9562, appendix A: names that are none of the other kinds; here those of volumes. */
const NAMESPACE = Buffer.from('6ba7b8149dad11d180b400c04fd430c8', 'hex');
