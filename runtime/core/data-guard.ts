/**
 * Prevents data from bypassing a volume that changes it (it has `observes: false`, and defines readv or writev).
 * Handles fops of these kinds (`FopRow.data`) in the volume's place; the first two only if the volume does not define
 * the fop:
 *
 *   past      replies EOPNOTSUPP; the kernel then copies by reads and writes (fuse_copy_file_range)
 *   extents   replies to seek as if the file had no holes, up to the size that the volume's fstat returns
 *   content   removes the key from the request's xdata, as GlusterFS's shard and disperse do. A volume that
 *             winds the key itself gets the stored content
 */
import type { Dict } from './dict.ts';
import { EIO, ENXIO, EOPNOTSUPP } from './errno.ts';
import { type FopRow, findFopsByData, fops as rows } from './fops.ts';
import {
  collect,
  type FopName,
  fail,
  Links,
  makeRefusingFop,
  tailArgs,
  unwind,
  wind,
} from './gen/fops.gen.ts';
import { CONTENT } from './xdata.ts';
import type { Cbk, Child, Fop, Fops, Xlator } from './xlator.ts';

const byteFops = findFopsByData('bytes');

/** The fops of a volume, with those of the guard that stand in their place. */
export interface GuardedFops {
  readonly fops: Fops<unknown>;
  /** The line to log; null when the guard replies to no fop in the volume's place. */
  readonly logText: string | null;
}

/** Combines a volume's own fops with those of the guard. @param ownFops the fops that the volume defines */
export function guardFops(xl: Xlator<unknown>, ownFops: Fops<unknown>): GuardedFops {
  const changesData = xl.observes === false && byteFops.some((name) => ownFops[name] !== undefined);
  if (!changesData) return { fops: ownFops, logText: null };
  const ownLinks = new Links((name) => ({
    xl,
    fop:
      (ownFops[name] as Fop<typeof name, unknown> | undefined) ?? makeRefusingFop(name, EOPNOTSUPP),
  }));
  /** Routes a fop to the volume's own implementation, or to the child that the volume passes it to. */
  const routeOnward: FopRoute = (name) =>
    ownFops[name] === undefined ? (xl.passingChild ?? ownLinks) : ownLinks;
  const guardingFops: { [N in FopName]?: Fop<FopName, unknown> } = {};
  for (const row of rows) {
    const name = row.name as FopName;
    if (row.data === 'content') guardingFops[name] = makeContentRemover(row, routeOnward);
    else if (ownFops[name] !== undefined) continue;
    else if (row.data === 'extents')
      guardingFops[name] = makeHolelessSeek(routeOnward) as Fop<FopName, unknown>;
    else if (row.data === 'past')
      guardingFops[name] = makeRefusingFop(name, EOPNOTSUPP) as Fop<FopName, unknown>;
  }
  const logText =
    'this volume changes data, so all data goes through readv and writev: ' +
    `${findFopsByData('past', 'extents')
      .filter((name) => ownFops[name] === undefined)
      .join(', ')} ` +
    `are answered in its place, and no reply has ${CONTENT} (set observes if it does not change data)`;
  return { fops: { ...ownFops, ...guardingFops } as Fops<unknown>, logText };
}

/** Finds the links by which the guard passes a fop on. */
type FopRoute = (name: FopName) => Child;

/** Makes a fop that removes the key from a copy of the request's xdata, and passes the request on. */
function makeContentRemover(
  { name: fopName, args }: FopRow,
  routeOnward: FopRoute,
): Fop<FopName, unknown> {
  const name = fopName as FopName;
  const xdataIndex = args.findIndex((arg) => arg.name === 'xdata');
  return collect[name]((frame, _xl, values) => {
    const xdata = values[xdataIndex] as Dict | null;
    if (xdata?.has(CONTENT)) {
      const copy = xdata.copy();
      copy.delete(CONTENT);
      values[xdataIndex] = copy;
    }
    tailArgs[name](frame, routeOnward(name), values);
  }) as Fop<FopName, unknown>;
}

/** Makes a seek that replies as if the file had no holes. */
const makeHolelessSeek =
  (routeOnward: FopRoute): Fop<'seek', unknown> =>
  (frame, _xl, fd, offset, whence) => {
    frame.local = offset;
    wind.fstat(frame, whence, fstatCbk, routeOnward('fstat'), fd, null);
  };

/** Replies to a seek by the file's size. The cookie `whence` is 0 for data, 1 for a hole, which the end counts as. */
const fstatCbk: Cbk<'fstat', unknown> = (frame, whence, _xl, opRet, opErrno, buf) => {
  const offset = frame.local as number;
  if (opRet < 0 || buf === null) fail.seek(frame, opRet < 0 ? opErrno : EIO);
  else if (offset >= buf.iaSize) fail.seek(frame, ENXIO);
  else unwind.seek(frame, 0, 0, whence === 0 ? offset : buf.iaSize, null);
};
