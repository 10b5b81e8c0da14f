/**
 * Makes fops that call hooks before and after each change of a name. One pair of hooks serves all fops that create or
 * remove a name (`entry` in fops.ts), so a cache of names misses none, not even a fop that is added later. The fops
 * wind to the first child. Hooks need not update the inode table: initiators do (`apply-reply.ts`).
 */
import type { Client } from './client.ts';
import { type FopRow, fops } from './fops.ts';
import type { FopName } from './gen/fops.gen.ts';
import { type After, tap } from './gen/taps.gen.ts';
import type { Loc } from './operands.ts';
import type { Fops, Xlator } from './xlator.ts';

/** The names that one request changes. */
export interface Entry {
  /** The number of the fop. */
  readonly fop: number;
  /** The name that the fop creates. */
  readonly created: Loc | null;
  /** The name that the fop removes. (It stays if a rename exchanges names, or both are hard links to one file.) */
  readonly removed: Loc | null;
  /** The client of the request; null for a volume's own request. */
  readonly client: Client | null;
  /** A number that `before` may set for `after`. */
  note: number;
}

/** The hooks of a translator. */
export interface EntryHooks<P> {
  /** Called before the fop winds to the child. */
  before(xl: Xlator<P>, entry: Entry): void;
  /** Called after success and failure, before the reply goes up. */
  after(xl: Xlator<P>, entry: Entry, opRet: number, opErrno: number): void;
}

const isEntryFop = ({ entry }: FopRow): boolean =>
  entry.creates !== undefined || entry.removes !== undefined;

/** Makes the fops that call the hooks, to be spread into a translator's `fops`. */
export function entryFops<P>(hooks: EntryHooks<P>): Fops<P> {
  const callAfter: After<P> = (frame, xl, _fop, opRet, opErrno) => {
    hooks.after(xl, frame.local as Entry, opRet, opErrno);
  };
  const entryFopsByName: Partial<Record<FopName, unknown>> = {};
  for (const row of fops.filter(isEntryFop)) {
    const createdIndex = row.args.findIndex((arg) => arg.name === row.entry.creates);
    const removedIndex = row.args.findIndex((arg) => arg.name === row.entry.removes);
    const getLoc = (args: readonly unknown[], index: number) =>
      index < 0 ? null : (args[index] as Loc);
    entryFopsByName[row.name as FopName] = tap[row.name as FopName]<P>(
      (frame, xl, fop, ...args) => {
        const { client } = frame.root;
        const names = {
          created: getLoc(args, createdIndex),
          removed: getLoc(args, removedIndex),
        };
        const entry: Entry = { fop, ...names, client, note: 0 };
        frame.local = entry;
        hooks.before(xl, entry);
        // 0 winds the fop.
        return 0;
      },
      callAfter,
    );
  }
  return entryFopsByName as Fops<P>;
}
