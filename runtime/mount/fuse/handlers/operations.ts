/**
 * What is done about each operation of the kernel: one row per opcode, anything else is ENOSYS, after
 * which the kernel asks no more. POLL is one of these on purpose: the kernel then says itself what is
 * true of files, that they are always ready. BMAP is for file systems on a block device.
 */
import type { Cursor } from '../codec/cursor.ts';
import { type Opcode, opcodes } from '../codec/opcodes.ts';
import * as attr from './attr.ts';
import * as control from './control.ts';
import * as dir from './dir.ts';
import * as entry from './entry.ts';
import * as file from './file.ts';
import type { Handler } from './handler.ts';
import { ioctl } from './ioctl.ts';
import * as locks from './locks.ts';
import * as lookup from './lookup.ts';
import * as space from './space.ts';
import { tmpfile } from './tmpfile.ts';
import * as xattr from './xattr.ts';

/** A row. `args` is filled by `decode`, and handed to `handle` at once. */
export interface Operation {
  readonly args: unknown;
  decode(cursor: Cursor, out: unknown): void;
  readonly handle: Handler<unknown>;
}

/** Rows by opcode. */
export const operations: (Operation | undefined)[] = [];

function on<A>({ opcode, name, args, decode }: Opcode<A>, handle: Handler<A>): void {
  if (operations[opcode] !== undefined) throw new Error(`${name} has two handlers`);
  operations[opcode] = { args, decode, handle } as Operation;
}

on(opcodes.init, control.init);
on(opcodes.destroy, control.destroy);
on(opcodes.interrupt, control.interrupt);

on(opcodes.lookup, lookup.lookup);
on(opcodes.forget, lookup.forget);
on(opcodes.batchForget, lookup.batchForget);

on(opcodes.mknod, entry.mknod);
on(opcodes.mkdir, entry.mkdir);
on(opcodes.symlink, entry.symlink);
on(opcodes.link, entry.link);
on(opcodes.unlink, entry.unlink);
on(opcodes.rmdir, entry.rmdir);
on(opcodes.rename, entry.rename);
on(opcodes.rename2, entry.rename);

on(opcodes.getattr, attr.getattr);
on(opcodes.statx, attr.statx);
on(opcodes.setattr, attr.setattr);
on(opcodes.access, attr.access);
on(opcodes.readlink, attr.readlink);
on(opcodes.statfs, attr.statfs);

on(opcodes.open, file.open);
on(opcodes.create, file.create);
on(opcodes.read, file.read);
on(opcodes.write, file.write);
on(opcodes.flush, file.flush);
on(opcodes.fsync, file.fsync);
on(opcodes.release, locks.release);
on(opcodes.tmpfile, tmpfile);
on(opcodes.fallocate, space.fallocate);
on(opcodes.lseek, space.lseek);
on(opcodes.copyFileRange, space.copyFileRange);
on(opcodes.copyFileRange64, space.copyFileRange64);
on(opcodes.syncfs, space.syncfs);
on(opcodes.ioctl, ioctl);

on(opcodes.getlk, locks.getlk);
on(opcodes.setlk, locks.setlk);
on(opcodes.setlkw, locks.setlkw);

on(opcodes.opendir, dir.opendir);
on(opcodes.readdir, dir.readdir);
on(opcodes.readdirplus, dir.readdirplus);
on(opcodes.releasedir, file.release);
on(opcodes.fsyncdir, dir.fsyncdir);

on(opcodes.setxattr, xattr.setxattr);
on(opcodes.getxattr, xattr.getxattr);
on(opcodes.listxattr, xattr.listxattr);
on(opcodes.removexattr, xattr.removexattr);
