/** Sends a translator's invalidations to the host (bridges/host/crossing/decision.ts). */
import { host, stringify } from './host.ts';
import { Fd, Inode, Loc } from './inode.ts';
import { typeOf } from './values.ts';

export interface Invalidation {
  readonly data?: boolean;
  readonly expire?: boolean;
  readonly removed?: Inode | string;
}

/** Implements Translator.invalidate. */
export function invalidate(of: unknown, second: unknown, third: Invalidation | undefined): void {
  const named = typeof second === 'string';
  const how = (named ? third : (second as Invalidation | undefined)) ?? {};
  const { data = true, expire = false, removed } = how;
  let what = of;
  let name = named ? second : null;
  if (of instanceof Loc) {
    if (named) throw new TypeError('invalidate takes a loc, or a directory and a name');
    name = of.name;
    what = name === null ? of.inode : of.parent;
  }
  if (what === undefined || what === null) {
    if (name !== null) throw new TypeError('invalidate needs the directory that the name is in');
    send('every-entry');
  } else if (name === null) {
    if (removed !== undefined || expire) throw new TypeError('expire and removed are about a name');
    send('inode', numberOf(what), data);
  } else if (removed !== undefined) send('removed', numberOf(what), name, numberOf(removed));
  else send('entry', numberOf(what), name, expire);
}

/** The inode's number for the host, or its gfid. */
function numberOf(inode: unknown): number | string {
  if (inode instanceof Fd) return inode.inode.id;
  if (inode instanceof Inode) return inode.id;
  if (typeof inode === 'string') return inode;
  throw new TypeError(`an Inode, Fd, Loc or gfid was expected, not ${typeOf(inode)}`);
}

function send(...message: unknown[]): void {
  try {
    host.invalidate(stringify(message));
  } catch (error) {
    throw new RangeError(`invalidate: ${(error as Error).message}`);
  }
}
