// Generated from runtime/core/fops.ts by tools/gen/assemblyscript.ts (npm run gen). Do not edit.
import { Row } from './arguments';

/** The number of fops, with gaps. */
export const FOP_COUNT = 59;

const rows = new StaticArray<Row | null>(FOP_COUNT);
rows[1] = new Row(1, 'stat', 'stat', 'STAT', 'ld', 'ad', false);
rows[2] = new Row(2, 'readlink', 'readlink', 'READLINK', 'lnd', 'sad', true);
rows[3] = new Row(3, 'mknod', 'mknod', 'MKNOD', 'lnnnd', 'iaaad', false);
rows[4] = new Row(4, 'mkdir', 'mkdir', 'MKDIR', 'lnnd', 'iaaad', false);
rows[5] = new Row(5, 'unlink', 'unlink', 'UNLINK', 'lnd', 'aad', false);
rows[6] = new Row(6, 'rmdir', 'rmdir', 'RMDIR', 'lnd', 'aad', false);
rows[7] = new Row(7, 'symlink', 'symlink', 'SYMLINK', 'slnd', 'iaaad', false);
rows[8] = new Row(8, 'rename', 'rename', 'RENAME', 'lld', 'aaaaad', false);
rows[9] = new Row(9, 'link', 'link', 'LINK', 'lld', 'iaaad', false);
rows[10] = new Row(10, 'truncate', 'truncate', 'TRUNCATE', 'lnd', 'aad', false);
rows[11] = new Row(11, 'open', 'open', 'OPEN', 'lnfd', 'fd', false);
rows[12] = new Row(12, 'readv', 'readv', 'READ', 'fnnnd', 'bad', true);
rows[13] = new Row(13, 'writev', 'writev', 'WRITE', 'fbnnd', 'aad', false);
rows[14] = new Row(14, 'statfs', 'statfs', 'STATFS', 'ld', 'vd', false);
rows[15] = new Row(15, 'flush', 'flush', 'FLUSH', 'fd', 'd', false);
rows[16] = new Row(16, 'fsync', 'fsync', 'FSYNC', 'fnd', 'aad', false);
rows[17] = new Row(17, 'setxattr', 'setxattr', 'SETXATTR', 'ldnd', 'd', false);
rows[18] = new Row(18, 'getxattr', 'getxattr', 'GETXATTR', 'lsd', 'dd', false);
rows[19] = new Row(19, 'removexattr', 'removexattr', 'REMOVEXATTR', 'lsd', 'd', false);
rows[20] = new Row(20, 'opendir', 'opendir', 'OPENDIR', 'lfd', 'fd', false);
rows[21] = new Row(21, 'fsyncdir', 'fsyncdir', 'FSYNCDIR', 'fnd', 'd', false);
rows[22] = new Row(22, 'access', 'access', 'ACCESS', 'lnd', 'd', false);
rows[23] = new Row(23, 'create', 'create', 'CREATE', 'lnnnfd', 'fiaaad', false);
rows[24] = new Row(24, 'ftruncate', 'ftruncate', 'FTRUNCATE', 'fnd', 'aad', false);
rows[25] = new Row(25, 'fstat', 'fstat', 'FSTAT', 'fd', 'ad', false);
rows[26] = new Row(26, 'lk', 'lk', 'LK', 'fnkd', 'kd', false);
rows[27] = new Row(27, 'lookup', 'lookup', 'LOOKUP', 'ld', 'iada', false);
rows[28] = new Row(28, 'readdir', 'readdir', 'READDIR', 'fnnd', 'ed', true);
rows[29] = new Row(29, 'inodelk', 'inodelk', 'INODELK', 'slnkd', 'd', false);
rows[30] = new Row(30, 'finodelk', 'finodelk', 'FINODELK', 'sfnkd', 'd', false);
rows[31] = new Row(31, 'entrylk', 'entrylk', 'ENTRYLK', 'slsnnd', 'd', false);
rows[32] = new Row(32, 'fentrylk', 'fentrylk', 'FENTRYLK', 'sfsnnd', 'd', false);
rows[33] = new Row(33, 'xattrop', 'xattrop', 'XATTROP', 'lndd', 'dd', false);
rows[34] = new Row(34, 'fxattrop', 'fxattrop', 'FXATTROP', 'fndd', 'dd', false);
rows[35] = new Row(35, 'fgetxattr', 'fgetxattr', 'FGETXATTR', 'fsd', 'dd', false);
rows[36] = new Row(36, 'fsetxattr', 'fsetxattr', 'FSETXATTR', 'fdnd', 'd', false);
rows[37] = new Row(37, 'rchecksum', 'rchecksum', 'RCHECKSUM', 'fnnd', 'nbd', false);
rows[38] = new Row(38, 'setattr', 'setattr', 'SETATTR', 'land', 'aad', false);
rows[39] = new Row(39, 'fsetattr', 'fsetattr', 'FSETATTR', 'fand', 'aad', false);
rows[40] = new Row(40, 'readdirp', 'readdirp', 'READDIRP', 'fnnd', 'ed', true);
rows[44] = new Row(44, 'getspec', 'getspec', 'GETSPEC', 'sn', 's', true);
rows[45] = new Row(45, 'fremovexattr', 'fremovexattr', 'FREMOVEXATTR', 'fsd', 'd', false);
rows[46] = new Row(46, 'fallocate', 'fallocate', 'FALLOCATE', 'fnnnd', 'aad', false);
rows[47] = new Row(47, 'discard', 'discard', 'DISCARD', 'fnnd', 'aad', false);
rows[48] = new Row(48, 'zerofill', 'zerofill', 'ZEROFILL', 'fnnd', 'aad', false);
rows[49] = new Row(49, 'ipc', 'ipc', 'IPC', 'nd', 'd', false);
rows[50] = new Row(50, 'seek', 'seek', 'SEEK', 'fnnd', 'nd', false);
rows[51] = new Row(51, 'lease', 'lease', 'LEASE', 'lzd', 'zd', false);
rows[53] = new Row(53, 'getactivelk', 'getactivelk', 'GETACTIVELK', 'ld', 'md', false);
rows[54] = new Row(54, 'setactivelk', 'setactivelk', 'SETACTIVELK', 'lmd', 'd', false);
rows[55] = new Row(55, 'put', 'put', 'PUT', 'lnnnbndd', 'iaaad', false);
rows[56] = new Row(56, 'icreate', 'icreate', 'ICREATE', 'lnd', 'iad', false);
rows[57] = new Row(57, 'namelink', 'namelink', 'NAMELINK', 'ld', 'aad', false);
rows[58] = new Row(58, 'copy_file_range', 'copyFileRange', 'COPY_FILE_RANGE', 'fnfnnnd', 'aaad', false);

/** Finds the row of a fop by its number. */
export function findRow(number: i32): Row {
  return rows[number]!;
}
