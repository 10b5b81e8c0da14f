/* Operations on names: making, removing and moving them, and going where they lead. */
#include "executor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static long op_mkdir(struct arg *a) { return mkdirat(a[0].fd, a[0].text, a[1].n); }
static long op_rmdir(struct arg *a) { return unlinkat(a[0].fd, a[0].text, AT_REMOVEDIR); }
static long op_unlink(struct arg *a) { return unlinkat(a[0].fd, a[0].text, 0); }

static long op_rename(struct arg *a) {
    return renameat2(a[0].fd, a[0].text, a[1].fd, a[1].text, a[2].n);
}

/* link PATH PATH FLAGS. Calls stat on the file first: see the differences about privileges. */
static long op_link(struct arg *a) {
    struct statx st;
    int flags = a[2].n & AT_SYMLINK_FOLLOW ? 0 : AT_SYMLINK_NOFOLLOW;
    flags |= a[2].n & AT_EMPTY_PATH;
    statx(a[0].fd, a[0].text, flags | AT_STATX_FORCE_SYNC, STATX_BASIC_STATS, &st);
    return linkat(a[0].fd, a[0].text, a[1].fd, a[1].text, a[2].n);
}

/* flink SLOT PATH: gives an open file a name. */
static long op_flink(struct arg *a) {
    return linkat(a[0].fd, "", a[1].fd, a[1].text, AT_EMPTY_PATH);
}

static long op_symlink(struct arg *a) { return symlinkat(a[0].text, a[1].fd, a[1].text); }

static long op_readlink(struct arg *a) {
    char target[4097];
    size_t room = a[1].n < 0 || a[1].n > 4096 ? 4096 : (size_t)a[1].n;
    ssize_t len = readlinkat(a[0].fd, a[0].text, target, room);
    if (len < 0) return -1;
    target[len] = '\0';
    say(" ");
    say_name(target);
    return len;
}

static long op_mknod(struct arg *a) { return mknodat(a[0].fd, a[0].text, a[1].n, a[2].n); }

/* crowd PATH: makes many files in a directory, or reads them, so that others become unused. */
static long op_crowd(struct arg *a) {
    char path[4200], name[8];
    struct stat st;
    long found = 0;
    for (int i = 0; i < 24; i++) {
        snprintf(name, sizeof name, "m%d", i);
        snprintf(path, sizeof path, "%.4096s/%s", a[0].text, name);
        if (mknodat(a[0].fd, path, S_IFREG | 0644, 0) < 0 && errno != EEXIST) return -1;
        found += fstatat(a[0].fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_size == 0;
    }
    return found;
}

/* A socket made by binding to a name. */
static long op_bind(struct arg *a) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(a[0].text);
    if (len >= sizeof address.sun_path) return 0;
    memcpy(address.sun_path, a[0].text, len);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    long result = bind(fd, (struct sockaddr *)&address, sizeof address);
    int error = errno;
    close(fd);
    errno = error;
    return result;
}

static long op_list(struct arg *a) {
    int fd = openat(a[0].fd, a[0].text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return -1;
    long result = say_entries(fd);
    int error = errno;
    close(fd);
    errno = error;
    return result;
}

/* Whether two names lead to the same inode. */
static long op_same(struct arg *a) {
    struct stat one, other;
    if (fstatat(a[0].fd, a[0].text, &one, AT_SYMLINK_NOFOLLOW) < 0) return -1;
    if (fstatat(a[1].fd, a[1].text, &other, AT_SYMLINK_NOFOLLOW) < 0) return -1;
    return one.st_ino == other.st_ino && one.st_dev == other.st_dev;
}

static long op_chdir(struct arg *a) { return chdir(a[0].text); }
static long op_fchdir(struct arg *a) { return fchdir(a[0].fd); }

static long op_getcwd(struct arg *a) {
    (void)a;
    char path[8192];
    if (getcwd(path, sizeof path) == NULL) return -1;
    say(" ");
    say_name(path);
    return 0;
}

static long op_umask(struct arg *a) {
    mode_t before = umask(a[0].n);
    say(" %o", before);
    return 0;
}

const struct operation name_operations[] = {
    {"mkdir", "pi", op_mkdir},
    {"rmdir", "p", op_rmdir},
    {"unlink", "p", op_unlink},
    {"rename", "ppi", op_rename},
    {"link", "ppi", op_link},
    {"flink", "sp", op_flink},
    {"symlink", "xp", op_symlink},
    {"readlink", "pi", op_readlink},
    {"mknod", "pii", op_mknod},
    {"crowd", "p", op_crowd},
    {"bind", "p", op_bind},
    {"list", "p", op_list},
    {"same", "pp", op_same},
    {"chdir", "p", op_chdir},
    {"fchdir", "s", op_fchdir},
    {"getcwd", "", op_getcwd},
    {"umask", "i", op_umask},
    {0},
};
