/* Operations on open files: data, space, locks, mappings. */
#include "executor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* Refuses transfers whose O_DIRECT rules depend on the file system: see the named differences. */
static bool unaligned(const struct arg *slot, off_t offset, size_t len) {
    int flags = slots[slot->slot].flags;
    if ((flags & O_DIRECT) == 0) return false;
    if (offset < 0) offset = lseek(slot->fd, 0, SEEK_CUR);
    /* With O_APPEND, data goes to the end, not to the offset. */
    struct stat st = {0};
    if ((flags & O_APPEND) != 0) fstat(slot->fd, &st);
    if ((offset | st.st_size) % 4096 == 0 && len % 4096 == 0) return false;
    say(" unaligned");
    return true;
}

size_t bounded(long len) { return len < 0 ? 0 : len > DATA_MAX ? DATA_MAX : (size_t)len; }

static long got(long len) {
    if (len >= 0) say_bytes(data, len);
    return len;
}

static long op_read(struct arg *a) {
    size_t len = bounded(a[1].n);
    if (unaligned(a, -1, len)) return 0;
    return got(read(a[0].fd, data, len));
}

static long op_pread(struct arg *a) {
    size_t len = bounded(a[1].n);
    if (unaligned(a, a[2].n < 0 ? 1 : a[2].n, len)) return 0;
    return got(pread(a[0].fd, data, len, a[2].n));
}

static long op_readv(struct arg *a) {
    size_t first = bounded(a[1].n) / 2, second = bounded(a[2].n) / 2;
    if (unaligned(a, -1, first | second)) return 0;
    struct iovec iov[] = {{data, first}, {data + first, second}};
    return got(readv(a[0].fd, iov, 2));
}

static long op_preadv(struct arg *a) {
    size_t first = bounded(a[1].n) / 2, second = bounded(a[2].n) / 2;
    if (unaligned(a, a[3].n, first | second)) return 0;
    struct iovec iov[] = {{data, first}, {data + first, second}};
    return got(preadv(a[0].fd, iov, 2, a[3].n));
}

/* preadv2 SLOT LEN LEN AT FLAGS; at -1 the descriptor's own position is used. */
static long op_preadv2(struct arg *a) {
    size_t first = bounded(a[1].n) / 2, second = bounded(a[2].n) / 2;
    if (unaligned(a, a[3].n, first | second)) return 0;
    struct iovec iov[] = {{data, first}, {data + first, second}};
    return got(preadv2(a[0].fd, iov, 2, a[3].n, a[4].n));
}

static long op_write(struct arg *a) {
    size_t len = bounded(a[2].n);
    if (unaligned(a, -1, len)) return 0;
    pattern(data, len, a[1].n);
    return write(a[0].fd, data, len);
}

static long op_pwrite(struct arg *a) {
    size_t len = bounded(a[2].n);
    if (unaligned(a, a[3].n < 0 ? 1 : a[3].n, len)) return 0;
    pattern(data, len, a[1].n);
    return pwrite(a[0].fd, data, len, a[3].n);
}

static long op_writev(struct arg *a) {
    size_t first = bounded(a[2].n) / 2, second = bounded(a[3].n) / 2;
    if (unaligned(a, -1, first | second)) return 0;
    pattern(data, first + second, a[1].n);
    struct iovec iov[] = {{data, first}, {data + first, second}};
    return writev(a[0].fd, iov, 2);
}

static long op_pwritev(struct arg *a) {
    size_t first = bounded(a[2].n) / 2, second = bounded(a[3].n) / 2;
    if (unaligned(a, a[4].n, first | second)) return 0;
    pattern(data, first + second, a[1].n);
    struct iovec iov[] = {{data, first}, {data + first, second}};
    return pwritev(a[0].fd, iov, 2, a[4].n);
}

static long op_pwritev2(struct arg *a) {
    size_t first = bounded(a[2].n) / 2, second = bounded(a[3].n) / 2;
    if (unaligned(a, a[5].n & RWF_APPEND ? 1 : a[4].n, first | second)) return 0;
    pattern(data, first + second, a[1].n);
    struct iovec iov[] = {{data, first}, {data + first, second}};
    return pwritev2(a[0].fd, iov, 2, a[4].n, a[5].n);
}

/* Positions in a directory are the file system's own affair: see the named differences. */
static long op_lseek(struct arg *a) {
    struct stat st;
    if (fstat(a[0].fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        say(" directory");
        return 0;
    }
    off_t before = lseek(a[0].fd, 0, SEEK_CUR), found = lseek(a[0].fd, a[1].n, a[2].n);
    int error = errno;
    /* The start of data may differ, see the named differences; the position afterwards is the same. */
    if (a[2].n == SEEK_DATA || a[2].n == SEEK_HOLE) lseek(a[0].fd, before, SEEK_SET);
    errno = error;
    return found;
}

static long op_truncate(struct arg *a) { return truncate(a[0].text, a[1].n); }
static long op_ftruncate(struct arg *a) { return ftruncate(a[0].fd, a[1].n); }
static long op_fsync(struct arg *a) { return fsync(a[0].fd); }
static long op_fdatasync(struct arg *a) { return fdatasync(a[0].fd); }
static long op_syncfs(struct arg *a) { return syncfs(a[0].fd); }

static long op_fallocate(struct arg *a) {
    return fallocate(a[0].fd, a[1].n, a[2].n, a[3].n);
}

static long op_fstat(struct arg *a) {
    struct stat st;
    if (fstat(a[0].fd, &st) < 0) return -1;
    say_stat_of(a[0].fd, "", AT_EMPTY_PATH);
    return 0;
}

static long op_flist(struct arg *a) { return say_entries(a[0].fd); }
static long op_flock(struct arg *a) { return flock(a[0].fd, a[1].n | LOCK_NB); }

static struct flock range_of(const struct arg *a) {
    struct stat st;
    bool is_dir = fstat(a[0].fd, &st) == 0 && S_ISDIR(st.st_mode);
    return (struct flock){.l_type = a[1].n,
                          .l_whence = is_dir ? SEEK_SET : a[2].n,
                          .l_start = a[3].n,
                          .l_len = a[4].n};
}

static long set_lock(struct arg *a, int command) {
    struct flock range = range_of(a);
    long result = fcntl(a[0].fd, command, &range);
    /* POSIX leaves it open which of the two it is. */
    if (result < 0 && errno == EACCES) errno = EAGAIN;
    return result;
}

static long get_lock(struct arg *a, int command) {
    struct flock range = range_of(a);
    if (fcntl(a[0].fd, command, &range) < 0) return -1;
    say(" type=%d", range.l_type);
    if (range.l_type == F_UNLCK) return 0;
    int owner = -1;
    for (int i = 0; i < WORKERS; i++) if (pids[i] == range.l_pid) owner = i;
    say(" whence=%d start=%ld len=%ld owner=%d", range.l_whence, (long)range.l_start,
        (long)range.l_len, range.l_pid == -1 ? -2 : owner);
    return 0;
}

static long op_setlk(struct arg *a) { return set_lock(a, F_SETLK); }
static long op_getlk(struct arg *a) { return get_lock(a, F_GETLK); }
static long op_ofd_setlk(struct arg *a) { return set_lock(a, F_OFD_SETLK); }
static long op_ofd_getlk(struct arg *a) { return get_lock(a, F_OFD_GETLK); }

static sigjmp_buf beyond;
static void on_sigbus(int signal) {
    (void)signal;
    siglongjmp(beyond, 1);
}

/* Runs a copy that may reach beyond the end of a file. */
static bool touch(unsigned char *to, const unsigned char *from, size_t len) {
    struct sigaction action = {.sa_handler = on_sigbus}, before;
    sigaction(SIGBUS, &action, &before);
    bool whole = sigsetjmp(beyond, 1) == 0;
    if (whole) memcpy(to, from, len);
    else say(" SIGBUS");
    sigaction(SIGBUS, &before, NULL);
    return whole;
}

/* How many of the bytes are the file's: the rest of the last page is not. */
static size_t within(const struct arg *slot, off_t at, size_t len) {
    struct stat st;
    if (fstat(slot->fd, &st) < 0 || st.st_size <= at) return 0;
    return st.st_size - at < (off_t)len ? (size_t)(st.st_size - at) : len;
}

/* mmap SLOT PROT FLAGS AT LEN SEED: maps, writes when it may, syncs, reads, unmaps. */
static long op_mmap(struct arg *a) {
    int prot = a[1].n, flags = a[2].n;
    size_t len = bounded(a[4].n);
    /* Asked beforehand: see the differences about times of a shared mapping. */
    size_t inside = within(a, a[3].n, len), pages = (inside + 4095) / 4096 * 4096;
    unsigned char *at = mmap(NULL, len, prot, flags, a[0].fd, a[3].n);
    if (at == MAP_FAILED) return -1;
    pattern(data, len, a[5].n);
    if ((prot & PROT_WRITE) != 0) {
        touch(at, data, inside);
        if (pages < len) touch(at + pages, data, 1);
    }
    long result = (prot & PROT_WRITE) != 0 && flags == MAP_SHARED ? msync(at, len, MS_SYNC) : 0;
    memset(data, 0, len);
    if ((prot & PROT_READ) != 0 && touch(data, at, len)) say_bytes(data, inside);
    munmap(at, len);
    return result;
}

/* map INDEX SLOT AT LEN: a shared mapping to read, kept. */
static long op_map(struct arg *a) {
    struct map *map = &maps[a[0].n & (MAPS - 1)];
    size_t len = bounded(a[3].n);
    unsigned char *at = mmap(NULL, len, PROT_READ, MAP_SHARED, a[1].fd, a[2].n);
    if (at == MAP_FAILED) return -1;
    if (map->at != NULL) munmap(map->at, map->len);
    *map = (struct map){at, len};
    return 0;
}

static long op_peek(struct arg *a) {
    struct map *map = &maps[a[0].n & (MAPS - 1)];
    if (map->at == NULL) return 0;
    if (touch(data, map->at, map->len)) say_bytes(data, map->len);
    return 0;
}

static long op_unmap(struct arg *a) {
    struct map *map = &maps[a[0].n & (MAPS - 1)];
    if (map->at != NULL) munmap(map->at, map->len);
    *map = (struct map){NULL, 0};
    return 0;
}

const struct operation file_operations[] = {
    {"read", "si", op_read},
    {"pread", "sii", op_pread},
    {"readv", "sii", op_readv},
    {"preadv", "siii", op_preadv},
    {"preadv2", "siiii", op_preadv2},
    {"write", "sii", op_write},
    {"pwrite", "siii", op_pwrite},
    {"writev", "siii", op_writev},
    {"pwritev", "siiii", op_pwritev},
    {"pwritev2", "siiiii", op_pwritev2},
    {"lseek", "sii", op_lseek},
    {"truncate", "pi", op_truncate},
    {"ftruncate", "si", op_ftruncate},
    {"fsync", "s", op_fsync},
    {"fdatasync", "s", op_fdatasync},
    {"syncfs", "s", op_syncfs},
    {"fallocate", "siii", op_fallocate},
    {"fstat", "s", op_fstat},
    {"flist", "s", op_flist},
    {"flock", "si", op_flock},
    {"setlk", "siiii", op_setlk},
    {"getlk", "siiii", op_getlk},
    {"ofd_setlk", "siiii", op_ofd_setlk},
    {"ofd_getlk", "siiii", op_ofd_getlk},
    {"mmap", "siiiii", op_mmap},
    {"map", "isii", op_map},
    {"peek", "i", op_peek},
    {"unmap", "i", op_unmap},
    {0},
};
