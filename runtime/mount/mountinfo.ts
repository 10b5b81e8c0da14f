/** Reads the mounts of this mount namespace from /proc/self/mountinfo (proc(5)), without calls to them. */
import { readFileSync } from 'node:fs';

/** File system type of glossa's mounts. */
export const FS_TYPE = 'fuse.glossa';

/** A mount, as mountinfo lists it. */
export interface MountEntry {
  /** The device number, `major:minor`. */
  readonly device: string;
  readonly mountpoint: string;
  readonly type: string;
  /** The mounted source; of a glossa mount, the volfile's or volume's name. */
  readonly source: string;
  /** Options of the file system: `rw,user_id=0,…`. */
  readonly options: readonly string[];
}

/** Reads all mounts, the newest last. */
export function readMounts(): MountEntry[] {
  const lines = readMountinfo().split('\n');
  return lines.flatMap((line) => {
    const [mountPart, fileSystemPart] = line.split(' - ');
    if (fileSystemPart === undefined) return [];
    const fields = mountPart!.split(' ');
    const [type = '', source = '', options = ''] = fileSystemPart.split(' ');
    return {
      device: fields[2]!,
      mountpoint: unescapeOctal(fields[4]!),
      type,
      source: unescapeOctal(source),
      options: options.split(','),
    };
  });
}

/** Finds the newest mount on exactly this path. */
export const findMount = (path: string): MountEntry | null =>
  readMounts().findLast(({ mountpoint }) => mountpoint === path) ?? null;

/** Finds the uid of the user who mounted, in FUSE's options; -1 if the options lack it. */
export function findMountingUid({ options }: MountEntry): number {
  const userOption = options.find((option) => option.startsWith('user_id='));
  return userOption === undefined ? -1 : Number(userOption.slice('user_id='.length));
}

/** Decodes characters that mountinfo escapes, such as a blank as `\040`. */
const unescapeOctal = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));

/** Reads the mounts of this process; '' on systems without /proc, where glossa mounts nothing. */
function readMountinfo(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
