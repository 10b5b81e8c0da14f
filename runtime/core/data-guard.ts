/**
 * Keeps data from passing a volume that changes it: one whose record says `observes: false` and that
 * defines readv or writev. It handles fops by their way of carrying data (`FopRow.data`):
 *
 *   past      EOPNOTSUPP, unless the volume defines it. The kernel copies by reads and writes then
 *             (linux/fs/fuse/file.c, fuse_copy_file_range)
 *   extents   seek knows no holes, unless the volume defines it: all is data up to its own fstat's size
 *   content   the key is taken out of the request's xdata. A volume that winds the key itself gets the
 *             content, and must return it as it has changed it
 *
 * GlusterFS's translators that store other data (shard, disperse) take that key out, too.
 */
import type { Dict } from './dict.ts';
import { EIO, ENXIO, EOPNOTSUPP } from './errno.ts';
import { type DataWay, type FopRow, fops as rows } from './fops.ts';
import { type FopName, fail, Links, refusal, unwind, wind } from './gen/fops.gen.ts';
import { collect, tailArgs } from './gen/generic.gen.ts';
import { CONTENT } from './xdata.ts';
import type { Cbk, Child, Fop, Fops, Xlator } from './xlator.ts';

/** The fops through which data goes one of these ways. */
export const fopsOfData = (...ways: readonly DataWay[]): readonly FopName[] =>
  rows.flatMap(({ name, data }) => (data !== null && ways.includes(data) ? [name as FopName] : []));

const BYTES = fopsOfData('bytes');

/** A volume's fops, and those that are answered in its place. */
export interface Guarded {
  readonly fops: Fops<unknown>;
  /** The line to log; null when the guard replies to no fop in the volume's place. */
  readonly text: string | null;
}

export function guarded(xl: Xlator<unknown>, own: Fops<unknown>): Guarded {
  const changes = xl.observes === false && BYTES.some((name) => own[name] !== undefined);
  if (!changes) return { fops: own, text: null };
  const itself = new Links((name) => ({
    xl,
    fop: (own[name] as Fop<typeof name, unknown> | undefined) ?? refusal(name, EOPNOTSUPP),
  }));
  /** Routes a fop to the volume's own implementation, or to the child that the volume passes it to. */
  const onward: Onward = (name) => (own[name] === undefined ? (xl.passingChild ?? itself) : itself);
  const made: { [N in FopName]?: Fop<FopName, unknown> } = {};
  for (const row of rows) {
    const name = row.name as FopName;
    if (row.data === 'content') made[name] = withoutContent(row, onward);
    else if (own[name] !== undefined) continue;
    else if (row.data === 'extents') made[name] = seek(onward) as Fop<FopName, unknown>;
    else if (row.data === 'past') made[name] = refusal(name, EOPNOTSUPP) as Fop<FopName, unknown>;
  }
  const text =
    'data is changed here, so all of it goes through readv and writev: ' +
    `${fopsOfData('past', 'extents')
      .filter((name) => own[name] === undefined)
      .join(', ')} ` +
    `are answered in its place, and no reply has ${CONTENT} (observes says that it only looks on)`;
  return { fops: { ...own, ...made } as Fops<unknown>, text };
}

type Onward = (name: FopName) => Child;

/** The fop, of whose xdata the key is taken out. The caller's dict stays as it is. */
function withoutContent({ name: text, args }: FopRow, onward: Onward): Fop<FopName, unknown> {
  const name = text as FopName;
  const at = args.findIndex((arg) => arg.name === 'xdata');
  return collect[name]((frame, _xl, given) => {
    const xdata = given[at] as Dict | null;
    if (xdata?.has(CONTENT)) {
      const others = xdata.copy();
      others.delete(CONTENT);
      given[at] = others;
    }
    tailArgs[name](frame, onward(name), given);
  }) as Fop<FopName, unknown>;
}

/** As if there were no holes. */
const seek =
  (onward: Onward): Fop<'seek', unknown> =>
  (frame, _xl, fd, offset, what) => {
    frame.local = offset;
    wind.fstat(frame, what, sizeCbk, onward('fstat'), fd, null);
  };

/** `what` is 0 for data and 1 for a hole: the end of the file is one. */
const sizeCbk: Cbk<'fstat', unknown> = (frame, what, _xl, opRet, opErrno, buf) => {
  const offset = frame.local as number;
  if (opRet < 0 || buf === null) fail.seek(frame, opRet < 0 ? opErrno : EIO);
  else if (offset >= buf.iaSize) fail.seek(frame, ENXIO);
  else unwind.seek(frame, 0, 0, what === 0 ? offset : buf.iaSize, null);
};
