/**
 * What a module that defines readv or writev would be passed by: fops that copy, move or measure a
 * file's data another way. Unless it says that it only looks on (`observes`), those that it does not
 * define itself are answered here, so that all data goes through its readv and writev:
 *
 * - copy_file_range and put are EOPNOTSUPP: the kernel then copies by reads and writes of its own
 *   (linux/fs/fuse/file.c, fuse_copy_file_range), and applications notice nothing;
 * - seek knows no holes: all is data up to the size that the module's own fstat tells;
 * - fallocate, zerofill, discard and rchecksum are EOPNOTSUPP.
 *
 * `any_fop` defines none of them: it cannot know what each of them does to data that is changed.
 */
import { EIO, ENXIO, EOPNOTSUPP } from '../../runtime/core/errno.ts';
import { type FopName, fail, Links, refusal, unwind, wind } from '../../runtime/core/fops.gen.ts';
import type { Cbk, Fop, Fops, Target, Xlator } from '../../runtime/core/xlator.ts';
import type { ModuleDescription } from './guest.ts';

const REFUSED = [
  'copy_file_range',
  'put',
  'fallocate',
  'zerofill',
  'discard',
  'rchecksum',
] as const satisfies readonly FopName[];

type Described = Pick<ModuleDescription, 'fops' | 'observes'>;

/** The fops that are answered here for a module. */
function guardedFops({ fops, observes }: Described): readonly FopName[] {
  const defines = (name: FopName): boolean => fops[name] !== undefined && fops[name].any !== true;
  if (observes === true || !(defines('readv') || defines('writev'))) return [];
  return (['seek', ...REFUSED] as const).filter((name) => !defines(name));
}

export function guards(described: Described): Fops<unknown> {
  const made: { [N in FopName]?: Fop<FopName, unknown> } = {};
  for (const name of guardedFops(described)) {
    made[name] = (name === 'seek' ? seek : refusal(name, EOPNOTSUPP)) as Fop<FopName, unknown>;
  }
  return made as Fops<unknown>;
}

/** Says at the start what becomes of them. */
export function tellGuards(xl: Xlator<unknown>, described: Described): void {
  const names = guardedFops(described);
  if (names.length === 0) return;
  xl.log.info(
    'data is changed here, so all of it comes as readv and writev: ' +
      `${names.join(', ')} answered by the host (observes says that a module only looks on)`,
  );
}

/** Whether holes are hidden from those above. */
export const isGuarded = (xl: Xlator<unknown>): boolean => xl.fops.seek === seek;

/** As if there were no holes. */
const seek: Fop<'seek', unknown> = (frame, xl, fd, offset, what) => {
  frame.local = offset;
  wind.fstat(frame, what, sizeCbk, itself(xl), fd, null);
};

/** `what` is 0 for data and 1 for a hole: the end of the file is one. */
const sizeCbk: Cbk<'fstat', unknown> = (frame, what, _xl, opRet, opErrno, buf) => {
  const offset = frame.local as number;
  if (opRet < 0 || buf === null) fail.seek(frame, opRet < 0 ? opErrno : EIO);
  else if (offset >= buf.iaSize) fail.seek(frame, ENXIO);
  else unwind.seek(frame, 0, 0, what === 0 ? offset : buf.iaSize, null);
};

/** The volume as those above see it. */
const itself = (xl: Xlator<unknown>): Links =>
  new Links(<N extends FopName>(name: N): Target<N> => {
    const fop = xl.fops[name] as Fop<N, unknown> | undefined;
    if (fop !== undefined) return { xl, fop };
    const below = xl.passingChild?.[name] as Target<N> | undefined;
    return below ?? { xl, fop: refusal(name, EOPNOTSUPP) };
  });
