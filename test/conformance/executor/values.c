/* Numbers and their names. */
#include "executor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

struct value {
    const char *name;
    long value;
};

#define V(name) {#name, name}
static const struct value values[] = {
    V(O_RDONLY), V(O_WRONLY), V(O_RDWR), V(O_CREAT), V(O_EXCL), V(O_TRUNC), V(O_APPEND),
    V(O_DIRECTORY), V(O_NOFOLLOW), V(O_TMPFILE), V(O_DIRECT), V(O_PATH), V(O_SYNC), V(O_DSYNC),
    V(O_NOATIME), V(O_NONBLOCK), V(S_IFREG), V(S_IFIFO), V(S_IFSOCK), V(S_IFCHR), V(S_IFBLK),
    V(SEEK_SET), V(SEEK_CUR), V(SEEK_END), V(SEEK_DATA), V(SEEK_HOLE), V(FALLOC_FL_KEEP_SIZE),
    V(FALLOC_FL_PUNCH_HOLE), V(FALLOC_FL_ZERO_RANGE), V(FALLOC_FL_COLLAPSE_RANGE),
    V(FALLOC_FL_INSERT_RANGE), V(AT_SYMLINK_NOFOLLOW), V(AT_SYMLINK_FOLLOW), V(AT_EMPTY_PATH),
    V(AT_EACCESS), V(AT_REMOVEDIR), V(RENAME_NOREPLACE), V(RENAME_EXCHANGE), V(RENAME_WHITEOUT),
    V(F_RDLCK), V(F_WRLCK), V(F_UNLCK), V(LOCK_SH), V(LOCK_EX), V(LOCK_UN), V(XATTR_CREATE),
    V(XATTR_REPLACE), V(PROT_READ), V(PROT_WRITE), V(MAP_SHARED), V(MAP_PRIVATE), V(MS_SYNC),
    V(MS_ASYNC), V(R_OK), V(W_OK), V(X_OK), V(F_OK), V(UTIME_NOW), V(UTIME_OMIT),
    V(FS_IMMUTABLE_FL), V(FS_APPEND_FL), V(FS_NODUMP_FL), V(FS_NOATIME_FL), V(FS_SYNC_FL),
    V(FS_DIRSYNC_FL), V(FS_TOPDIR_FL), V(FS_PROJINHERIT_FL), V(FS_COMPR_FL), V(FS_NOCOW_FL),
    V(FS_XFLAG_NODUMP), V(FS_XFLAG_NOATIME), V(FS_XFLAG_SYNC), V(FS_XFLAG_PROJINHERIT),
    V(FS_XFLAG_EXTSIZE), V(FS_IOC_FSGETXATTR), V(FS_IOC_FSSETXATTR), V(FIONREAD), V(FIONBIO),
    V(FIOASYNC), V(FIOCLEX), V(TCGETS), V(TIOCGWINSZ), V(BLKGETSIZE64), V(POLLIN), V(POLLOUT),
    V(POLLPRI), V(POLLRDNORM), V(POLLWRBAND), V(RWF_HIPRI), V(RWF_DSYNC), V(RWF_SYNC),
    V(RWF_APPEND), V(RESOLVE_NO_XDEV), V(RESOLVE_NO_MAGICLINKS), V(RESOLVE_NO_SYMLINKS),
    V(RESOLVE_BENEATH), V(RESOLVE_IN_ROOT), V(POSIX_FADV_NORMAL), V(POSIX_FADV_RANDOM),
    V(POSIX_FADV_SEQUENTIAL), V(POSIX_FADV_WILLNEED), V(POSIX_FADV_DONTNEED), V(POSIX_FADV_NOREUSE),
    V(SYNC_FILE_RANGE_WAIT_BEFORE), V(SYNC_FILE_RANGE_WRITE), V(SYNC_FILE_RANGE_WAIT_AFTER),
    V(AT_STATX_DONT_SYNC), V(AT_STATX_FORCE_SYNC), V(AT_NO_AUTOMOUNT), V(STATX_TYPE), V(STATX_MODE),
    V(STATX_NLINK), V(STATX_SIZE), V(STATX_MTIME), V(STATX_BTIME), V(STATX_BASIC_STATS),
    V(STATX__RESERVED),
    V(IN_ALL_EVENTS), V(IN_MODIFY), V(IN_ATTRIB), V(IN_OPEN), V(IN_CLOSE), V(IN_MOVE), V(IN_CREATE),
    V(IN_DELETE), V(IN_DELETE_SELF), V(IN_MOVE_SELF), V(IN_DONT_FOLLOW), V(IN_ONLYDIR),
    V(IN_MASK_ADD),
};

static bool one_number(const char *text, size_t len, long *out) {
    char *end;
    long number = strtol(text, &end, 0);
    if (end == text + len && len > 0) {
        *out = number;
        return true;
    }
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (strlen(values[i].name) == len && memcmp(values[i].name, text, len) == 0) {
            *out = values[i].value;
            return true;
        }
    }
    return false;
}

bool number_of(const char *text, long *out) {
    long sum = 0;
    for (;;) {
        size_t len = strcspn(text, "|");
        long part;
        if (!one_number(text, len, &part)) return false;
        sum |= part;
        if (text[len] == '\0') break;
        text += len + 1;
    }
    *out = sum;
    return true;
}

const char *errno_name(int error) {
    const char *name = strerrorname_np(error);
    return error == 0 ? "ok" : name != NULL ? name : "E?";
}

uint64_t hash_bytes(uint64_t hash, const unsigned char *bytes, size_t len) {
    for (size_t i = 0; i < len; i++) hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash;
}

void pattern(unsigned char *out, size_t len, unsigned seed) {
    uint32_t state = seed * 2654435761u + 1;
    for (size_t i = 0; i < len; i++) {
        state = state * 1664525u + 1013904223u;
        out[i] = state >> 24;
    }
}
