/**
 * Fops that tell attributes, for caches of data: who has seen that a file is another one must not be
 * given data of before. (A kernel drops its pages then, and would keep what it reads next for long.)
 */

import type { Frame } from '../../../core/frame.ts';
import { tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../core/xlator.ts';
import { type InodeCache, inodeAt, type Kept } from './inode-cache.ts';

export interface AttributeHooks<P, K extends Kept> {
  readonly cache: { of(xl: Xlator<P>): InodeCache<K> }['of'];
  /** Whether data of it is here. */
  readonly has: { has(kept: K): boolean }['has'];
  /** Its attributes are these now. */
  readonly check: { check(xl: Xlator<P>, kept: K, buf: Iatt, inode: Inode): void }['check'];
}

export function attributeReads<P, K extends Kept>(hooks: AttributeHooks<P, K>): Fops<P> {
  const { cache, has, check } = hooks;
  const isHere = (xl: Xlator<P>, inode: Inode | null): inode is Inode => {
    const kept = inode === null ? undefined : cache(xl).kept(inode);
    return kept !== undefined && has(kept);
  };
  const told = (frame: Frame, asked: number, xl: Xlator<P>, opRet: number, buf: Iatt | null) => {
    const inode = frame.local as Inode;
    const kept = cache(xl).kept(inode);
    if (opRet < 0 || kept === undefined || !buf?.known) return;
    if (cache(xl).mayLearn(kept, asked)) check(xl, kept, buf, inode);
  };
  const stat: Fop<'stat', P> = (frame, xl, loc, xdata) => {
    const inode = inodeAt(xl, loc);
    if (!isHere(xl, inode)) return tail.stat(frame, xl.children[0]!, loc, xdata);
    frame.local = inode;
    wind.stat(frame, cache(xl).clock, statCbk, xl.children[0]!, loc, xdata);
  };
  const statCbk: Cbk<'stat', P> = (frame, asked, xl, opRet, opErrno, buf, xdata) => {
    told(frame, asked, xl, opRet, buf);
    unwind.stat(frame, opRet, opErrno, buf, xdata);
  };
  const fstat: Fop<'fstat', P> = (frame, xl, fd, xdata) => {
    if (!isHere(xl, fd.inode)) return tail.fstat(frame, xl.children[0]!, fd, xdata);
    frame.local = fd.inode;
    wind.fstat(frame, cache(xl).clock, fstatCbk, xl.children[0]!, fd, xdata);
  };
  const fstatCbk: Cbk<'fstat', P> = (frame, asked, xl, opRet, opErrno, buf, xdata) => {
    told(frame, asked, xl, opRet, buf);
    unwind.fstat(frame, opRet, opErrno, buf, xdata);
  };
  return { stat, fstat };
}
