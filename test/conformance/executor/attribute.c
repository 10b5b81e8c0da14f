/* Operations on attributes: mode, owner, times, access, extended attributes. */
#include "executor.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static long op_stat(struct arg *a) {
    struct stat st;
    if (fstatat(a[0].fd, a[0].text, &st, a[1].n) < 0) return -1;
    say_stat_of(a[0].fd, a[0].text, a[1].n);
    return 0;
}

/* statx PATH FLAGS MASK: the requested values; the time of birth only roughly. */
static long op_statx(struct arg *a) {
    struct statx st;
    if (statx(a[0].fd, a[0].text, a[1].n, a[2].n, &st) < 0) return -1;
    say(" type=%o", st.stx_mode & S_IFMT);
    /* The rest may be old: see the named differences. */
    if ((a[1].n & AT_STATX_DONT_SYNC) != 0) return 0;
    unsigned wanted = st.stx_mask & a[2].n & (STATX_BASIC_STATS | STATX_BTIME);
    say(" mask=%x", wanted);
    if (wanted & STATX_MODE) say(" mode=%o", st.stx_mode);
    if (wanted & STATX_NLINK) say(" nlink=%u", st.stx_nlink);
    if (wanted & STATX_UID) say(" uid=%u", st.stx_uid);
    if (wanted & STATX_GID) say(" gid=%u", st.stx_gid);
    if (wanted & STATX_SIZE) say(" size=%lld", (long long)st.stx_size);
    if ((wanted & STATX_BTIME) == 0) return 0;
    long age = (long)time(NULL) - st.stx_btime.tv_sec;
    say(" btime=%s", age > -60 && age < 86400 ? "now" : "wrong");
    return 0;
}

static long op_chmod(struct arg *a) { return fchmodat(a[0].fd, a[0].text, a[1].n, 0); }
static long op_fchmod(struct arg *a) { return fchmod(a[0].fd, a[1].n); }

/* A chown of nothing by a stranger, of a privileged file: see the differences. */
static bool is_stranger(int dirfd, const char *path, struct arg *ids, int flags) {
    struct stat st;
    if (ids[0].n != -1 || ids[1].n != -1 || geteuid() == 0) return false;
    if (fstatat(dirfd, path, &st, flags) < 0 || st.st_uid == geteuid()) return false;
    if ((st.st_mode & (S_ISUID | S_ISGID)) == 0) return false;
    say(" stranger");
    return true;
}

static long op_chown(struct arg *a) {
    if (is_stranger(a[0].fd, a[0].text, a + 1, a[3].n)) return 0;
    return fchownat(a[0].fd, a[0].text, a[1].n, a[2].n, a[3].n);
}

static long op_fchown(struct arg *a) {
    if (is_stranger(a[0].fd, "", a + 1, AT_EMPTY_PATH)) return 0;
    return fchown(a[0].fd, a[1].n, a[2].n);
}

static const struct timespec *times_of(const struct arg *a) {
    static struct timespec times[2];
    times[0] = (struct timespec){a[0].n, a[1].n};
    times[1] = (struct timespec){a[2].n, a[3].n};
    return times;
}

static long op_utimensat(struct arg *a) {
    return utimensat(a[0].fd, a[0].text, times_of(a + 1), a[5].n);
}

static long op_futimens(struct arg *a) { return futimens(a[0].fd, times_of(a + 1)); }

/* access PATH MODE FLAGS, by the kernel: glibc imitates the flags on older ones. */
static long op_access(struct arg *a) {
    return syscall(SYS_faccessat2, a[0].fd, a[0].text, a[1].n, a[2].n);
}

static long op_statfs(struct arg *a) {
    struct statvfs st;
    if (statvfs(a[0].text, &st) < 0) return -1;
    say(" bsize=%lu frsize=%lu namemax=%lu", st.f_bsize, st.f_frsize, st.f_namemax);
    return 0;
}

static long op_setxattr(struct arg *a) {
    return setxattr(a[0].text, a[1].text, a[2].data, a[2].len, a[3].n);
}

static long op_lsetxattr(struct arg *a) {
    return lsetxattr(a[0].text, a[1].text, a[2].data, a[2].len, a[3].n);
}

static long op_fsetxattr(struct arg *a) {
    return fsetxattr(a[0].fd, a[1].text, a[2].data, a[2].len, a[3].n);
}

/* Room for so many bytes; with none the length is asked for. */
static size_t room(long n) { return n < 0 || n > 65536 ? 65536 : (size_t)n; }

static long value(long len, long size) {
    if (len >= 0 && size != 0) say_bytes(data, len);
    return len;
}

static long op_getxattr(struct arg *a) {
    return value(getxattr(a[0].text, a[1].text, data, room(a[2].n)), a[2].n);
}

static long op_lgetxattr(struct arg *a) {
    return value(lgetxattr(a[0].text, a[1].text, data, room(a[2].n)), a[2].n);
}

static long op_fgetxattr(struct arg *a) {
    return value(fgetxattr(a[0].fd, a[1].text, data, room(a[2].n)), a[2].n);
}

static long names(long len, long size) {
    if (len > 0 && size != 0) say_xattr_names((char *)data, len);
    return len;
}

static long op_listxattr(struct arg *a) {
    return names(listxattr(a[0].text, (char *)data, room(a[1].n)), a[1].n);
}

static long op_llistxattr(struct arg *a) {
    return names(llistxattr(a[0].text, (char *)data, room(a[1].n)), a[1].n);
}

static long op_flistxattr(struct arg *a) {
    return names(flistxattr(a[0].fd, (char *)data, room(a[1].n)), a[1].n);
}

static long op_removexattr(struct arg *a) { return removexattr(a[0].text, a[1].text); }
static long op_lremovexattr(struct arg *a) { return lremovexattr(a[0].text, a[1].text); }
static long op_fremovexattr(struct arg *a) { return fremovexattr(a[0].fd, a[1].text); }

const struct operation attribute_operations[] = {
    {"stat", "pi", op_stat},
    {"statx", "pii", op_statx},
    {"chmod", "pi", op_chmod},
    {"fchmod", "si", op_fchmod},
    {"chown", "piii", op_chown},
    {"fchown", "sii", op_fchown},
    {"utimensat", "piiiii", op_utimensat},
    {"futimens", "siiii", op_futimens},
    {"access", "pii", op_access},
    {"statfs", "p", op_statfs},
    {"setxattr", "pxvi", op_setxattr},
    {"lsetxattr", "pxvi", op_lsetxattr},
    {"fsetxattr", "sxvi", op_fsetxattr},
    {"getxattr", "pxi", op_getxattr},
    {"lgetxattr", "pxi", op_lgetxattr},
    {"fgetxattr", "sxi", op_fgetxattr},
    {"listxattr", "pi", op_listxattr},
    {"llistxattr", "pi", op_llistxattr},
    {"flistxattr", "si", op_flistxattr},
    {"removexattr", "px", op_removexattr},
    {"lremovexattr", "px", op_lremovexattr},
    {"fremovexattr", "sx", op_fremovexattr},
    {0},
};
