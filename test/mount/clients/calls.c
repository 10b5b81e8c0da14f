/*
 * calls GROUP: makes system calls that shells have no command for, in the current directory. Prints
 * the result or errno of each, so that two directories can be compared.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHOW(call) show(#call, (call))

static int show(const char *what, long result) {
    printf("%s: %ld %s\n", what, result, result < 0 ? strerrorname_np(errno) : "");
    return (int)result;
}

static void status(int fd) {
    struct stat st;
    fstat(fd, &st);
    printf("nlink %ju mode %o size %jd\n", (uintmax_t)st.st_nlink, st.st_mode, (intmax_t)st.st_size);
}

/* A file with ten thousand bytes, open for reading and writing. */
static int filled(const char *name) {
    int fd = open(name, O_CREAT | O_RDWR, 0644);
    for (int i = 0; i < 1000; i++)
        if (write(fd, "0123456789", 10) != 10) perror(name);
    return fd;
}

static const char *opened(int fd) {
    static char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return path;
}

static int link_fd(int fd, const char *name) {
    return linkat(AT_FDCWD, opened(fd), AT_FDCWD, name, AT_SYMLINK_FOLLOW);
}

static void tmpfiles(void) {
    char text[8] = "";
    umask(027);
    mkdir("d", 0777);
    int fd = open("d", O_TMPFILE | O_RDWR, 0666);
    SHOW(fd >= 0);
    status(fd);
    SHOW(write(fd, "hello", 5));
    SHOW(pread(fd, text, 5, 0));
    puts(text);
    SHOW(ftruncate(fd, 3));
    SHOW(fchmod(fd, 0604));
    status(fd);
    int again = open(opened(fd), O_RDONLY);
    SHOW(pread(again, text, 5, 0));
    SHOW(link_fd(fd, "d/name"));
    SHOW(link_fd(fd, "d/name"));
    SHOW(link_fd(fd, "other"));
    status(fd);
    SHOW(unlink("other"));
    close(fd);
    close(again);
    SHOW(open("d/name", O_WRONLY) >= 0);
    SHOW(link_fd(open("d", O_TMPFILE | O_WRONLY | O_EXCL, 0600), "never"));
    SHOW(open("d", O_TMPFILE | O_RDONLY, 0600));
    SHOW(open("d/name", O_TMPFILE | O_RDWR, 0600));
    SHOW(open("missing", O_TMPFILE | O_RDWR, 0600));
}

static ssize_t copy(int from, off64_t at, int to, off64_t to_at, size_t size, unsigned flags) {
    ssize_t copied = copy_file_range(from, &at, to, &to_at, size, flags);
    printf("at %jd, %jd\n", (intmax_t)at, (intmax_t)to_at);
    return copied;
}

static void copies(void) {
    int a = filled("a"), b = open("b", O_CREAT | O_RDWR, 0644);
    int reading = open("a", O_RDONLY), appending = open("b", O_WRONLY | O_APPEND);
    SHOW(copy(a, 5, b, 7, 9000, 0));
    SHOW(copy(a, 9990, b, 9007, 9000, 0));
    SHOW(copy(a, 20000, b, 0, 10, 0));
    SHOW(copy(a, 0, b, 1 << 20, 10000, 0));
    SHOW(copy(a, 0, a, 5, 10, 0));
    SHOW(copy(a, 0, a, 20000, 10, 0));
    SHOW(copy(a, 0, b, 0, 0, 0));
    SHOW(copy(a, 0, b, 0, 10, 1));
    SHOW(copy(reading, 0, reading, 0, 10, 0));
    SHOW(copy(reading, 0, appending, 0, 10, 0));
    SHOW(copy(a, -1, b, 0, 10, 0));
    SHOW(copy(open(".", O_RDONLY), 0, b, 0, 10, 0));
    SHOW(copy_file_range(a, NULL, b, NULL, 10, 0));
    lseek(a, 9995, SEEK_SET);
    SHOW(copy_file_range(a, NULL, b, NULL, 10, 0));
    status(a);
    status(b);
}

static int show_text(int fd) {
    char text[64] = "";
    ssize_t length = pread(fd, text, sizeof text - 1, 0);
    printf("%zd: %s\n", length, text);
    return (int)length;
}

/* Two descriptors with O_APPEND, one without, and one that gets it later. */
static void appends(void) {
    int a = open("f", O_CREAT | O_RDWR | O_APPEND, 0644), b = open("f", O_WRONLY | O_APPEND);
    int plain = open("f", O_RDWR), later = open("f", O_RDWR);
    SHOW(write(a, "aa", 2));
    SHOW(write(b, "bb", 2));
    SHOW(write(plain, "P", 1));
    SHOW(fcntl(later, F_SETFL, O_APPEND));
    SHOW(write(later, "later", 5));
    SHOW(pwrite(later, "at", 2, 0));
    SHOW(lseek(later, 0, SEEK_CUR));
    SHOW(ftruncate(plain, 3));
    SHOW(write(a, "cc", 2));
    SHOW(write(b, "dd", 2));
    SHOW(fcntl(later, F_SETFL, 0));
    SHOW(pwrite(later, "L", 1, 1));
    show_text(plain);
}

/* A descriptor that was opened with O_APPEND, and loses it. */
static void appends_no_more(void) {
    int fd = open("f", O_CREAT | O_RDWR | O_APPEND, 0644);
    SHOW(write(fd, "0123", 4));
    SHOW(fcntl(fd, F_SETFL, 0));
    SHOW(pwrite(fd, "X", 1, 1));
    SHOW(lseek(fd, 2, SEEK_SET));
    SHOW(write(fd, "Y", 1));
    SHOW(fcntl(fd, F_SETFL, O_APPEND));
    SHOW(write(fd, "4", 1));
    show_text(fd);
}

static void births(void) {
    struct statx sx;
    const char *names[] = {"f", "d", "l", "missing"};
    struct statx_timestamp birth;
    filled("f");
    mkdir("d", 0755);
    if (symlink("f", "l") != 0) perror("l");
    SHOW(statx(AT_FDCWD, "f", 0, STATX_BTIME, &sx));
    birth = sx.stx_btime;
    SHOW(chmod("f", 0600));
    SHOW(rename("f", "g"));
    SHOW(rename("g", "f"));
    for (int i = 0; i < 4; i++) {
        SHOW(statx(AT_FDCWD, names[i], AT_SYMLINK_NOFOLLOW, STATX_ALL, &sx));
        int in_order = sx.stx_btime.tv_sec <= sx.stx_ctime.tv_sec;
        printf("%x %o %ju birth before change %d\n", sx.stx_mask & 0xfff, sx.stx_mode,
               (uintmax_t)sx.stx_size, in_order);
    }
    statx(AT_FDCWD, "f", AT_STATX_FORCE_SYNC, STATX_BTIME, &sx);
    SHOW(sx.stx_btime.tv_sec == birth.tv_sec && sx.stx_btime.tv_nsec == birth.tv_nsec);
}

static void flags(void) {
    int fd = filled("f"), dir = open(".", O_RDONLY), bits = 0;
    struct fsxattr attributes = {0};
    SHOW(ioctl(fd, FS_IOC_GETFLAGS, &bits));
    printf("%x\n", bits);
    bits |= FS_NOATIME_FL | FS_NODUMP_FL;
    SHOW(ioctl(fd, FS_IOC_SETFLAGS, &bits));
    SHOW(ioctl(fd, FS_IOC_FSGETXATTR, &attributes));
    printf("%x %x\n", attributes.fsx_xflags, attributes.fsx_projid);
    attributes.fsx_xflags |= FS_XFLAG_APPEND;
    SHOW(ioctl(fd, FS_IOC_FSSETXATTR, &attributes));
    SHOW(ioctl(fd, FS_IOC_GETFLAGS, &bits));
    printf("%x\n", bits);
    SHOW(open("f", O_WRONLY));
    SHOW(unlink("f"));
    SHOW(write(open("f", O_WRONLY | O_APPEND), "x", 1));
    bits &= ~FS_APPEND_FL;
    SHOW(ioctl(fd, FS_IOC_SETFLAGS, &bits));
    /* All other flags stay: without FS_EXTENT_FL, ext4 converts the file to blocks, and refuses that
       for a file in two extents, as a file on a busy disk may be. */
    bits |= FS_IMMUTABLE_FL;
    SHOW(ioctl(open("f", O_RDONLY), FS_IOC_SETFLAGS, &bits));
    SHOW(open("f", O_WRONLY | O_APPEND));
    SHOW(chmod("f", 0777));
    SHOW(rename("f", "g"));
    SHOW(link("f", "g"));
    SHOW(truncate("f", 0));
    bits &= ~FS_IMMUTABLE_FL;
    SHOW(ioctl(fd, FS_IOC_SETFLAGS, &bits));
    SHOW(ioctl(dir, FS_IOC_GETFLAGS, &bits));
    printf("%x\n", bits);
    bits |= FS_NODUMP_FL;
    SHOW(ioctl(dir, FS_IOC_SETFLAGS, &bits));
    SHOW(ioctl(dir, FS_IOC_GETFLAGS, &bits));
    printf("%x\n", bits);
}

static void requests(void) {
    int fd = filled("f"), dir = open(".", O_RDONLY), left = -1;
    struct pollfd ready = {.fd = fd, .events = POLLIN | POLLOUT | POLLPRI};
    SHOW(ioctl(fd, FIONREAD, &left));
    printf("%d\n", left);
    lseek(fd, 1000, SEEK_SET);
    SHOW(ioctl(fd, FIONREAD, &left));
    printf("%d\n", left);
    SHOW(ioctl(fd, 0x5401, &left));
    SHOW(ioctl(fd, 0x12345678, &left));
    SHOW(ioctl(dir, 0x12345678, &left));
    for (int i = 0; i < 2; i++) {
        SHOW(poll(&ready, 1, 0));
        printf("%x\n", ready.revents);
    }
}

static void space(void) {
    const int KEEP = FALLOC_FL_KEEP_SIZE, PUNCH = FALLOC_FL_PUNCH_HOLE, ZERO = FALLOC_FL_ZERO_RANGE;
    int fd = filled("f"), reading = open("f", O_RDONLY);
    SHOW(fallocate(fd, 0, 0, 20000));
    status(fd);
    SHOW(fallocate(fd, KEEP, 0, 40000));
    status(fd);
    SHOW(fallocate(fd, PUNCH | KEEP, 4096, 4096));
    SHOW(fallocate(fd, ZERO, 0, 50000));
    status(fd);
    SHOW(fallocate(fd, ZERO | KEEP, 60000, 90000));
    status(fd);
    SHOW(fallocate(fd, PUNCH, 0, 4096));
    SHOW(fallocate(fd, 0, 0, 0));
    SHOW(fallocate(fd, 0, -1, 10));
    SHOW(fallocate(fd, 128, 0, 10));
    SHOW(fallocate(reading, 0, 0, 10));
    SHOW(syncfs(fd));
    SHOW(lseek(fd, 60000, SEEK_DATA));
    SHOW(lseek(fd, 0x7fffffffffffffff, SEEK_HOLE));
    fd = open("sparse", O_CREAT | O_RDWR, 0644);
    SHOW(pwrite(fd, "x", 1, 1 << 20));
    SHOW(lseek(fd, 0, SEEK_DATA));
    SHOW(lseek(fd, 0, SEEK_HOLE));
    SHOW(lseek(fd, 1 << 20, SEEK_HOLE));
    SHOW(lseek(fd, 2 << 20, SEEK_DATA));
}

static void renames(void) {
    struct stat st;
    filled("a");
    mkdir("d", 0755);
    filled("d/b");
    SHOW(renameat2(AT_FDCWD, "a", AT_FDCWD, "d", RENAME_NOREPLACE));
    SHOW(renameat2(AT_FDCWD, "a", AT_FDCWD, "d", RENAME_EXCHANGE));
    SHOW(stat("a/b", &st));
    SHOW(renameat2(AT_FDCWD, "d", AT_FDCWD, "a/c", RENAME_NOREPLACE));
    SHOW(renameat2(AT_FDCWD, "a", AT_FDCWD, "a/c", RENAME_EXCHANGE));
    SHOW(renameat2(AT_FDCWD, "a", AT_FDCWD, "missing", RENAME_EXCHANGE));
    SHOW(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_EXCHANGE | RENAME_NOREPLACE));
    SHOW(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_EXCHANGE | RENAME_WHITEOUT));
    SHOW(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", 8));
}

static void whiteouts(void) {
    struct stat st;
    filled("a");
    filled("b");
    SHOW(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_WHITEOUT));
    SHOW(lstat("a", &st));
    printf("%o %jx\n", st.st_mode, (uintmax_t)st.st_rdev);
    SHOW(renameat2(AT_FDCWD, "b", AT_FDCWD, "c", RENAME_WHITEOUT | RENAME_NOREPLACE));
    SHOW(renameat2(AT_FDCWD, "c", AT_FDCWD, "b", RENAME_WHITEOUT | RENAME_NOREPLACE));
}

static void truncations(void) {
    struct stat before, after;
    const int how[] = {O_WRONLY | O_TRUNC, O_RDWR | O_TRUNC, O_RDONLY | O_TRUNC, O_WRONLY};
    for (int i = 0; i < 8; i++) {
        int fd = filled("f");
        /* O_TRUNC changes the times even of an empty file. */
        if (i >= 4 && ftruncate(fd, 0) != 0) perror("f");
        struct timespec old[2] = {{1, 0}, {1, 0}};
        futimens(fd, old);
        fstat(fd, &before);
        close(fd);
        fd = open("f", how[i % 4]);
        fstat(fd, &after);
        printf("%d: %ld size %jd touched %d\n", i, (long)(fd >= 0), (intmax_t)after.st_size,
               after.st_mtim.tv_sec != before.st_mtim.tv_sec);
        close(fd);
        unlink("f");
    }
}

static const struct {
    const char *name;
    void (*run)(void);
} groups[] = {
    {"tmpfile", tmpfiles}, {"copy", copies},         {"birth", births},
    {"append", appends},  {"append-no-more", appends_no_more},
    {"flags", flags},      {"requests", requests},   {"space", space},
    {"rename", renames},   {"whiteout", whiteouts}, {"truncate", truncations},
};

int main(int argc, char **argv) {
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        if (argc > 1 && strcmp(argv[1], groups[i].name) == 0) {
            groups[i].run();
            return 0;
        }
    fprintf(stderr, "usage: calls GROUP\n");
    return 2;
}
