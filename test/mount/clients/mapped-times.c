/* mapped-times FILE: prints which times of a file advance after a write to its mapping, while it is
 * open, and when it is closed and only mapped. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 4096 };

static void check(int good, const char *what) {
    if (good) return;
    perror(what);
    exit(1);
}

/* One time only: statx(2) for fewer fields may be served from a cache. */
static struct statx_timestamp time_of(const char *path, unsigned which) {
    struct statx stx;
    check(statx(AT_FDCWD, path, 0, which, &stx) == 0, "statx");
    return which == STATX_MTIME ? stx.stx_mtime : stx.stx_ctime;
}

static int later(struct statx_timestamp a, struct statx_timestamp b) {
    return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

static void write_mapped(const char *path, char *at, const char *when) {
    struct statx_timestamp mtime = time_of(path, STATX_MTIME), ctime = time_of(path, STATX_CTIME);
    /* Longer than the clock tick of any file system. */
    nanosleep(&(struct timespec){.tv_nsec = 15000000}, NULL);
    at[0] += 1;
    check(msync(at, SIZE, MS_SYNC) == 0, "msync");
    printf("%s: %s %s\n", when, later(time_of(path, STATX_MTIME), mtime) ? "mtime" : "-",
           later(time_of(path, STATX_CTIME), ctime) ? "ctime" : "-");
}

int main(int argc, char **argv) {
    (void)argc;
    const char *path = argv[1];
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0644);
    check(fd >= 0 && ftruncate(fd, SIZE) == 0, "create");
    char *at = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    check(at != MAP_FAILED, "mmap");
    write_mapped(path, at, "made");
    close(fd);
    write_mapped(path, at, "closed");
    munmap(at, SIZE);
    /* The open caches the attributes. */
    time_of(path, STATX_MTIME);
    fd = open(path, O_RDWR);
    check(fd >= 0, "open");
    at = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    check(at != MAP_FAILED, "mmap");
    write_mapped(path, at, "opened");
    close(fd);
    write_mapped(path, at, "closed again");
    munmap(at, SIZE);
    return 0;
}
