/** Results for sparse files beyond 4 GiB: data written far out is found there only. */
import { makeRow, makeTable } from './rows.ts';

const FAR = '4294967296';
const FARTHER = '1099511627776';

// biome-ignore format: one condition, one line
export const tables = [
  makeTable('sizes beyond 4 GiB',
    makeRow('0 ok mode=100644 nlink=1 uid=0 gid=0 size=4294967306', 'written across', `OPEN; pwrite 0 1 20 4294967286; stat f 0`),
    makeRow('20 ok 20:', 'read across', `OPEN; pwrite 0 1 20 4294967286; pread 0 20 4294967286`),
    makeRow('10 ok 10:00000000000000000000', 'nothing at the low half of the offset', `OPEN; ftruncate 0 100; pwrite 0 1 10 ${FAR}; pread 0 10 0`),
    makeRow('0 ok mode=100644 nlink=1 uid=0 gid=0 size=1099511627777', 'truncated to', `FILE; truncate f 1099511627777; stat f 0`),
    makeRow('0 ok mode=100644 nlink=1 uid=0 gid=0 size=4294967295', 'truncated from', `OPEN; pwrite 0 1 10 ${FARTHER}; ftruncate 0 4294967295; stat f 0`),
    makeRow(`${FARTHER} ok`, 'data found', `OPEN; pwrite 0 1 10 ${FARTHER}; lseek 0 0 SEEK_DATA`),
    makeRow('1099511627786 ok', 'the end found', `OPEN; pwrite 0 1 10 ${FARTHER}; lseek 0 0 SEEK_END`),
    makeRow('10 ok', 'copied', `OPEN; pwrite 0 1 10 ${FARTHER}; copy_file_range 0 ${FARTHER} 0 ${FAR} 10`),
    makeRow('10 ok 10:', 'what was copied', `OPEN; pwrite 0 1 10 ${FARTHER}; copy_file_range 0 ${FARTHER} 0 ${FAR} 10; pread 0 10 ${FAR}`),
    makeRow('0 ok', 'space given', `OPEN; fallocate 0 0 ${FARTHER} 4096`),
    makeRow('0 ok 10:', 'mapped', `OPEN; ftruncate 0 ${FARTHER}; mmap 0 PROT_READ|PROT_WRITE MAP_SHARED ${FAR} 10 3`),
    makeRow('EAGAIN', 'locked', `OPEN; setlk 0 F_WRLCK SEEK_SET ${FAR} 10; 3 open 0 f O_RDWR 0; 3 setlk 0 F_WRLCK SEEK_SET 4294967300 1`),
    makeRow('ok', 'locked, but not at the low half of the offset', `OPEN; setlk 0 F_WRLCK SEEK_SET ${FAR} 10; 3 open 0 f O_RDWR 0; 3 setlk 0 F_WRLCK SEEK_SET 0 10`),
    makeRow('10 ok', 'appended', `OPEN; ftruncate 0 ${FAR}; open 1 f O_WRONLY|O_APPEND 0; write 1 1 10`),
    makeRow('10 ok 10:', 'what was appended', `OPEN; ftruncate 0 ${FAR}; open 1 f O_WRONLY|O_APPEND 0; write 1 1 10; pread 0 10 ${FAR}`),
  ),
];
