/** The kernel's numbers in terms of the graph: flags of an open, and lock owners. */
import { constants } from 'node:fs';
import { O_ACCMODE } from '../../../core/open-flags.ts';
import type { HandlerContext } from './handler.ts';

const { O_APPEND, O_RDWR, O_WRONLY } = constants;

/**
 * The flags of an open for the graph. A kernel that keeps writes back reads what it needs to fill a
 * page, also of a file that was opened for writing only; and it knows itself where the end is that
 * is appended to.
 */
export function openFlags({ writeback }: HandlerContext, flags: number): number {
  if (!writeback) return flags;
  const access = (flags & O_ACCMODE) === O_WRONLY ? O_RDWR : flags & O_ACCMODE;
  return (flags & ~(O_ACCMODE | O_APPEND)) | access;
}

/** The 8 bytes of the kernel's lock owner as text. */
export function lockOwner(lo: number, hi: number): string {
  let text = '';
  for (let i = 0; i < 8; i++) {
    const byte = ((i < 4 ? lo : hi) >>> ((i % 4) * 8)) & 0xff;
    text += byte.toString(16).padStart(2, '0');
  }
  return text;
}
