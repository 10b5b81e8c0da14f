/*
 * crash COUNT: creates COUNT files so that they survive a crash (write under another name, fsync,
 * rename, fsync of the directory), keeps them open, and appends a block to each, round by round.
 * Prints "round N" once all of round N has been fsynced; after a failed call, each error and its
 * number of files.
 *
 * crash verify COUNT ROUND: prints how many files have all blocks up to ROUND.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 5000
#define MOST 1000

static int fds[MOST];

/* The content of block `round` of a file. */
static void fill(char *block, int file, int round) {
    for (int i = 0; i < BLOCK; i++) block[i] = (i * 31 + file * 7 + round * 13) % 251;
}

static int make(int file) {
    char name[32], hidden[32];
    sprintf(name, "f%d", file);
    sprintf(hidden, ".f%d", file);
    fds[file] = open(hidden, O_RDWR | O_CREAT | O_EXCL, 0644);
    return fds[file] < 0 ? -1 : rename(hidden, name);
}

static int add(int file, int round) {
    char block[BLOCK];
    fill(block, file, round);
    for (int done = 0; done < BLOCK;) {
        ssize_t got = pwrite(fds[file], block + done, BLOCK - done, (off_t)round * BLOCK + done);
        if (got < 0) return -1;
        done += got;
    }
    return 0;
}

static int do_round(int count, int round) {
    for (int i = 0; i < count; i++)
        if ((round == 0 && make(i) != 0) || add(i, round) != 0) return -1;
    for (int i = 0; i < count; i++)
        if (fsync(fds[i]) != 0) return -1;
    if (round > 0) return 0;
    int folder = open(".", O_RDONLY);
    return fsync(folder) | close(folder);
}

/* Counts the results of a call over all files. */
static void tally(const char *what, int count, int (*call)(int)) {
    int errors[200] = {0};
    for (int i = 0; i < count; i++) errors[call(i) < 0 ? errno : 0]++;
    for (int i = 0; i < 200; i++)
        if (errors[i] > 0) printf("%s: %s %d\n", what, i ? strerrorname_np(i) : "ok", errors[i]);
}

static int sync_it(int file) { return fsync(fds[file]); }
static int write_it(int file) { return pwrite(fds[file], "x", 1, 1 << 30); }
static int resize_it(int file) { return ftruncate(fds[file], 1); }
static int open_it(int file) {
    char name[32];
    sprintf(name, "new%d", file);
    return open(name, O_RDWR | O_CREAT, 0644);
}

static int verify(int count, int last) {
    int good = 0;
    for (int file = 0; file < count; file++) {
        char name[32], block[BLOCK], expected[BLOCK];
        sprintf(name, "f%d", file);
        int fd = open(name, O_RDONLY), same = fd >= 0;
        for (int round = 0; same && round <= last; round++) {
            fill(expected, file, round);
            same = pread(fd, block, BLOCK, (off_t)round * BLOCK) == BLOCK &&
                   memcmp(block, expected, BLOCK) == 0;
        }
        good += same;
        if (fd >= 0) close(fd);
    }
    printf("%d\n", good);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 4) return verify(atoi(argv[2]), atoi(argv[3]));
    int count = atoi(argv[1]);
    for (int round = 0; do_round(count, round) == 0; round++) {
        printf("round %d\n", round);
        fflush(stdout);
    }
    printf("then %s\n", strerrorname_np(errno));
    tally("write", count, write_it);
    tally("fsync", count, sync_it);
    tally("ftruncate", count, resize_it);
    tally("open", count, open_it);
    return 0;
}
