/* Prints results: attributes, names, data, listings and trees. */
#include "executor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static char line[1 << 18];
static size_t used;

void put_out(const char *text, size_t len) {
    while (len > 0) {
        ssize_t done = write(STDOUT_FILENO, text, len);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) _exit(1);
        text += done;
        len -= done;
    }
}

void say(const char *format, ...) {
    va_list list;
    va_start(list, format);
    int len = vsnprintf(line + used, sizeof line - used, format, list);
    va_end(list);
    used += len < 0 ? 0 : (size_t)len;
    if (used > sizeof line - 4096) used = sizeof line - 4096;
}

void say_line(void) {
    say("\n");
    put_out(line, used);
    used = 0;
}

void say_result(long result, int error) {
    char head[64];
    int len = snprintf(head, sizeof head, "%ld %s", result, result < 0 ? errno_name(error) : "ok");
    memmove(line + len, line, used);
    memcpy(line, head, len);
    used += len;
    say_line();
}

void say_name(const char *name) {
    for (; *name != '\0'; name++) {
        unsigned char byte = *name;
        bool plain = byte > ' ' && byte < 0x7f && byte != '%';
        if (plain) say("%c", byte);
        else say("%%%02x", byte);
    }
}

/* Few bytes as they are, more as their hash. */
void say_bytes(const unsigned char *bytes, size_t len) {
    say(" %zu:", len);
    if (len <= 24) {
        for (size_t i = 0; i < len; i++) say("%02x", bytes[i]);
    } else say("#%016llx", (unsigned long long)hash_bytes(HASH_START, bytes, len));
}

/* A time that the script set, or `now`: the current time differs between the two sides. */
static void say_time(const char *name, struct timespec time_) {
    long away = (long)time_.tv_sec - (long)time(NULL);
    if (away > -86400 && away < 86400) say(" %s=now", name);
    else say(" %s=%ld.%09ld", name, (long)time_.tv_sec, time_.tv_nsec);
}

static void say_stat(const struct stat *st) {
    say(" mode=%o nlink=%lu uid=%u gid=%u", st->st_mode, (unsigned long)st->st_nlink, st->st_uid,
        st->st_gid);
    say(" size=%lld", (long long)st->st_size);
    if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode)) {
        say(" rdev=%u:%u", major(st->st_rdev), minor(st->st_rdev));
    }
    /* Of a pipe they are not the same: see the named differences. */
    if (!S_ISFIFO(st->st_mode)) {
        say_time("atime", st->st_atim);
        say_time("mtime", st->st_mtim);
    }
    say_time("ctime", st->st_ctim);
}

void say_stat_of(int dirfd, const char *path, int flags) {
    struct stat st;
    if (fstatat(dirfd, path, &st, flags) < 0) say(" %s", errno_name(errno));
    else say_stat(&st);
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void say_xattr_names(char *list, ssize_t len) {
    char *names[256];
    size_t count = 0;
    for (char *at = list; at < list + len && count < 256; at += strlen(at) + 1) names[count++] = at;
    qsort(names, count, sizeof *names, by_text);
    for (size_t i = 0; i < count; i++) {
        say(" ");
        say_name(names[i]);
    }
}

static const char *const type_names[] = {
    [DT_UNKNOWN] = "unknown", [DT_FIFO] = "fifo", [DT_CHR] = "chr",   [DT_DIR] = "dir",
    [DT_BLK] = "blk",         [DT_REG] = "reg",   [DT_LNK] = "lnk",   [DT_SOCK] = "sock",
};

/* Prints a directory's names with types, sorted, and each d_ino that is not the inode's. */
long say_entries(int fd) {
    int own = dup(fd);
    if (own < 0) return -1;
    lseek(own, 0, SEEK_SET);
    DIR *dir = fdopendir(own);
    if (dir == NULL) {
        int error = errno;
        close(own);
        errno = error;
        return -1;
    }
    char *names[4096];
    size_t count = 0;
    struct dirent *entry;
    while (errno = 0, count < 4096 && (entry = readdir(dir)) != NULL) {
        struct stat st;
        bool dots = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        bool other = !dots && fstatat(own, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
                     st.st_ino != entry->d_ino;
        const char *type = type_names[entry->d_type & 15];
        if (asprintf(&names[count++], "%s/%s%s", entry->d_name, type ? type : "?",
                     other ? "/other-inode" : "") < 0) _exit(1);
    }
    int error = errno;
    /* The position is shared, and none that two file systems would have in common. */
    lseek(own, 0, SEEK_SET);
    closedir(dir);
    qsort(names, count, sizeof *names, by_text);
    for (size_t i = 0; i < count; i++) {
        say(" ");
        say_name(names[i]);
        free(names[i]);
    }
    errno = error;
    return error == 0 ? (long)count : -1;
}

/* What is in a file, however sparse: every byte that is not zero, and where. */
static void say_content(int dirfd, const char *name) {
    int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        say(" open:%s", errno_name(errno));
        return;
    }
    uint64_t hash = HASH_START;
    off_t at = 0;
    for (size_t total = 0; total < (4u << 20);) {
        at = lseek(fd, at, SEEK_DATA);
        if (at < 0) break;
        ssize_t got = pread(fd, data, 1 << 16, at);
        if (got <= 0) break;
        for (ssize_t i = 0; i < got; i++) {
            off_t place = at + i;
            if (data[i] == 0) continue;
            hash = hash_bytes(hash, (unsigned char *)&place, sizeof place);
            hash = hash_bytes(hash, data + i, 1);
        }
        at += got;
        total += got;
    }
    close(fd);
    say(" data=#%016llx", (unsigned long long)hash);
}

static void say_xattrs(int dirfd, const char *name, const char *hidden) {
    /* There is no *at call for attributes that every kernel has. */
    char path[64 + NAME_MAX], list[8192];
    snprintf(path, sizeof path, "/proc/self/fd/%d/%s", dirfd, name);
    ssize_t len = llistxattr(path, list, sizeof list);
    char *names[256];
    size_t count = 0;
    for (char *at = list; at < list + len && count < 256; at += strlen(at) + 1) names[count++] = at;
    qsort(names, count, sizeof *names, by_text);
    for (size_t i = 0; i < count; i++) {
        if (hidden != NULL && strcmp(names[i], hidden) == 0) continue;
        say(" ");
        say_name(names[i]);
        ssize_t got = lgetxattr(path, names[i], data, 65536);
        if (got < 0) say("=%s", errno_name(errno));
        else say_bytes(data, got);
    }
}

static void dump(int dirfd, const char *name, const char *shown, const char *hidden) {
    struct stat st;
    say("  ");
    say_name(shown);
    say_stat_of(dirfd, name, AT_SYMLINK_NOFOLLOW);
    if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
        say_line();
        return;
    }
    if (S_ISREG(st.st_mode)) say_content(dirfd, name);
    if (S_ISLNK(st.st_mode)) {
        char target[4097];
        ssize_t len = readlinkat(dirfd, name, target, 4096);
        target[len < 0 ? 0 : len] = '\0';
        say(" -> ");
        say_name(target);
    }
    say_xattrs(dirfd, name, hidden);
    say_line();
    if (!S_ISDIR(st.st_mode)) return;
    int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL) return;
    char *names[4096];
    size_t count = 0;
    struct dirent *entry;
    while (count < 4096 && (entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        names[count++] = strdup(entry->d_name);
    }
    qsort(names, count, sizeof *names, by_text);
    for (size_t i = 0; i < count; i++) {
        char *below;
        if (asprintf(&below, "%s/%s", shown, names[i]) < 0) _exit(1);
        dump(fd, names[i], below, hidden);
        free(below);
        free(names[i]);
    }
    closedir(dir);
}

void dump_tree(const char *path, const char *hidden) {
    int fd = open(path, O_RDONLY | O_DIRECTORY);
    if (fd < 0) {
        say("  %s", errno_name(errno));
        say_line();
        return;
    }
    dump(fd, ".", "", hidden);
    close(fd);
}

/* Takes the flags away that a file or its directory cannot be changed with. */
static void release_flags(int fd) {
    int flags = 0;
    if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0) return;
    if ((flags & (FS_IMMUTABLE_FL | FS_APPEND_FL)) == 0) return;
    flags &= ~(FS_IMMUTABLE_FL | FS_APPEND_FL);
    ioctl(fd, FS_IOC_SETFLAGS, &flags);
}

static int remove_in(int dirfd, const char *name) {
    if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT) return 0;
    int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (fd >= 0) release_flags(fd);
    if (unlinkat(dirfd, name, 0) == 0) return close(fd);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL) return -1;
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        remove_in(fd, entry->d_name);
    }
    closedir(dir);
    return unlinkat(dirfd, name, AT_REMOVEDIR);
}

int remove_tree(const char *path) { return remove_in(AT_FDCWD, path); }
