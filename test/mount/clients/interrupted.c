/*
 * interrupted FILE MIB: writes and reads MIB MiB in large pieces, several times, under constant
 * signals without SA_RESTART. Repeats what was interrupted, and compares every byte. Prints how many
 * calls failed with EINTR and how many were short, of those that no signal interrupts on a disk.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#define EVERY_US 300
#define ROUNDS 3
#define SIGNALS 300
#define LARGEST (3 << 20)
#define PAGE 4096

static volatile sig_atomic_t signals;
static long interrupted, less;
static unsigned seed = 1;

static void handler(int number) { signals += number == SIGALRM; }

static unsigned next(unsigned limit) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % limit;
}

static void fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

typedef ssize_t transfer(int fd, char *data, size_t size, off_t at);

static ssize_t do_pread(int fd, char *data, size_t size, off_t at) {
    return pread(fd, data, size, at);
}
static ssize_t do_pwrite(int fd, char *data, size_t size, off_t at) {
    return pwrite(fd, data, size, at);
}
/* At the descriptor's own position, which the calls before must have left at `at`. */
static ssize_t do_read(int fd, char *data, size_t size, off_t at) {
    if (lseek(fd, 0, SEEK_CUR) != at) fail("position");
    return read(fd, data, size);
}
static ssize_t do_write(int fd, char *data, size_t size, off_t at) {
    if (lseek(fd, 0, SEEK_CUR) != at) fail("position");
    return write(fd, data, size);
}
static ssize_t do_readv(int fd, char *data, size_t size, off_t at) {
    struct iovec parts[2] = {{data, size / 2}, {data + size / 2, size - size / 2}};
    return preadv(fd, parts, 2, at);
}
static ssize_t do_writev(int fd, char *data, size_t size, off_t at) {
    struct iovec parts[2] = {{data, size / 2}, {data + size / 2, size - size / 2}};
    return pwritev(fd, parts, 2, at);
}

/* Transfers the whole file, in pieces of random multiples of `grain`. */
static void all(const char *what, transfer *call, int fd, char *data, size_t size, size_t grain) {
    size_t done = 0;
    while (done < size) {
        size_t piece = (next(LARGEST / grain) + 1) * grain;
        if (piece > size - done) piece = size - done;
        ssize_t got = call(fd, data + done, piece, done);
        if (got < 0 && errno != EINTR) fail(what);
        if (got == 0) fail("nothing");
        if (got < 0) interrupted++;
        else if ((size_t)got < piece) less++;
        if (got > 0) done += got;
    }
}

/* A call that cannot be done in part. */
#define AGAIN(call)                                                                                \
    do {                                                                                           \
        while ((call) < 0) {                                                                       \
            if (errno != EINTR) fail(#call);                                                       \
            interrupted++;                                                                         \
        }                                                                                          \
    } while (0)

static int open_again(const char *path, int flags) {
    int fd;
    AGAIN(fd = open(path, flags, 0644));
    return fd;
}

static const struct {
    const char *name;
    transfer *write, *read;
    int flags;
    size_t grain;
} ways[] = {
    {"pread and pwrite", do_pwrite, do_pread, 0, 1},
    {"read and write", do_write, do_read, 0, 1},
    {"preadv and pwritev", do_writev, do_readv, 0, 1},
    {"O_DIRECT", do_pwrite, do_pread, O_DIRECT, PAGE},
};

static void compare(const char *what, const char *data, const char *read, size_t size) {
    if (memcmp(data, read, size) == 0) return;
    errno = EILSEQ;
    fail(what);
}

static void copy(const char *path, const char *to, char *data, char *read, size_t size) {
    int in = open_again(path, O_RDONLY), out = open_again(to, O_RDWR | O_CREAT | O_TRUNC);
    for (size_t done = 0; done < size;) {
        ssize_t got = copy_file_range(in, NULL, out, NULL, size - done, 0);
        if (got < 0 && errno != EINTR) fail("copy_file_range");
        if (got > 0) done += got;
    }
    all("copy", do_pread, out, read, size, 1);
    compare("copy", data, read, size);
    close(in);
    close(out);
}

static void round_of(const char *path, const char *to, char *data, char *read, size_t size) {
    for (size_t way = 0; way < sizeof ways / sizeof ways[0]; way++) {
        for (size_t i = 0; i < size; i++) data[i] = next(256);
        int fd = open_again(path, O_RDWR | O_CREAT | O_TRUNC | ways[way].flags);
        all(ways[way].name, ways[way].write, fd, data, size, ways[way].grain);
        AGAIN(fsync(fd));
        close(fd);
        memset(read, 0, size);
        fd = open_again(path, O_RDWR | ways[way].flags);
        all(ways[way].name, ways[way].read, fd, read, size, ways[way].grain);
        compare(ways[way].name, data, read, size);
        close(fd);
    }
    copy(path, to, data, read, size);
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    size_t size = (size_t)atoi(argv[2]) << 20;
    char *data = aligned_alloc(PAGE, size), *read = aligned_alloc(PAGE, size), to[256];
    if (data == NULL || read == NULL) fail("memory");
    snprintf(to, sizeof to, "%s.copy", argv[1]);
    struct sigaction fails = {.sa_handler = handler};
    struct itimerval often = {{0, EVERY_US}, {0, EVERY_US}};
    sigaction(SIGALRM, &fails, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    for (int n = 0; n < ROUNDS || signals < SIGNALS; n++) round_of(argv[1], to, data, read, size);
    printf("%ld interrupted, %ld short\n", interrupted, less);
    return 0;
}
