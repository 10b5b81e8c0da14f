/**
 * Prevents data from bypassing a volume that changes it (it has `observes: false`, and defines readv or writev).
 * Replies in the volume's place to the fops of these kinds (`FopRow.data`), the first two only if undefined there:
 *
 *   past      replies EOPNOTSUPP; the kernel then copies by reads and writes (fuse_copy_file_range)
 *   extents   replies to seek as if the file had no holes, up to the size that the volume's fstat returns
 *   content   removes the key from the request's xdata, as GlusterFS's shard and disperse do. A volume that
 *             winds the key itself gets the stored content
 */
import type { Dict } from './dict.ts';
import { EIO, ENXIO, EOPNOTSUPP } from './errno.ts';
import { type DataRoute, type FopRow, fops as rows } from './fops.ts';
import { type FopName, fail, Links, makeRefusingFop, unwind, wind } from './gen/fops.gen.ts';
import { collect, tailArgs } from './gen/generic.gen.ts';
import { CONTENT } from './xdata.ts';
import type { Cbk, Child, Fop, Fops, Xlator } from './xlator.ts';

/** Finds the fops that carry data by one of these routes. */
export const findFopsByData = (...ways: readonly DataRoute[]): readonly FopName[] =>
  rows.flatMap(({ name, data }) => (data !== null && ways.includes(data) ? [name as FopName] : []));

const byteFops = findFopsByData('bytes');

/** A volume's fops, with the guard's own where it replies in the volume's place. */
export interface GuardedFops {
  readonly fops: Fops<unknown>;
  /** The line to log; null when the guard replies to no fop in the volume's place. */
  readonly logText: string | null;
}

/** Combines a volume's own fops with those of the guard. @param own the fops that the volume defines */
export function guardFops(xl: Xlator<unknown>, own: Fops<unknown>): GuardedFops {
  const changes = xl.observes === false && byteFops.some((name) => own[name] !== undefined);
  if (!changes) return { fops: own, logText: null };
  const itself = new Links((name) => ({
    xl,
    fop: (own[name] as Fop<typeof name, unknown> | undefined) ?? makeRefusingFop(name, EOPNOTSUPP),
  }));
  /** Routes a fop to the volume's own implementation, or to the child that the volume passes it to. */
  const routeOnward: FopRoute = (name) =>
    own[name] === undefined ? (xl.passingChild ?? itself) : itself;
  const guarded: { [N in FopName]?: Fop<FopName, unknown> } = {};
  for (const row of rows) {
    const name = row.name as FopName;
    if (row.data === 'content') guarded[name] = makeContentRemover(row, routeOnward);
    else if (own[name] !== undefined) continue;
    else if (row.data === 'extents')
      guarded[name] = makeHolelessSeek(routeOnward) as Fop<FopName, unknown>;
    else if (row.data === 'past')
      guarded[name] = makeRefusingFop(name, EOPNOTSUPP) as Fop<FopName, unknown>;
  }
  const logText =
    'this volume changes data, so all data goes through readv and writev: ' +
    `${findFopsByData('past', 'extents')
      .filter((name) => own[name] === undefined)
      .join(', ')} ` +
    `are answered in its place, and no reply has ${CONTENT} (set observes if it does not change data)`;
  return { fops: { ...own, ...guarded } as Fops<unknown>, logText };
}

/** Finds the links by which the guard passes a fop on. */
type FopRoute = (name: FopName) => Child;

/** Removes the key from a copy of the request's xdata, and passes the fop on. */
function makeContentRemover(
  { name: fopName, args }: FopRow,
  routeOnward: FopRoute,
): Fop<FopName, unknown> {
  const name = fopName as FopName;
  const at = args.findIndex((arg) => arg.name === 'xdata');
  return collect[name]((frame, _xl, values) => {
    const xdata = values[at] as Dict | null;
    if (xdata?.has(CONTENT)) {
      const copy = xdata.copy();
      copy.delete(CONTENT);
      values[at] = copy;
    }
    tailArgs[name](frame, routeOnward(name), values);
  }) as Fop<FopName, unknown>;
}

/** Makes a seek that replies as if the file had no holes. */
const makeHolelessSeek =
  (routeOnward: FopRoute): Fop<'seek', unknown> =>
  (frame, _xl, fd, offset, whence) => {
    frame.local = offset;
    wind.fstat(frame, whence, sizeCbk, routeOnward('fstat'), fd, null);
  };

/** The cookie `whence` is 0 for data, 1 for a hole; the end of the file counts as a hole. */
const sizeCbk: Cbk<'fstat', unknown> = (frame, whence, _xl, opRet, opErrno, buf) => {
  const offset = frame.local as number;
  if (opRet < 0 || buf === null) fail.seek(frame, opRet < 0 ? opErrno : EIO);
  else if (offset >= buf.iaSize) fail.seek(frame, ENXIO);
  else unwind.seek(frame, 0, 0, whence === 0 ? offset : buf.iaSize, null);
};
