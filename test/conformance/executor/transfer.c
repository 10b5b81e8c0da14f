/* Operations that move data inside of the kernel, or advise on its use. */
#include "executor.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file that is copied to just behind its own end grows with each call, by as little as a byte. */
#define COPIES_MAX 4096

/* copy_file_range FROM AT TO AT LEN; at -1 the descriptor's own position is used. All is copied. */
static long op_copy_file_range(struct arg *a) {
    off_t from = a[1].n, to = a[3].n;
    if (((slots[a[0].slot].flags | slots[a[2].slot].flags) & O_DIRECT) != 0) return 0;
    size_t len = bounded(a[4].n), total = 0;
    for (int copies = 0; total < len && copies < COPIES_MAX; copies++) {
        ssize_t done = copy_file_range(a[0].fd, a[1].n < 0 ? NULL : &from, a[2].fd,
                                       a[3].n < 0 ? NULL : &to, len - total, 0);
        if (done < 0 && total == 0) return -1;
        if (done <= 0) break;
        total += done;
    }
    return total;
}

static off_t start(const struct arg *slot, off_t at) {
    return at < 0 ? lseek(slot->fd, 0, SEEK_CUR) : at;
}

/*
 * Refuses a transfer of a file onto itself like copy_file_range. A pipe holds pages, not contents,
 * so that the result depends on the pages in memory, even on a disk.
 */
static bool onto_itself(const struct arg *in, off_t from, const struct arg *out, off_t to,
                        size_t len) {
    struct stat a, b;
    if (fstat(in->fd, &a) < 0 || fstat(out->fd, &b) < 0) return false;
    if (!S_ISREG(a.st_mode) || a.st_dev != b.st_dev || a.st_ino != b.st_ino) return false;
    from = start(in, from);
    to = start(out, to);
    if (from >= to + (off_t)len || to >= from + (off_t)len) return false;
    errno = EINVAL;
    return true;
}

/* sendfile TO FROM AT LEN */
static long op_sendfile(struct arg *a) {
    off_t from = a[2].n;
    if (((slots[a[0].slot].flags | slots[a[1].slot].flags) & O_DIRECT) != 0) return 0;
    if (onto_itself(&a[1], from, &a[0], -1, bounded(a[3].n))) return -1;
    return sendfile(a[0].fd, a[1].fd, a[2].n < 0 ? NULL : &from, bounded(a[3].n));
}

/*
 * splice FROM AT TO AT LEN: from one descriptor to the other through a pipe; at -1 the descriptor's own
 * position is used. The result is the number of moved bytes.
 */
static long op_splice(struct arg *a) {
    off_t from = a[1].n, to = a[3].n;
    int ends[2];
    if (((slots[a[0].slot].flags | slots[a[2].slot].flags) & O_DIRECT) != 0) return 0;
    if (onto_itself(&a[0], from, &a[2], to, bounded(a[4].n))) return -1;
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) return -1;
    size_t len = bounded(a[4].n), total = 0;
    ssize_t in = 1, out = 1;
    for (int copies = 0; total < len && in > 0 && out > 0 && copies < COPIES_MAX; copies++) {
        in = splice(a[0].fd, a[1].n < 0 ? NULL : &from, ends[1], NULL, len - total,
                    SPLICE_F_NONBLOCK);
        for (ssize_t left = in; left > 0 && out > 0; left -= out) {
            out = splice(ends[0], NULL, a[2].fd, a[3].n < 0 ? NULL : &to, left, SPLICE_F_NONBLOCK);
            if (out > 0) total += out;
        }
    }
    int error = errno;
    close(ends[0]);
    close(ends[1]);
    errno = error;
    return total == 0 && (in < 0 || out < 0) ? -1 : (long)total;
}

/* posix_fadvise SLOT AT LEN ADVICE; the call returns the errno. */
static long op_posix_fadvise(struct arg *a) {
    errno = posix_fadvise(a[0].fd, a[1].n, a[2].n, a[3].n);
    return errno == 0 ? 0 : -1;
}

static long op_readahead(struct arg *a) { return readahead(a[0].fd, a[1].n, bounded(a[2].n)); }

static long op_sync_file_range(struct arg *a) {
    return sync_file_range(a[0].fd, a[1].n, a[2].n, a[3].n);
}

const struct operation transfer_operations[] = {
    {"copy_file_range", "sisii", op_copy_file_range},
    {"sendfile", "ssii", op_sendfile},
    {"splice", "sisii", op_splice},
    {"posix_fadvise", "siii", op_posix_fadvise},
    {"readahead", "sii", op_readahead},
    {"sync_file_range", "siii", op_sync_file_range},
    {0},
};
