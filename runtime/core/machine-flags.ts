/**
 * Converts flags of open(2) between the graph, whose numbers are x86's, and a machine. Each border at which a machine's
 * numbers enter or leave the graph has its converters. Four flags of ARM differ; all others, and bits that are no flag,
 * pass unchanged, as open(2) ignores those.
 * Sources: Linux arch/arm64/include/uapi/asm/fcntl.h; asm-generic/fcntl.h, which x86, riscv and loongarch share.
 */
import type { FopRow } from './fops.ts';
import { O_DIRECT, O_DIRECTORY, O_LARGEFILE, O_NOFOLLOW } from './open-flags.ts';

/** The flags whose numbers differ: the graph's, ARM's. */
export const ARM_FLAGS: readonly (readonly [graphFlag: number, machineFlag: number])[] = [
  [O_DIRECT, 0o200000],
  [O_LARGEFILE, 0o400000],
  [O_DIRECTORY, 0o40000],
  [O_NOFOLLOW, 0o100000],
];

/** The fops whose argument `flags` has flags of open(2). */
const OPEN_FLAG_FOPS: ReadonlySet<string> = new Set(['open', 'create', 'put', 'readv', 'writev']);

/** Returns the index of a fop's argument with flags of open(2); -1 for a fop without. */
export const findOpenFlagsIndex = ({ name, args }: FopRow): number =>
  OPEN_FLAG_FOPS.has(name) ? args.findIndex((arg) => arg.name === 'flags') : -1;

export type ConvertFlags = (flags: number) => number;

/** The two directions of a border. */
export interface FlagConverters {
  readonly toGraph: ConvertFlags;
  readonly toMachine: ConvertFlags;
}

const keepFlags: ConvertFlags = (flags) => flags;
/** The converters of a border beyond which the numbers are the graph's. */
export const SAME_FLAGS: FlagConverters = { toGraph: keepFlags, toMachine: keepFlags };

function makeConvert(pairs: readonly (readonly [from: number, to: number])[]): ConvertFlags {
  const fromMask = pairs.reduce((mask, [from]) => mask | from, 0);
  return (flags) => {
    let result = flags & ~fromMask;
    for (const [from, to] of pairs) if ((flags & from) !== 0) result |= to;
    return result;
  };
}

/** Makes the converters for a machine, by Node's or uname(2)'s name: `x64`, `arm64`, `aarch64`. */
export function makeFlagConverters(machine: string): FlagConverters {
  if (!/^(?:arm|aarch64)/.test(machine)) return SAME_FLAGS;
  return {
    toGraph: makeConvert(ARM_FLAGS.map(([graphFlag, machineFlag]) => [machineFlag, graphFlag])),
    toMachine: makeConvert(ARM_FLAGS),
  };
}
