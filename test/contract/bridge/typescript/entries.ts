/** Drops, renames, changes and adds entries of listings, and keeps one for later. */
import {
  type Cbk,
  type Dirent,
  defineTranslator,
  type Fop,
  Iatt,
  NULL_GFID,
  unwind,
  wind,
} from 'glossa';
import { plain } from './shapes.ts';

interface State {
  cached: readonly Dirent[] | null;
}

const sized = (buf: Iatt, iaSize: number): Iatt => Object.assign(buf.copy(), { iaSize });

const readdirp: Fop<'readdirp', State> = (frame, xl, fd, size, offset, xdata) => {
  wind.readdirp(frame, 0, readdirpCbk, xl.children[0]!, fd, size, offset, xdata);
};

const readdirpCbk: Cbk<'readdirp', State> = (frame, _, xl, _opRet, opErrno, entries, xdata) => {
  const kept = (entries ?? [])
    .filter(({ name }) => !name.startsWith('.'))
    .map((entry) => ({ ...entry, name: entry.name.toUpperCase() }));
  const stat = sized(new Iatt(), 3);
  const more = { name: 'added', off: 99, type: 8, gfid: NULL_GFID, stat, dict: null, inode: null };
  kept.push(more);
  xl.priv.cached = kept;
  unwind.readdirp(frame, kept.length, opErrno, kept, xdata);
};

const readdir: Fop<'readdir', State> = (frame, xl, fd, size, offset, xdata) => {
  const { cached } = xl.priv;
  if (cached === null) {
    wind.readdir(frame, 0, readdirCbk, xl.children[0]!, fd, size, offset, xdata);
    return;
  }
  // From another request: its inodes are not this one's to give.
  const mine = cached.map((entry) => ({ ...entry, inode: null }));
  unwind.readdir(frame, mine.length, 0, mine, null);
};

const readdirCbk: Cbk<'readdir', State> = (frame, _cookie, _xl, _opRet, opErrno, all, xdata) => {
  const [, first, ...more] = all!;
  const entries = [{ ...first!, stat: sized(first!.stat!, 77) }, ...more];
  unwind.readdir(frame, entries.length, opErrno, entries, xdata);
};

export default defineTranslator<State, Record<string, never>>({
  ...plain,
  options: {},
  fops: { readdir, readdirp },
  init: () => ({ cached: null }),
});
