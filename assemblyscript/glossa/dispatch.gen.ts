// Generated from runtime/core/fops.ts by tools/gen/assemblyscript.ts (npm run gen). Do not edit.
// Calls the methods of a translator. What it does not define is not compiled.
import { Args, Reply } from './arguments';
import { Dict } from './dict';
import * as fop from './fop.gen';
import { Answer, Frame } from './frame';
import { say } from './messages';
import * as reply from './reply.gen';
import { Child } from './root';
import { Translator } from './translator';
import { Client, Loc } from './values';

export abstract class Dispatch {
  abstract create(): string | null;
  abstract flags(number: i32): i32;
  abstract fop(number: i32, frame: Frame, args: Args): Answer;
  /** @param callback a function of `windThen`, or 0 */
  abstract cbk(number: i32, callback: usize, frame: Frame, values: Reply): Answer;
  abstract cancel(number: i32, frame: Frame): Answer;
  abstract sayHooks(): void;
  abstract fini(): void;
  abstract notify(event: string, child: Child | null): void;
  abstract clientDisconnect(client: Client): void;
  abstract entryCreated(loc: Loc): void;
  abstract entryRemoved(loc: Loc): void;
  abstract reconfigure(): void;
  abstract loadState(state: Dict): void;
  abstract statedump(dump: Dict): void;
  abstract dumpState(state: Dict): void;
}

export class DispatchOf<T extends Translator> extends Dispatch {
  private it: T | null = null;

  create(): string | null {
    const it = instantiate<T>();
    this.it = it;
    return it.init();
  }

  flags(number: i32): i32 {
    const general = (isDefined(changetype<T>(0).anyFop) ? 1 : 0) | (isDefined(changetype<T>(0).anyCbk) ? 2 : 0) | (isDefined(changetype<T>(0).anyCancel) ? 4 : 0);
    switch (number) {
      case 1: return (isDefined(changetype<T>(0).stat) ? 1 : general & 1) | (isDefined(changetype<T>(0).statCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).statCancel) ? 4 : general & 4);
      case 2: return (isDefined(changetype<T>(0).readlink) ? 1 : general & 1) | (isDefined(changetype<T>(0).readlinkCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).readlinkCancel) ? 4 : general & 4);
      case 3: return (isDefined(changetype<T>(0).mknod) ? 1 : general & 1) | (isDefined(changetype<T>(0).mknodCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).mknodCancel) ? 4 : general & 4);
      case 4: return (isDefined(changetype<T>(0).mkdir) ? 1 : general & 1) | (isDefined(changetype<T>(0).mkdirCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).mkdirCancel) ? 4 : general & 4);
      case 5: return (isDefined(changetype<T>(0).unlink) ? 1 : general & 1) | (isDefined(changetype<T>(0).unlinkCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).unlinkCancel) ? 4 : general & 4);
      case 6: return (isDefined(changetype<T>(0).rmdir) ? 1 : general & 1) | (isDefined(changetype<T>(0).rmdirCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).rmdirCancel) ? 4 : general & 4);
      case 7: return (isDefined(changetype<T>(0).symlink) ? 1 : general & 1) | (isDefined(changetype<T>(0).symlinkCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).symlinkCancel) ? 4 : general & 4);
      case 8: return (isDefined(changetype<T>(0).rename) ? 1 : general & 1) | (isDefined(changetype<T>(0).renameCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).renameCancel) ? 4 : general & 4);
      case 9: return (isDefined(changetype<T>(0).link) ? 1 : general & 1) | (isDefined(changetype<T>(0).linkCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).linkCancel) ? 4 : general & 4);
      case 10: return (isDefined(changetype<T>(0).truncate) ? 1 : general & 1) | (isDefined(changetype<T>(0).truncateCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).truncateCancel) ? 4 : general & 4);
      case 11: return (isDefined(changetype<T>(0).open) ? 1 : general & 1) | (isDefined(changetype<T>(0).openCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).openCancel) ? 4 : general & 4);
      case 12: return (isDefined(changetype<T>(0).readv) ? 1 : general & 1) | (isDefined(changetype<T>(0).readvCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).readvCancel) ? 4 : general & 4);
      case 13: return (isDefined(changetype<T>(0).writev) ? 1 : general & 1) | (isDefined(changetype<T>(0).writevCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).writevCancel) ? 4 : general & 4);
      case 14: return (isDefined(changetype<T>(0).statfs) ? 1 : general & 1) | (isDefined(changetype<T>(0).statfsCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).statfsCancel) ? 4 : general & 4);
      case 15: return (isDefined(changetype<T>(0).flush) ? 1 : general & 1) | (isDefined(changetype<T>(0).flushCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).flushCancel) ? 4 : general & 4);
      case 16: return (isDefined(changetype<T>(0).fsync) ? 1 : general & 1) | (isDefined(changetype<T>(0).fsyncCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).fsyncCancel) ? 4 : general & 4);
      case 17: return (isDefined(changetype<T>(0).setxattr) ? 1 : general & 1) | (isDefined(changetype<T>(0).setxattrCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).setxattrCancel) ? 4 : general & 4);
      case 18: return (isDefined(changetype<T>(0).getxattr) ? 1 : general & 1) | (isDefined(changetype<T>(0).getxattrCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).getxattrCancel) ? 4 : general & 4);
      case 19: return (isDefined(changetype<T>(0).removexattr) ? 1 : general & 1) | (isDefined(changetype<T>(0).removexattrCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).removexattrCancel) ? 4 : general & 4);
      case 20: return (isDefined(changetype<T>(0).opendir) ? 1 : general & 1) | (isDefined(changetype<T>(0).opendirCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).opendirCancel) ? 4 : general & 4);
      case 21: return (isDefined(changetype<T>(0).fsyncdir) ? 1 : general & 1) | (isDefined(changetype<T>(0).fsyncdirCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).fsyncdirCancel) ? 4 : general & 4);
      case 22: return (isDefined(changetype<T>(0).access) ? 1 : general & 1) | (isDefined(changetype<T>(0).accessCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).accessCancel) ? 4 : general & 4);
      case 23: return (isDefined(changetype<T>(0).create) ? 1 : general & 1) | (isDefined(changetype<T>(0).createCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).createCancel) ? 4 : general & 4);
      case 24: return (isDefined(changetype<T>(0).ftruncate) ? 1 : general & 1) | (isDefined(changetype<T>(0).ftruncateCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).ftruncateCancel) ? 4 : general & 4);
      case 25: return (isDefined(changetype<T>(0).fstat) ? 1 : general & 1) | (isDefined(changetype<T>(0).fstatCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).fstatCancel) ? 4 : general & 4);
      case 26: return (isDefined(changetype<T>(0).lk) ? 1 : general & 1) | (isDefined(changetype<T>(0).lkCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).lkCancel) ? 4 : general & 4);
      case 27: return (isDefined(changetype<T>(0).lookup) ? 1 : general & 1) | (isDefined(changetype<T>(0).lookupCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).lookupCancel) ? 4 : general & 4);
      case 28: return (isDefined(changetype<T>(0).readdir) ? 1 : general & 1) | (isDefined(changetype<T>(0).readdirCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).readdirCancel) ? 4 : general & 4);
      case 29: return (isDefined(changetype<T>(0).inodelk) ? 1 : general & 1) | (isDefined(changetype<T>(0).inodelkCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).inodelkCancel) ? 4 : general & 4);
      case 30: return (isDefined(changetype<T>(0).finodelk) ? 1 : general & 1) | (isDefined(changetype<T>(0).finodelkCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).finodelkCancel) ? 4 : general & 4);
      case 31: return (isDefined(changetype<T>(0).entrylk) ? 1 : general & 1) | (isDefined(changetype<T>(0).entrylkCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).entrylkCancel) ? 4 : general & 4);
      case 32: return (isDefined(changetype<T>(0).fentrylk) ? 1 : general & 1) | (isDefined(changetype<T>(0).fentrylkCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).fentrylkCancel) ? 4 : general & 4);
      case 33: return (isDefined(changetype<T>(0).xattrop) ? 1 : general & 1) | (isDefined(changetype<T>(0).xattropCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).xattropCancel) ? 4 : general & 4);
      case 34: return (isDefined(changetype<T>(0).fxattrop) ? 1 : general & 1) | (isDefined(changetype<T>(0).fxattropCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).fxattropCancel) ? 4 : general & 4);
      case 35: return (isDefined(changetype<T>(0).fgetxattr) ? 1 : general & 1) | (isDefined(changetype<T>(0).fgetxattrCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).fgetxattrCancel) ? 4 : general & 4);
      case 36: return (isDefined(changetype<T>(0).fsetxattr) ? 1 : general & 1) | (isDefined(changetype<T>(0).fsetxattrCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).fsetxattrCancel) ? 4 : general & 4);
      case 37: return (isDefined(changetype<T>(0).rchecksum) ? 1 : general & 1) | (isDefined(changetype<T>(0).rchecksumCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).rchecksumCancel) ? 4 : general & 4);
      case 38: return (isDefined(changetype<T>(0).setattr) ? 1 : general & 1) | (isDefined(changetype<T>(0).setattrCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).setattrCancel) ? 4 : general & 4);
      case 39: return (isDefined(changetype<T>(0).fsetattr) ? 1 : general & 1) | (isDefined(changetype<T>(0).fsetattrCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).fsetattrCancel) ? 4 : general & 4);
      case 40: return (isDefined(changetype<T>(0).readdirp) ? 1 : general & 1) | (isDefined(changetype<T>(0).readdirpCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).readdirpCancel) ? 4 : general & 4);
      case 44: return (isDefined(changetype<T>(0).getspec) ? 1 : general & 1) | (isDefined(changetype<T>(0).getspecCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).getspecCancel) ? 4 : general & 4);
      case 45: return (isDefined(changetype<T>(0).fremovexattr) ? 1 : general & 1) | (isDefined(changetype<T>(0).fremovexattrCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).fremovexattrCancel) ? 4 : general & 4);
      case 46: return (isDefined(changetype<T>(0).fallocate) ? 1 : general & 1) | (isDefined(changetype<T>(0).fallocateCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).fallocateCancel) ? 4 : general & 4);
      case 47: return (isDefined(changetype<T>(0).discard) ? 1 : general & 1) | (isDefined(changetype<T>(0).discardCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).discardCancel) ? 4 : general & 4);
      case 48: return (isDefined(changetype<T>(0).zerofill) ? 1 : general & 1) | (isDefined(changetype<T>(0).zerofillCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).zerofillCancel) ? 4 : general & 4);
      case 49: return (isDefined(changetype<T>(0).ipc) ? 1 : general & 1) | (isDefined(changetype<T>(0).ipcCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).ipcCancel) ? 4 : general & 4);
      case 50: return (isDefined(changetype<T>(0).seek) ? 1 : general & 1) | (isDefined(changetype<T>(0).seekCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).seekCancel) ? 4 : general & 4);
      case 51: return (isDefined(changetype<T>(0).lease) ? 1 : general & 1) | (isDefined(changetype<T>(0).leaseCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).leaseCancel) ? 4 : general & 4);
      case 53: return (isDefined(changetype<T>(0).getactivelk) ? 1 : general & 1) | (isDefined(changetype<T>(0).getactivelkCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).getactivelkCancel) ? 4 : general & 4);
      case 54: return (isDefined(changetype<T>(0).setactivelk) ? 1 : general & 1) | (isDefined(changetype<T>(0).setactivelkCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).setactivelkCancel) ? 4 : general & 4);
      case 55: return (isDefined(changetype<T>(0).put) ? 1 : general & 1) | (isDefined(changetype<T>(0).putCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).putCancel) ? 4 : general & 4);
      case 56: return (isDefined(changetype<T>(0).icreate) ? 1 : general & 1) | (isDefined(changetype<T>(0).icreateCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).icreateCancel) ? 4 : general & 4);
      case 57: return (isDefined(changetype<T>(0).namelink) ? 1 : general & 1) | (isDefined(changetype<T>(0).namelinkCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).namelinkCancel) ? 4 : general & 4);
      case 58: return (isDefined(changetype<T>(0).copyFileRange) ? 1 : general & 1) | (isDefined(changetype<T>(0).copyFileRangeCbk) ? 2 : general & 2) | (isDefined(changetype<T>(0).copyFileRangeCancel) ? 4 : general & 4);
      default: return 0;
    }
  }

  fop(number: i32, frame: Frame, args: Args): Answer {
    const it = this.it!;
    switch (number) {
      case 1: if (isDefined(changetype<T>(0).stat)) return it.stat(frame, changetype<fop.Stat>(args)); break;
      case 2: if (isDefined(changetype<T>(0).readlink)) return it.readlink(frame, changetype<fop.Readlink>(args)); break;
      case 3: if (isDefined(changetype<T>(0).mknod)) return it.mknod(frame, changetype<fop.Mknod>(args)); break;
      case 4: if (isDefined(changetype<T>(0).mkdir)) return it.mkdir(frame, changetype<fop.Mkdir>(args)); break;
      case 5: if (isDefined(changetype<T>(0).unlink)) return it.unlink(frame, changetype<fop.Unlink>(args)); break;
      case 6: if (isDefined(changetype<T>(0).rmdir)) return it.rmdir(frame, changetype<fop.Rmdir>(args)); break;
      case 7: if (isDefined(changetype<T>(0).symlink)) return it.symlink(frame, changetype<fop.Symlink>(args)); break;
      case 8: if (isDefined(changetype<T>(0).rename)) return it.rename(frame, changetype<fop.Rename>(args)); break;
      case 9: if (isDefined(changetype<T>(0).link)) return it.link(frame, changetype<fop.Link>(args)); break;
      case 10: if (isDefined(changetype<T>(0).truncate)) return it.truncate(frame, changetype<fop.Truncate>(args)); break;
      case 11: if (isDefined(changetype<T>(0).open)) return it.open(frame, changetype<fop.Open>(args)); break;
      case 12: if (isDefined(changetype<T>(0).readv)) return it.readv(frame, changetype<fop.Readv>(args)); break;
      case 13: if (isDefined(changetype<T>(0).writev)) return it.writev(frame, changetype<fop.Writev>(args)); break;
      case 14: if (isDefined(changetype<T>(0).statfs)) return it.statfs(frame, changetype<fop.Statfs>(args)); break;
      case 15: if (isDefined(changetype<T>(0).flush)) return it.flush(frame, changetype<fop.Flush>(args)); break;
      case 16: if (isDefined(changetype<T>(0).fsync)) return it.fsync(frame, changetype<fop.Fsync>(args)); break;
      case 17: if (isDefined(changetype<T>(0).setxattr)) return it.setxattr(frame, changetype<fop.Setxattr>(args)); break;
      case 18: if (isDefined(changetype<T>(0).getxattr)) return it.getxattr(frame, changetype<fop.Getxattr>(args)); break;
      case 19: if (isDefined(changetype<T>(0).removexattr)) return it.removexattr(frame, changetype<fop.Removexattr>(args)); break;
      case 20: if (isDefined(changetype<T>(0).opendir)) return it.opendir(frame, changetype<fop.Opendir>(args)); break;
      case 21: if (isDefined(changetype<T>(0).fsyncdir)) return it.fsyncdir(frame, changetype<fop.Fsyncdir>(args)); break;
      case 22: if (isDefined(changetype<T>(0).access)) return it.access(frame, changetype<fop.Access>(args)); break;
      case 23: if (isDefined(changetype<T>(0).create)) return it.create(frame, changetype<fop.Create>(args)); break;
      case 24: if (isDefined(changetype<T>(0).ftruncate)) return it.ftruncate(frame, changetype<fop.Ftruncate>(args)); break;
      case 25: if (isDefined(changetype<T>(0).fstat)) return it.fstat(frame, changetype<fop.Fstat>(args)); break;
      case 26: if (isDefined(changetype<T>(0).lk)) return it.lk(frame, changetype<fop.Lk>(args)); break;
      case 27: if (isDefined(changetype<T>(0).lookup)) return it.lookup(frame, changetype<fop.Lookup>(args)); break;
      case 28: if (isDefined(changetype<T>(0).readdir)) return it.readdir(frame, changetype<fop.Readdir>(args)); break;
      case 29: if (isDefined(changetype<T>(0).inodelk)) return it.inodelk(frame, changetype<fop.Inodelk>(args)); break;
      case 30: if (isDefined(changetype<T>(0).finodelk)) return it.finodelk(frame, changetype<fop.Finodelk>(args)); break;
      case 31: if (isDefined(changetype<T>(0).entrylk)) return it.entrylk(frame, changetype<fop.Entrylk>(args)); break;
      case 32: if (isDefined(changetype<T>(0).fentrylk)) return it.fentrylk(frame, changetype<fop.Fentrylk>(args)); break;
      case 33: if (isDefined(changetype<T>(0).xattrop)) return it.xattrop(frame, changetype<fop.Xattrop>(args)); break;
      case 34: if (isDefined(changetype<T>(0).fxattrop)) return it.fxattrop(frame, changetype<fop.Fxattrop>(args)); break;
      case 35: if (isDefined(changetype<T>(0).fgetxattr)) return it.fgetxattr(frame, changetype<fop.Fgetxattr>(args)); break;
      case 36: if (isDefined(changetype<T>(0).fsetxattr)) return it.fsetxattr(frame, changetype<fop.Fsetxattr>(args)); break;
      case 37: if (isDefined(changetype<T>(0).rchecksum)) return it.rchecksum(frame, changetype<fop.Rchecksum>(args)); break;
      case 38: if (isDefined(changetype<T>(0).setattr)) return it.setattr(frame, changetype<fop.Setattr>(args)); break;
      case 39: if (isDefined(changetype<T>(0).fsetattr)) return it.fsetattr(frame, changetype<fop.Fsetattr>(args)); break;
      case 40: if (isDefined(changetype<T>(0).readdirp)) return it.readdirp(frame, changetype<fop.Readdirp>(args)); break;
      case 44: if (isDefined(changetype<T>(0).getspec)) return it.getspec(frame, changetype<fop.Getspec>(args)); break;
      case 45: if (isDefined(changetype<T>(0).fremovexattr)) return it.fremovexattr(frame, changetype<fop.Fremovexattr>(args)); break;
      case 46: if (isDefined(changetype<T>(0).fallocate)) return it.fallocate(frame, changetype<fop.Fallocate>(args)); break;
      case 47: if (isDefined(changetype<T>(0).discard)) return it.discard(frame, changetype<fop.Discard>(args)); break;
      case 48: if (isDefined(changetype<T>(0).zerofill)) return it.zerofill(frame, changetype<fop.Zerofill>(args)); break;
      case 49: if (isDefined(changetype<T>(0).ipc)) return it.ipc(frame, changetype<fop.Ipc>(args)); break;
      case 50: if (isDefined(changetype<T>(0).seek)) return it.seek(frame, changetype<fop.Seek>(args)); break;
      case 51: if (isDefined(changetype<T>(0).lease)) return it.lease(frame, changetype<fop.Lease>(args)); break;
      case 53: if (isDefined(changetype<T>(0).getactivelk)) return it.getactivelk(frame, changetype<fop.Getactivelk>(args)); break;
      case 54: if (isDefined(changetype<T>(0).setactivelk)) return it.setactivelk(frame, changetype<fop.Setactivelk>(args)); break;
      case 55: if (isDefined(changetype<T>(0).put)) return it.put(frame, changetype<fop.Put>(args)); break;
      case 56: if (isDefined(changetype<T>(0).icreate)) return it.icreate(frame, changetype<fop.Icreate>(args)); break;
      case 57: if (isDefined(changetype<T>(0).namelink)) return it.namelink(frame, changetype<fop.Namelink>(args)); break;
      case 58: if (isDefined(changetype<T>(0).copyFileRange)) return it.copyFileRange(frame, changetype<fop.CopyFileRange>(args)); break;
    }
    if (isDefined(changetype<T>(0).anyFop)) return it.anyFop(frame, args);
    return frame.tail(args);
  }

  cbk(number: i32, callback: usize, frame: Frame, values: Reply): Answer {
    const it = this.it!;
    if (callback != 0) return changetype<(it: T, frame: Frame, values: Reply) => Answer>(callback)(it, frame, values);
    switch (number) {
      case 1: if (isDefined(changetype<T>(0).statCbk)) return it.statCbk(frame, changetype<reply.Stat>(values)); break;
      case 2: if (isDefined(changetype<T>(0).readlinkCbk)) return it.readlinkCbk(frame, changetype<reply.Readlink>(values)); break;
      case 3: if (isDefined(changetype<T>(0).mknodCbk)) return it.mknodCbk(frame, changetype<reply.Mknod>(values)); break;
      case 4: if (isDefined(changetype<T>(0).mkdirCbk)) return it.mkdirCbk(frame, changetype<reply.Mkdir>(values)); break;
      case 5: if (isDefined(changetype<T>(0).unlinkCbk)) return it.unlinkCbk(frame, changetype<reply.Unlink>(values)); break;
      case 6: if (isDefined(changetype<T>(0).rmdirCbk)) return it.rmdirCbk(frame, changetype<reply.Rmdir>(values)); break;
      case 7: if (isDefined(changetype<T>(0).symlinkCbk)) return it.symlinkCbk(frame, changetype<reply.Symlink>(values)); break;
      case 8: if (isDefined(changetype<T>(0).renameCbk)) return it.renameCbk(frame, changetype<reply.Rename>(values)); break;
      case 9: if (isDefined(changetype<T>(0).linkCbk)) return it.linkCbk(frame, changetype<reply.Link>(values)); break;
      case 10: if (isDefined(changetype<T>(0).truncateCbk)) return it.truncateCbk(frame, changetype<reply.Truncate>(values)); break;
      case 11: if (isDefined(changetype<T>(0).openCbk)) return it.openCbk(frame, changetype<reply.Open>(values)); break;
      case 12: if (isDefined(changetype<T>(0).readvCbk)) return it.readvCbk(frame, changetype<reply.Readv>(values)); break;
      case 13: if (isDefined(changetype<T>(0).writevCbk)) return it.writevCbk(frame, changetype<reply.Writev>(values)); break;
      case 14: if (isDefined(changetype<T>(0).statfsCbk)) return it.statfsCbk(frame, changetype<reply.Statfs>(values)); break;
      case 15: if (isDefined(changetype<T>(0).flushCbk)) return it.flushCbk(frame, changetype<reply.Flush>(values)); break;
      case 16: if (isDefined(changetype<T>(0).fsyncCbk)) return it.fsyncCbk(frame, changetype<reply.Fsync>(values)); break;
      case 17: if (isDefined(changetype<T>(0).setxattrCbk)) return it.setxattrCbk(frame, changetype<reply.Setxattr>(values)); break;
      case 18: if (isDefined(changetype<T>(0).getxattrCbk)) return it.getxattrCbk(frame, changetype<reply.Getxattr>(values)); break;
      case 19: if (isDefined(changetype<T>(0).removexattrCbk)) return it.removexattrCbk(frame, changetype<reply.Removexattr>(values)); break;
      case 20: if (isDefined(changetype<T>(0).opendirCbk)) return it.opendirCbk(frame, changetype<reply.Opendir>(values)); break;
      case 21: if (isDefined(changetype<T>(0).fsyncdirCbk)) return it.fsyncdirCbk(frame, changetype<reply.Fsyncdir>(values)); break;
      case 22: if (isDefined(changetype<T>(0).accessCbk)) return it.accessCbk(frame, changetype<reply.Access>(values)); break;
      case 23: if (isDefined(changetype<T>(0).createCbk)) return it.createCbk(frame, changetype<reply.Create>(values)); break;
      case 24: if (isDefined(changetype<T>(0).ftruncateCbk)) return it.ftruncateCbk(frame, changetype<reply.Ftruncate>(values)); break;
      case 25: if (isDefined(changetype<T>(0).fstatCbk)) return it.fstatCbk(frame, changetype<reply.Fstat>(values)); break;
      case 26: if (isDefined(changetype<T>(0).lkCbk)) return it.lkCbk(frame, changetype<reply.Lk>(values)); break;
      case 27: if (isDefined(changetype<T>(0).lookupCbk)) return it.lookupCbk(frame, changetype<reply.Lookup>(values)); break;
      case 28: if (isDefined(changetype<T>(0).readdirCbk)) return it.readdirCbk(frame, changetype<reply.Readdir>(values)); break;
      case 29: if (isDefined(changetype<T>(0).inodelkCbk)) return it.inodelkCbk(frame, changetype<reply.Inodelk>(values)); break;
      case 30: if (isDefined(changetype<T>(0).finodelkCbk)) return it.finodelkCbk(frame, changetype<reply.Finodelk>(values)); break;
      case 31: if (isDefined(changetype<T>(0).entrylkCbk)) return it.entrylkCbk(frame, changetype<reply.Entrylk>(values)); break;
      case 32: if (isDefined(changetype<T>(0).fentrylkCbk)) return it.fentrylkCbk(frame, changetype<reply.Fentrylk>(values)); break;
      case 33: if (isDefined(changetype<T>(0).xattropCbk)) return it.xattropCbk(frame, changetype<reply.Xattrop>(values)); break;
      case 34: if (isDefined(changetype<T>(0).fxattropCbk)) return it.fxattropCbk(frame, changetype<reply.Fxattrop>(values)); break;
      case 35: if (isDefined(changetype<T>(0).fgetxattrCbk)) return it.fgetxattrCbk(frame, changetype<reply.Fgetxattr>(values)); break;
      case 36: if (isDefined(changetype<T>(0).fsetxattrCbk)) return it.fsetxattrCbk(frame, changetype<reply.Fsetxattr>(values)); break;
      case 37: if (isDefined(changetype<T>(0).rchecksumCbk)) return it.rchecksumCbk(frame, changetype<reply.Rchecksum>(values)); break;
      case 38: if (isDefined(changetype<T>(0).setattrCbk)) return it.setattrCbk(frame, changetype<reply.Setattr>(values)); break;
      case 39: if (isDefined(changetype<T>(0).fsetattrCbk)) return it.fsetattrCbk(frame, changetype<reply.Fsetattr>(values)); break;
      case 40: if (isDefined(changetype<T>(0).readdirpCbk)) return it.readdirpCbk(frame, changetype<reply.Readdirp>(values)); break;
      case 44: if (isDefined(changetype<T>(0).getspecCbk)) return it.getspecCbk(frame, changetype<reply.Getspec>(values)); break;
      case 45: if (isDefined(changetype<T>(0).fremovexattrCbk)) return it.fremovexattrCbk(frame, changetype<reply.Fremovexattr>(values)); break;
      case 46: if (isDefined(changetype<T>(0).fallocateCbk)) return it.fallocateCbk(frame, changetype<reply.Fallocate>(values)); break;
      case 47: if (isDefined(changetype<T>(0).discardCbk)) return it.discardCbk(frame, changetype<reply.Discard>(values)); break;
      case 48: if (isDefined(changetype<T>(0).zerofillCbk)) return it.zerofillCbk(frame, changetype<reply.Zerofill>(values)); break;
      case 49: if (isDefined(changetype<T>(0).ipcCbk)) return it.ipcCbk(frame, changetype<reply.Ipc>(values)); break;
      case 50: if (isDefined(changetype<T>(0).seekCbk)) return it.seekCbk(frame, changetype<reply.Seek>(values)); break;
      case 51: if (isDefined(changetype<T>(0).leaseCbk)) return it.leaseCbk(frame, changetype<reply.Lease>(values)); break;
      case 53: if (isDefined(changetype<T>(0).getactivelkCbk)) return it.getactivelkCbk(frame, changetype<reply.Getactivelk>(values)); break;
      case 54: if (isDefined(changetype<T>(0).setactivelkCbk)) return it.setactivelkCbk(frame, changetype<reply.Setactivelk>(values)); break;
      case 55: if (isDefined(changetype<T>(0).putCbk)) return it.putCbk(frame, changetype<reply.Put>(values)); break;
      case 56: if (isDefined(changetype<T>(0).icreateCbk)) return it.icreateCbk(frame, changetype<reply.Icreate>(values)); break;
      case 57: if (isDefined(changetype<T>(0).namelinkCbk)) return it.namelinkCbk(frame, changetype<reply.Namelink>(values)); break;
      case 58: if (isDefined(changetype<T>(0).copyFileRangeCbk)) return it.copyFileRangeCbk(frame, changetype<reply.CopyFileRange>(values)); break;
    }
    if (isDefined(changetype<T>(0).anyCbk)) return it.anyCbk(frame, values);
    return frame.unwind(values);
  }

  cancel(number: i32, frame: Frame): Answer {
    const it = this.it!;
    switch (number) {
      case 1: if (isDefined(changetype<T>(0).statCancel)) return it.statCancel(frame); break;
      case 2: if (isDefined(changetype<T>(0).readlinkCancel)) return it.readlinkCancel(frame); break;
      case 3: if (isDefined(changetype<T>(0).mknodCancel)) return it.mknodCancel(frame); break;
      case 4: if (isDefined(changetype<T>(0).mkdirCancel)) return it.mkdirCancel(frame); break;
      case 5: if (isDefined(changetype<T>(0).unlinkCancel)) return it.unlinkCancel(frame); break;
      case 6: if (isDefined(changetype<T>(0).rmdirCancel)) return it.rmdirCancel(frame); break;
      case 7: if (isDefined(changetype<T>(0).symlinkCancel)) return it.symlinkCancel(frame); break;
      case 8: if (isDefined(changetype<T>(0).renameCancel)) return it.renameCancel(frame); break;
      case 9: if (isDefined(changetype<T>(0).linkCancel)) return it.linkCancel(frame); break;
      case 10: if (isDefined(changetype<T>(0).truncateCancel)) return it.truncateCancel(frame); break;
      case 11: if (isDefined(changetype<T>(0).openCancel)) return it.openCancel(frame); break;
      case 12: if (isDefined(changetype<T>(0).readvCancel)) return it.readvCancel(frame); break;
      case 13: if (isDefined(changetype<T>(0).writevCancel)) return it.writevCancel(frame); break;
      case 14: if (isDefined(changetype<T>(0).statfsCancel)) return it.statfsCancel(frame); break;
      case 15: if (isDefined(changetype<T>(0).flushCancel)) return it.flushCancel(frame); break;
      case 16: if (isDefined(changetype<T>(0).fsyncCancel)) return it.fsyncCancel(frame); break;
      case 17: if (isDefined(changetype<T>(0).setxattrCancel)) return it.setxattrCancel(frame); break;
      case 18: if (isDefined(changetype<T>(0).getxattrCancel)) return it.getxattrCancel(frame); break;
      case 19: if (isDefined(changetype<T>(0).removexattrCancel)) return it.removexattrCancel(frame); break;
      case 20: if (isDefined(changetype<T>(0).opendirCancel)) return it.opendirCancel(frame); break;
      case 21: if (isDefined(changetype<T>(0).fsyncdirCancel)) return it.fsyncdirCancel(frame); break;
      case 22: if (isDefined(changetype<T>(0).accessCancel)) return it.accessCancel(frame); break;
      case 23: if (isDefined(changetype<T>(0).createCancel)) return it.createCancel(frame); break;
      case 24: if (isDefined(changetype<T>(0).ftruncateCancel)) return it.ftruncateCancel(frame); break;
      case 25: if (isDefined(changetype<T>(0).fstatCancel)) return it.fstatCancel(frame); break;
      case 26: if (isDefined(changetype<T>(0).lkCancel)) return it.lkCancel(frame); break;
      case 27: if (isDefined(changetype<T>(0).lookupCancel)) return it.lookupCancel(frame); break;
      case 28: if (isDefined(changetype<T>(0).readdirCancel)) return it.readdirCancel(frame); break;
      case 29: if (isDefined(changetype<T>(0).inodelkCancel)) return it.inodelkCancel(frame); break;
      case 30: if (isDefined(changetype<T>(0).finodelkCancel)) return it.finodelkCancel(frame); break;
      case 31: if (isDefined(changetype<T>(0).entrylkCancel)) return it.entrylkCancel(frame); break;
      case 32: if (isDefined(changetype<T>(0).fentrylkCancel)) return it.fentrylkCancel(frame); break;
      case 33: if (isDefined(changetype<T>(0).xattropCancel)) return it.xattropCancel(frame); break;
      case 34: if (isDefined(changetype<T>(0).fxattropCancel)) return it.fxattropCancel(frame); break;
      case 35: if (isDefined(changetype<T>(0).fgetxattrCancel)) return it.fgetxattrCancel(frame); break;
      case 36: if (isDefined(changetype<T>(0).fsetxattrCancel)) return it.fsetxattrCancel(frame); break;
      case 37: if (isDefined(changetype<T>(0).rchecksumCancel)) return it.rchecksumCancel(frame); break;
      case 38: if (isDefined(changetype<T>(0).setattrCancel)) return it.setattrCancel(frame); break;
      case 39: if (isDefined(changetype<T>(0).fsetattrCancel)) return it.fsetattrCancel(frame); break;
      case 40: if (isDefined(changetype<T>(0).readdirpCancel)) return it.readdirpCancel(frame); break;
      case 44: if (isDefined(changetype<T>(0).getspecCancel)) return it.getspecCancel(frame); break;
      case 45: if (isDefined(changetype<T>(0).fremovexattrCancel)) return it.fremovexattrCancel(frame); break;
      case 46: if (isDefined(changetype<T>(0).fallocateCancel)) return it.fallocateCancel(frame); break;
      case 47: if (isDefined(changetype<T>(0).discardCancel)) return it.discardCancel(frame); break;
      case 48: if (isDefined(changetype<T>(0).zerofillCancel)) return it.zerofillCancel(frame); break;
      case 49: if (isDefined(changetype<T>(0).ipcCancel)) return it.ipcCancel(frame); break;
      case 50: if (isDefined(changetype<T>(0).seekCancel)) return it.seekCancel(frame); break;
      case 51: if (isDefined(changetype<T>(0).leaseCancel)) return it.leaseCancel(frame); break;
      case 53: if (isDefined(changetype<T>(0).getactivelkCancel)) return it.getactivelkCancel(frame); break;
      case 54: if (isDefined(changetype<T>(0).setactivelkCancel)) return it.setactivelkCancel(frame); break;
      case 55: if (isDefined(changetype<T>(0).putCancel)) return it.putCancel(frame); break;
      case 56: if (isDefined(changetype<T>(0).icreateCancel)) return it.icreateCancel(frame); break;
      case 57: if (isDefined(changetype<T>(0).namelinkCancel)) return it.namelinkCancel(frame); break;
      case 58: if (isDefined(changetype<T>(0).copyFileRangeCancel)) return it.copyFileRangeCancel(frame); break;
    }
    if (isDefined(changetype<T>(0).anyCancel)) return it.anyCancel(frame);
    return 0;
  }

  sayHooks(): void {
    say(isDefined(changetype<T>(0).fini) ? 1 : 0);
    say(isDefined(changetype<T>(0).notify) ? 1 : 0);
    say(isDefined(changetype<T>(0).clientDisconnect) ? 1 : 0);
    say(isDefined(changetype<T>(0).entryCreated) ? 1 : 0);
    say(isDefined(changetype<T>(0).entryRemoved) ? 1 : 0);
    say(isDefined(changetype<T>(0).reconfigure) ? 1 : 0);
    say(isDefined(changetype<T>(0).loadState) ? 1 : 0);
    say(isDefined(changetype<T>(0).statedump) ? 1 : 0);
    say(isDefined(changetype<T>(0).dumpState) ? 1 : 0);
  }

  fini(): void { if (isDefined(changetype<T>(0).fini)) this.it!.fini(); }
  notify(event: string, child: Child | null): void { if (isDefined(changetype<T>(0).notify)) this.it!.notify(event, child); }
  clientDisconnect(client: Client): void { if (isDefined(changetype<T>(0).clientDisconnect)) this.it!.clientDisconnect(client); }
  entryCreated(loc: Loc): void { if (isDefined(changetype<T>(0).entryCreated)) this.it!.entryCreated(loc); }
  entryRemoved(loc: Loc): void { if (isDefined(changetype<T>(0).entryRemoved)) this.it!.entryRemoved(loc); }
  reconfigure(): void { if (isDefined(changetype<T>(0).reconfigure)) this.it!.reconfigure(); }
  loadState(state: Dict): void { if (isDefined(changetype<T>(0).loadState)) this.it!.loadState(state); }
  statedump(dump: Dict): void { if (isDefined(changetype<T>(0).statedump)) this.it!.statedump(dump); }
  dumpState(state: Dict): void { if (isDefined(changetype<T>(0).dumpState)) this.it!.dumpState(state); }
}
