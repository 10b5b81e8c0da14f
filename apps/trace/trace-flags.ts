/** Defines and reads the flags of `glossa trace` that select the requests to record. */
import { errnoNames } from '../../runtime/core/errno.ts';
import { fopNames } from '../../runtime/core/gen/fops.gen.ts';
import { type FilterSettings, makeFilter } from '../../runtime/observe/filter.ts';
import { UsageError } from '../../terminal/exit.ts';
import {
  type Flags,
  type FlagValues,
  listFlag,
  numberFlag,
  textFlag,
  toggleFlag,
} from '../../terminal/flags.ts';
import { parseSlowThreshold } from '../../terminal/slow-threshold.ts';

/** Flags that select requests; a request must match each of them. */
export const filterFlags = {
  volume: listFlag({
    placeholder: 'VOLUME',
    help: 'fops that arrive at this volume; may be repeated',
  }),
  fop: listFlag({
    placeholder: 'FOP',
    values: fopNames,
    help: 'this fop; may be repeated, as all below',
  }),
  path: listFlag({
    placeholder: 'PATH',
    help: 'this path of the mount; * is a part of a name, ** of a path',
  }),
  pid: listFlag({ placeholder: 'PID', help: 'requests of this process' }),
  uid: listFlag({ placeholder: 'UID', help: 'requests of this user' }),
  errno: listFlag({
    placeholder: 'ERRNO',
    values: errnoNames,
    help: 'requests that met this errno',
  }),
  'one-in': numberFlag({ placeholder: 'N', isWhole: true, help: 'one request in N' }),
  slow: textFlag({
    placeholder: 'TIME',
    help: 'requests that took so long somewhere: 100ms, 2s, 50us',
  }),
} satisfies Flags;

/** Flags that limit what is recorded of each request. */
export const limitFlags = {
  'data-max': numberFlag({
    placeholder: 'BYTES',
    isWhole: true,
    help: 'bytes of data that are kept (32)',
  }),
  redact: toggleFlag({ help: 'hide names and contents' }),
} satisfies Flags;

export type FilterFlags = FlagValues<typeof filterFlags>;

/**
 * Turns flags into a filter. The server, not this function, checks names of volumes.
 * @throws {UsageError}
 */
export function parseFilter(flags: FilterFlags): FilterSettings {
  const filter: FilterSettings = {
    volumes: flags.volume,
    fops: splitAtCommas(flags.fop),
    paths: flags.path,
    pids: flags.pid.map((value) => parseWholeNumber('pid', value)),
    uids: flags.uid.map((value) => parseWholeNumber('uid', value)),
    errnos: splitAtCommas(flags.errno),
    ...(flags['one-in'] === undefined ? {} : { oneIn: flags['one-in'] }),
    ...(flags.slow === undefined ? {} : { slowMs: parseSlowThreshold(flags.slow) }),
  };
  try {
    // Only checks the filter; each volume that it names passes as known.
    makeFilter(filter, flags.volume);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  return filter;
}

/** Formats the filter's flags as a command line has them; null without a filter. */
export function formatFilter(flags: FilterFlags): string | null {
  const names = Object.keys(filterFlags) as (keyof FilterFlags)[];
  const flagTexts = names.flatMap((name) =>
    [flags[name] ?? []].flat().map((value) => `--${name} ${value}`),
  );
  return flagTexts.length === 0 ? null : flagTexts.join(' ');
}

/** Splits values at commas: `lookup,stat`. */
const splitAtCommas = (values: readonly string[]): string[] =>
  values.flatMap((value) => value.split(','));

/** Parses the value of a flag. @throws {UsageError} */
function parseWholeNumber(flagName: string, value: string): number {
  if (/^-?\d+$/.test(value)) return Number(value);
  throw new UsageError(`--${flagName} takes a whole number, not '${value}'`);
}
