/**
 * The times that each system call changes: a for access, m for modification, c for change; of the
 * subject (`fd`, `it`) and of its directory (`dir`), by the argument's number. The executor
 * compares nanoseconds before and after.
 */
import { makeRow, makeTable } from './rows.ts';

const READ = 'OPEN; write 0 1 8192; fsync 0; open 1 f O_RDONLY|O_DIRECT 0';

// biome-ignore format: one operation, one line
export const tables = [
  makeTable('times of a file',
    makeRow('10 ok 0:fd=mc', 'write', 'OPEN; ! write 0 1 10'),
    makeRow('0 ok 0:fd=', 'write of nothing', 'OPEN; ! write 0 1 0'),
    makeRow('10 ok 0:fd=mc', 'pwrite', 'OPEN; ! pwrite 0 1 10 100'),
    makeRow('10 ok 0:fd=mc', 'write with O_APPEND', 'FILE; open 0 f O_WRONLY|O_APPEND 0; ! write 0 1 10'),
    makeRow('0 ok 0:fd=mc', 'ftruncate to another size', 'OPEN; ! ftruncate 0 100'),
    makeRow('0 ok 0:fd=mc', 'ftruncate to the same size', 'OPEN; ! ftruncate 0 0'),
    makeRow('0 ok 0:it=mc 0:dir=', 'truncate to another size', 'FILE; ! truncate f 100'),
    makeRow('0 ok 0:it=mc 0:dir=', 'truncate to the same size', 'FILE; ! truncate f 0'),
    makeRow('0 ok 1:it=mc 1:dir=', 'open with O_TRUNC', 'FILE; truncate f 10; ! open 0 f O_WRONLY|O_TRUNC 0'),
    makeRow('0 ok 1:it=mc 1:dir=', 'open with O_TRUNC of an empty file', 'FILE; ! open 0 f O_WRONLY|O_TRUNC 0'),
    makeRow('0 ok 1:it= 1:dir=', 'open', 'FILE; ! open 0 f O_RDWR 0'),
    makeRow('0 ok 1:it=new 1:dir=mc', 'open with O_CREAT', '! open 0 f O_RDWR|O_CREAT 0644'),
    makeRow('0 ok 1:it= 1:dir=', 'open with O_CREAT of what is there', 'FILE; ! open 0 f O_RDWR|O_CREAT 0644'),
    makeRow('0 ok 0:fd=mc', 'fallocate', 'OPEN; ! fallocate 0 0 0 100'),
    makeRow('0 ok 0:fd=mc', 'fallocate of a hole', 'OPEN; write 0 1 10000; ! fallocate 0 FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE 0 4096'),
    makeRow('10 ok 0:fd= 2:fd=mc', 'copy_file_range', 'OPEN; write 0 1 10; open 1 g O_RDWR|O_CREAT 0644; ! copy_file_range 0 0 1 0 10'),
    makeRow('0 ok 0:fd=mc', 'a shared mapping', 'OPEN; write 0 1 100; ! mmap 0 PROT_WRITE MAP_SHARED 0 10 2'),
    makeRow('0 ok 0:fd=', 'a private mapping', 'OPEN; write 0 1 100; ! mmap 0 PROT_WRITE MAP_PRIVATE 0 10 2'),
    makeRow('0 ok 0:fd=', 'fsync', 'OPEN; write 0 1 100; ! fsync 0'),
    makeRow('0 ok 0:it=c 0:dir=', 'chmod', 'FILE; ! chmod f 0600'),
    makeRow('0 ok 0:it=c 0:dir=', 'chmod to the same mode', 'FILE; ! chmod f 0644'),
    makeRow('0 ok 0:fd=c', 'fchmod', 'OPEN; ! fchmod 0 0600'),
    makeRow('0 ok 0:it=c 0:dir=', 'chown', 'FILE; ! chown f 1 1 0'),
    makeRow('0 ok 0:it=c 0:dir=', 'chown that changes nothing', 'FILE; ! chown f -1 -1 0'),
    makeRow('0 ok 0:it=amc 0:dir=', 'utimensat', 'FILE; ! utimensat f 1 2 3 4 0'),
    makeRow('0 ok 0:it=ac 0:dir=', 'utimensat of the access time', 'FILE; ! utimensat f 1 2 0 UTIME_OMIT 0'),
    makeRow('0 ok 0:it=mc 0:dir=', 'utimensat of the modification time', 'FILE; ! utimensat f 0 UTIME_OMIT 1 2 0'),
    makeRow('0 ok 0:it= 0:dir=', 'utimensat of neither', 'FILE; ! utimensat f 0 UTIME_OMIT 0 UTIME_OMIT 0'),
    makeRow('0 ok 0:it=amc 0:dir=', 'utimensat to now', 'FILE; ! utimensat f 0 UTIME_NOW 0 UTIME_NOW 0'),
    makeRow('0 ok 0:it=c 0:dir=', 'setxattr', 'FILE; ! setxattr f user.x 00 0'),
    makeRow('0 ok 0:it=c 0:dir=', 'removexattr', 'FILE; setxattr f user.x 00 0; ! removexattr f user.x'),
    makeRow('1 ok 1:00 0:it= 0:dir=', 'getxattr', 'FILE; setxattr f user.x 00 0; ! getxattr f user.x -1'),
    makeRow('0 ok 0:it= 0:dir=', 'access', 'FILE; ! access f R_OK 0'),
  ),
  makeTable('times of a name and its directory',
    makeRow('0 ok 0:it=new 0:dir=mc', 'mkdir', '! mkdir d 0755'),
    makeRow('0 ok 0:it=gone 0:dir=mc', 'rmdir', 'DIR; ! rmdir d'),
    makeRow('0 ok 0:it=new 0:dir=mc', 'mknod', '! mknod p S_IFIFO|0644 0'),
    makeRow('0 ok 1:it=new 1:dir=mc', 'symlink', '! symlink f l'),
    makeRow('0 ok 0:it=gone 0:dir=mc', 'unlink', 'FILE; ! unlink f'),
    makeRow('0 ok 0:it=c 0:dir=mc 1:it=new 1:dir=mc', 'link', 'FILE; ! link f g 0'),
    makeRow('0 ok 0:it=gone 0:dir=mc 1:it=new 1:dir=mc', 'rename', 'FILE; ! rename f g 0'),
    makeRow('0 ok 0:it=gone 0:dir=mc 1:it=new 1:dir=mc', 'rename to another directory', 'FILE; DIR; ! rename f d/f 0'),
    makeRow('0 ok 0:it= 0:dir= 1:it= 1:dir=', 'rename to itself', 'FILE; ! rename f f 0'),
    makeRow('0 ok 0:it=other 0:dir=mc 1:it=other 1:dir=mc', 'exchange', 'FILE; DIR; ! rename f d RENAME_EXCHANGE'),
    makeRow('-1 EEXIST 0:it= 0:dir=', 'mkdir that fails', 'DIR; ! mkdir d 0755'),
    makeRow('-1 ENOTEMPTY 0:it= 0:dir=', 'rmdir that fails', 'DIR; mkdir d/e 0755; ! rmdir d'),
    makeRow('0 ok 0:fd=c 1:it=new 1:dir=mc', 'a name for a file without a name', 'open 0 . O_RDWR|O_TMPFILE 0644; ! flink 0 f'),
    makeRow('10 ok 0:fd=mc', 'write to a file that was removed', 'OPEN; unlink f; ! write 0 1 10'),
  ),
];

/** The same where every access counts (strictatime). */
// biome-ignore format: one operation, one line
export const accessTables = [
  makeTable('access times',
    makeRow('4096 ok 4096:', 'read', `${READ}; ! read 1 4096`),
    makeRow('2 ok ../dir ./dir 0:it=a 0:dir=', 'a listing', 'DIR; ! list d'),
    makeRow('1 ok f 0:it=a 0:dir=', 'readlink', 'LINK; ! readlink l 4096'),
    makeRow('0 ok 0:it= 0:dir=', 'access', 'FILE; ! access f F_OK 0'),
    makeRow('4096 ok 4096:', 'read with O_NOATIME', `OPEN; write 0 1 4096; fsync 0; open 1 f O_RDONLY|O_DIRECT|O_NOATIME 0; ! read 1 4096`),
    makeRow('4096 ok', 'write', 'OPEN; ! write 0 1 4096'),
  ),
];
