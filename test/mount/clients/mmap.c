/* mmap FILE: maps a file for reading and writing, in two processes at once, and checks that maps,
 * read(2) and write(2) show the same. Prints failures. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE (5 * 4096 + 100)

static void check(int ok, const char *what) {
    if (ok) return;
    perror(what);
    exit(1);
}

static char *map(int fd, int prot, int flags) {
    char *at = mmap(NULL, SIZE, prot, flags, fd, 0);
    check(at != MAP_FAILED, "mmap");
    return at;
}

int main(int argc, char **argv) {
    char byte = 0, block[64];
    int fd = open(argc > 1 ? argv[1] : "f", O_RDWR | O_CREAT | O_TRUNC, 0644);
    check(fd >= 0, "open");
    check(ftruncate(fd, SIZE) == 0, "ftruncate");
    char *shared = map(fd, PROT_READ | PROT_WRITE, MAP_SHARED);
    for (int i = 0; i < SIZE; i++) shared[i] = (char)('a' + i % 26);

    /* Another process sees the change through its own map, and writes, too. */
    pid_t child = fork();
    if (child == 0) {
        int own = open(argc > 1 ? argv[1] : "f", O_RDWR);
        char *there = map(own, PROT_READ | PROT_WRITE, MAP_SHARED);
        for (int i = 0; i < SIZE; i++) check(there[i] == (char)('a' + i % 26), "child reads");
        memcpy(there + 4090, "from the child", 14);
        check(msync(there, SIZE, MS_SYNC) == 0, "child msync");
        _exit(0);
    }
    int status = 1;
    waitpid(child, &status, 0);
    check(status == 0, "child");
    check(memcmp(shared + 4090, "from the child", 14) == 0, "parent sees the child's");

    /* read(2) sees the change, and the map sees write(2). */
    check(msync(shared, SIZE, MS_SYNC) == 0, "msync");
    check(pread(fd, block, 14, 4090) == 14 && memcmp(block, "from the child", 14) == 0, "pread");
    check(pwrite(fd, "by write", 8, 8190) == 8, "pwrite");
    check(memcmp(shared + 8190, "by write", 8) == 0, "map sees write");

    /* A private map keeps its changes to itself. */
    char *private = map(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    private[3] = '!';
    check(pread(fd, &byte, 1, 3) == 1 && byte == 'd', "private stays private");

    /* The map outlives descriptor and name; the last page is zero behind the end of the file. */
    shared[SIZE - 1] = '$';
    check(shared[SIZE] == 0, "zeros after the end");
    check(close(fd) == 0, "close");
    shared[0] = '^';
    check(munmap(shared, SIZE) == 0 && munmap(private, SIZE) == 0, "munmap");
    fd = open(argc > 1 ? argv[1] : "f", O_RDONLY);
    check(pread(fd, block, 4, 0) == 4 && memcmp(block, "^bcd", 4) == 0, "after munmap");
    check(pread(fd, &byte, 1, SIZE - 1) == 1 && byte == '$', "the last byte");
    shared = map(fd, PROT_READ, MAP_SHARED);
    check(shared[1] == 'b' && munmap(shared, SIZE) == 0, "read-only map");
    puts("mapped");
    return 0;
}
