/**
 * Changes of names: one pair of hooks for every fop that makes or removes one (the table's
 * `entry` column), so that a cache of names says once what it does then, and a fop that the table
 * gains is covered.
 *
 * The fops wind to the first child with a frame of their own. The inode table is kept by those above
 * (`apply-reply.ts`).
 */
import type { Client } from './client.ts';
import { type FopRow, fops } from './fops.ts';
import type { FopName } from './gen/fops.gen.ts';
import { type After, tap } from './gen/taps.gen.ts';
import type { Loc } from './loc.ts';
import type { Fops, Xlator } from './xlator.ts';

/** The names of one request, from its way down to its reply. */
export interface Entry {
  /** Number of the fop. */
  readonly fop: number;
  /** The name that comes into being if the fop succeeds. */
  readonly created: Loc | null;
  /** The name that goes away; a rename that swaps two names, or two of one file, leaves it. */
  readonly removed: Loc | null;
  /** Who asks; null for a volume of the graph. */
  readonly client: Client | null;
  /** The hooks' own number, from `before` to `after`. */
  note: number;
}

export interface EntryHooks<P> {
  before(xl: Xlator<P>, entry: Entry): void;
  /** Whether it succeeded or not; the reply goes up afterwards. */
  after(xl: Xlator<P>, entry: Entry, opRet: number, opErrno: number): void;
}

const isEntryFop = ({ entry }: FopRow): boolean =>
  entry.creates !== undefined || entry.removes !== undefined;

/** The fops that call the hooks; spread them into a translator's own. */
export function entryFops<P>(hooks: EntryHooks<P>): Fops<P> {
  const after: After<P> = (frame, xl, _fop, opRet, opErrno) => {
    hooks.after(xl, frame.local as Entry, opRet, opErrno);
  };
  const made: Partial<Record<FopName, unknown>> = {};
  for (const row of fops.filter(isEntryFop)) {
    const created = row.args.findIndex((arg) => arg.name === row.entry.creates);
    const removed = row.args.findIndex((arg) => arg.name === row.entry.removes);
    const loc = (args: readonly unknown[], at: number) => (at < 0 ? null : (args[at] as Loc));
    // Making and removing names is rare enough for an array.
    made[row.name as FopName] = tap[row.name as FopName]<P>((frame, xl, fop, ...args) => {
      const { client } = frame.root;
      const names = { created: loc(args, created), removed: loc(args, removed) };
      const entry: Entry = { fop, ...names, client, note: 0 };
      frame.local = entry;
      hooks.before(xl, entry);
      return 0;
    }, after);
  }
  return made as Fops<P>;
}
