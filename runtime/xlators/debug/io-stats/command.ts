/**
 * The extended attribute that is no attribute but a command to write the statistics into a file:
 * `setfattr -n trusted.io-stats-dump -v NAME MNT`.
 *
 * Source: GlusterFS `xlators/debug/io-stats/src/io-stats.c`, `match_special_xattr`, `conditional_dump`.
 */
import { decodeName } from '../../../core/bytes.ts';
import { Dict } from '../../../core/dict.ts';

/** GlusterFS's pattern `*io*stat*dump`. */
const COMMAND = /io.*stat.*dump$/s;
const AS_JSON = /_json_dump$/;

export interface DumpCommand {
  /** As it was given. */
  readonly name: string;
  readonly format: 'text' | 'json';
}

/** The command among the attributes that somebody sets; undefined when there is none. */
export function dumpCommand(dict: Dict | null): DumpCommand | undefined {
  // A setxattr is rare enough for a look at its names.
  if (!(dict instanceof Dict)) return undefined;
  for (const key of dict.keys()) {
    if (!COMMAND.test(key)) continue;
    const value = dict.get(key);
    const name = value instanceof Uint8Array ? decodeName(value, 0, value.length) : String(value);
    // Who sets it from C may count the end of the string.
    return { name: name.replace(/\0+$/, ''), format: AS_JSON.test(key) ? 'json' : 'text' };
  }
  return undefined;
}

/**
 * The file of a command in the folder of the server's files: `NAME.VOLUME`, each `/` a `-`. Null for
 * one that is empty, leads upwards, or has what no name should.
 */
export function dumpFile(name: string, id: string): string | null {
  const within = name.replace(/^\//, '');
  const hasControl = [...within].some((char) => char < ' ');
  if (within === '' || within.includes('../') || hasControl) return null;
  return `${within}.${id}`.replaceAll('/', '-');
}
