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
export const VOLFILE_EXTENSION = '.vol';

/** Flags to open a volfile: without blocking, since a pipe may have replaced it. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The refusal of a key: an errno for the client, a reason for the log. */
export interface Refusal {
  readonly errno: number;
  readonly reason: string;
}

export const isRefusal = (result: Uint8Array | Refusal): result is Refusal => 'errno' in result;

const makeRefusal = (errno: number, reason: string): Refusal => ({ errno, reason });

/** A volfile at the last scan. */
interface KnownFile {
  /** Device, inode number, size and ctime, one of which differs if the file has changed; empty without a file. */
  readonly stamp: string;
  /** The digest of the volfile that clients last received; undefined if they received no volfile. */
  readonly digest: string | undefined;
}

/** The result of one scan of the directory. */
export interface FolderScan {
  /** Volumes whose volfiles changed, appeared or disappeared since the last scan. */
  readonly changed: readonly string[];
  /** Files that cannot be served, with the reason; each file appears once. */
  readonly problems: readonly string[];
}

/** A directory of volfiles. */
export class VolfileFolder {
  readonly path: string;
  private knownFiles = new Map<string, KnownFile>();
  /** The digest of each volume's last checked volfile, and a text of its errors; null if it has no errors. */
  private readonly checkResults = new Map<string, { digest: string; reason: string | null }>();
  /** The result of the first scan. */
  readonly firstScan: FolderScan;

  /** @throws {NodeJS.ErrnoException} when the directory does not exist */
  constructor(path: string) {
    this.path = realpathSync(path);
    this.firstScan = this.scan();
  }

  /** Reads the current volfile of a key, or the reason why it is refused. */
  read(key: string): Uint8Array | Refusal {
    const volume = parseKey(key);
    if (volume === null) return makeRefusal(EINVAL, 'no volume has this name');
    try {
      const content = this.readFile(volume + VOLFILE_EXTENSION);
      if (isRefusal(content)) return content;
      const reason = this.describeErrors(volume, content);
      return reason === null ? content : makeRefusal(EINVAL, reason);
    } catch (error) {
      const { code = 'EIO', message } = error as NodeJS.ErrnoException;
      return makeRefusal(errnoNumber(code) ?? EIO, message);
    }
  }

  /** Reads a file of the directory; refuses a link out of the directory, and a file that is empty or too large. */
  private readFile(name: string): Uint8Array | Refusal {
    const path = realpathSync(join(this.path, name));
    if (!path.startsWith(this.path + sep)) {
      return makeRefusal(EACCES, `${name} leads out of the directory, to ${path}`);
    }
    const fd = openSync(path, OPEN_FLAGS);
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile()) return makeRefusal(EINVAL, `${name} is not a file`);
      if (stat.size > VOLFILE_SIZE_MAX)
        return makeRefusal(EFBIG, `${name} has more than ${VOLFILE_SIZE_MAX} bytes`);
      const bytes = readFileSync(fd);
      // The file may be half written, and clients reject an empty volfile.
      return bytes.length === 0 ? makeRefusal(ENOENT, `${name} is empty`) : bytes;
    } finally {
      closeSync(fd);
    }
  }

  /**
   * Describes the errors of a volfile; null without errors. An incorrect volfile must not be served:
   * a client of GlusterFS that received one accepts no further volfile.
   */
  private describeErrors(volume: string, bytes: Uint8Array): string | null {
    const { checkResults } = this;
    const digest = computeDigest(bytes);
    const previous = checkResults.get(volume);
    if (previous?.digest === digest) return previous.reason;
    const { problems } = inspectVolfile(new Source(volume + VOLFILE_EXTENSION, decodeName(bytes)));
    const errors = listProblems(problems.filter(({ severity }) => severity === 'error'));
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    const reason = errors.length === 0 ? null : errors[0]! + more;
    checkResults.set(volume, { digest, reason });
    return reason;
  }

  /** Scans the directory. @throws {NodeJS.ErrnoException} when it is unreadable; nothing has changed then */
  scan(): FolderScan {
    const { knownFiles } = this;
    const files = readdirSync(this.path).filter((name) => name.endsWith(VOLFILE_EXTENSION));
    const problems: string[] = [];
    this.knownFiles = new Map(
      files.map((file): [string, KnownFile] => {
        const volume = file.slice(0, -VOLFILE_EXTENSION.length);
        const stamp = this.readStamp(file);
        const previous = knownFiles.get(volume);
        if (previous?.stamp === stamp) return [volume, previous];
        const content = this.read(volume);
        if (!isRefusal(content)) return [volume, { stamp, digest: computeDigest(content) }];
        problems.push(
          content.reason.startsWith(file) ? content.reason : `${file}: ${content.reason}`,
        );
        // Clients keep the volfile that they have, so its digest stays.
        return [volume, { stamp, digest: previous?.digest }];
      }),
    );
    for (const volume of this.checkResults.keys()) {
      if (!this.knownFiles.has(volume)) this.checkResults.delete(volume);
    }
    const allVolumes = new Set([...knownFiles.keys(), ...this.knownFiles.keys()]);
    const findDigest = (volumes: ReadonlyMap<string, KnownFile>, volume: string) =>
      volumes.get(volume)?.digest;
    const changed = [...allVolumes].filter(
      (volume) => findDigest(knownFiles, volume) !== findDigest(this.knownFiles, volume),
    );
    return { changed, problems };
  }

  /** Reads the stamp of a file (`KnownFile`). */
  private readStamp(file: string): string {
    try {
      const { dev, ino, size, ctimeNs } = statSync(join(this.path, file), { bigint: true });
      return `${dev} ${ino} ${size} ${ctimeNs}`;
    } catch {
      // The file was just removed or its link is broken; reading it reports that.
      return '';
    }
  }
}

const computeDigest = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/**
 * Reads the name of the volume in a key: `V`, or `/V` as mount(8) sends it. Returns null for a name with a slash, a dot
 * at its start or control characters, and for one that is too long: then no key leads out of the directory.
 */
export function parseKey(key: string): string | null {
  const name = key.startsWith('/') ? key.slice(1) : key;
  if (name === '' || name.startsWith('.') || name.includes('/')) return null;
  if (/\p{Cc}/u.test(name)) return null;
  return encodeName(name).length + VOLFILE_EXTENSION.length <= NAME_MAX ? name : null;
}

/** Computes the id of a volume from its name: a UUID of version 5. */
export function computeVolumeId(volume: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(volume).digest().subarray(0, 16);
  // The version (5) and the variant of RFC 9562.
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** The namespace of the UUIDs: NameSpace_X500 of RFC 9562, which no other kind of name here uses. */
const NAMESPACE = Buffer.from('6ba7b8149dad11d180b400c04fd430c8', 'hex');
