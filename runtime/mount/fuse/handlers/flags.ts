/** Converts open flags and lock owners of the kernel for the graph. */
import { type ConvertFlags, makeFlagConverters } from '../../../core/machine-flags.ts';
import { O_ACCMODE, O_APPEND, O_RDWR, O_WRONLY } from '../../../core/open-flags.ts';
import { kernelMachine } from '../../../sys/kernel-machine.ts';
import type { HandlerContext } from './handler.ts';

/** Makes the conversion of a kernel's open flags. @param machine the kernel's */
export const makeToGraphFlags = (machine: string = kernelMachine): ConvertFlags =>
  makeFlagConverters(machine).toGraph;

/**
 * Converts open flags for the graph. With the writeback cache, the kernel also reads write-only files, to fill pages,
 * and computes the offset of an append itself.
 */
export function convertOpenFlags(session: HandlerContext, kernelFlags: number): number {
  const flags = session.toGraphFlags(kernelFlags);
  if (!session.hasWriteback) return flags;
  const access = (flags & O_ACCMODE) === O_WRONLY ? O_RDWR : flags & O_ACCMODE;
  return (flags & ~(O_ACCMODE | O_APPEND)) | access;
}

/** Formats the kernel's lock owner as hexadecimal text. */
export function formatLockOwner(lo: number, hi: number): string {
  let text = '';
  for (let i = 0; i < 8; i++) {
    const byte = ((i < 4 ? lo : hi) >>> ((i % 4) * 8)) & 0xff;
    text += byte.toString(16).padStart(2, '0');
  }
  return text;
}
