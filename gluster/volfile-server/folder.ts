/** Reads the directory of a volfile server: `NAME.vol` is the volfile of the volume NAME. */
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

/** The extension of every served file. */
export const EXTENSION = '.vol';

/** Opens without blocking: the file may have been replaced by a pipe. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Refuses a key: an errno for the client, a reason for the log. */
export interface Refusal {
  readonly errno: number;
  readonly why: string;
}

export const isRefusal = (found: Uint8Array | Refusal): found is Refusal => 'errno' in found;

const refuse = (errno: number, why: string): Refusal => ({ errno, why });

interface KnownFile {
  /** Changes whenever the file may have changed. */
  readonly stamp: string;
  /** The digest of the volfile that clients last received; undefined when they received none. */
  readonly digest: string | undefined;
}

/** The result of one scan of the directory. */
export interface FolderScan {
  /** Volumes whose volfiles changed, appeared or disappeared since the last scan. */
  readonly changed: readonly string[];
  /** Files that cannot be served, with the reason; each once. */
  readonly problems: readonly string[];
}

export class VolfileFolder {
  readonly path: string;
  private known = new Map<string, KnownFile>();
  /** By volume: the last checked volfile and its errors. */
  private readonly checked = new Map<string, { digest: string; why: string | null }>();
  /** The result of the first scan. */
  readonly firstScan: FolderScan;

  /** @throws {NodeJS.ErrnoException} when the directory does not exist */
  constructor(path: string) {
    this.path = realpathSync(path);
    this.firstScan = this.scan();
  }

  /** Reads the current volfile of a key. */
  read(key: string): Uint8Array | Refusal {
    const volume = volumeOfKey(key);
    if (volume === null) return refuse(EINVAL, 'no volume has this name');
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
      return refuse(EACCES, `${name} leads out of the directory, to ${path}`);
    }
    const fd = openSync(path, READ);
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile()) return refuse(EINVAL, `${name} is not a file`);
      if (stat.size > VOLFILE_SIZE_MAX)
        return refuse(EFBIG, `${name} has more than ${VOLFILE_SIZE_MAX} bytes`);
      const bytes = readFileSync(fd);
      // The file may be half written, and clients reject an empty volfile.
      return bytes.length === 0 ? refuse(ENOENT, `${name} is empty`) : bytes;
    } finally {
      closeSync(fd);
    }
  }

  /**
   * Describes the errors of a volfile. Serving half a volume would harm: a client of GlusterFS that
   * received one accepts no further volfile.
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

  /** Scans the directory. @throws {NodeJS.ErrnoException} when it is unreadable; nothing has changed then */
  scan(): FolderScan {
    const { known } = this;
    const files = readdirSync(this.path).filter((name) => name.endsWith(EXTENSION));
    const doubts: string[] = [];
    this.known = new Map(
      files.map((file): [string, KnownFile] => {
        const volume = file.slice(0, -EXTENSION.length);
        const stamp = this.stampOf(file);
        const before = known.get(volume);
        if (before?.stamp === stamp) return [volume, before];
        const found = this.read(volume);
        if (!isRefusal(found)) return [volume, { stamp, digest: digestOf(found) }];
        doubts.push(found.why.startsWith(file) ? found.why : `${file}: ${found.why}`);
        // Clients keep their present volfile.
        return [volume, { stamp, digest: before?.digest }];
      }),
    );
    for (const volume of this.checked.keys()) {
      if (!this.known.has(volume)) this.checked.delete(volume);
    }
    const all = new Set([...known.keys(), ...this.known.keys()]);
    const digest = (from: ReadonlyMap<string, KnownFile>, volume: string) =>
      from.get(volume)?.digest;
    const changed = [...all].filter((one) => digest(known, one) !== digest(this.known, one));
    return { changed, problems: doubts };
  }

  private stampOf(file: string): string {
    try {
      const { dev, ino, size, ctimeNs } = statSync(join(this.path, file), { bigint: true });
      return `${dev} ${ino} ${size} ${ctimeNs}`;
    } catch {
      // The file was just removed or its link is broken; reading it reports that.
      return '';
    }
  }
}

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * The volume that a key names: `V`, or `/V` as mount(8) sends it. Null unless it is a plain file
 * name, so that no key becomes a path: no slash, not hidden, not too long, no control characters.
 */
export function volumeOfKey(key: string): string | null {
  const name = key.startsWith('/') ? key.slice(1) : key;
  if (name === '' || name.startsWith('.') || name.includes('/')) return null;
  if (/\p{Cc}/u.test(name)) return null;
  return encodeName(name).length + EXTENSION.length <= NAME_MAX ? name : null;
}

/** The id of a volume, which depends on its name alone: a UUID of version 5. */
export function volumeId(volume: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(volume).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** RFC 9562, appendix A: the namespace of names of no other kind; here volumes. */
const NAMESPACE = Buffer.from('6ba7b8149dad11d180b400c04fd430c8', 'hex');
