/*
 * operations FOLDER COUNT: makes COUNT system calls on names that never come twice, and leaves
 * nothing. Every result is checked. Writes how many there were so far, every now and then.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static long calls;

static void must(int good, const char *what, long turn) {
    calls++;
    if (good) return;
    fprintf(stderr, "turn %ld: %s: %s\n", turn, what, strerrorname_np(errno));
    exit(1);
}

#define MUST(call) must((call), #call, turn)

static void list(long turn) {
    int entries = 0;
    DIR *folder = opendir(".");
    MUST(folder != NULL);
    while (readdir(folder) != NULL) entries++;
    MUST(entries == 3);
    closedir(folder);
}

static void once(long turn) {
    char name[32], other[32], link_name[32], text[64];
    struct stat stats;
    sprintf(name, "n%ld", turn);
    sprintf(other, "m%ld", turn);
    sprintf(link_name, "l%ld", turn);
    for (int i = 0; i < 6; i++) {
        sprintf(text, "absent%ld.%d", turn % 50, i);
        MUST(stat(text, &stats) < 0 && errno == ENOENT);
    }
    int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    MUST(fd >= 0);
    MUST(write(fd, name, sizeof name) == sizeof name);
    MUST(pread(fd, text, sizeof text, 0) == sizeof name && strcmp(text, name) == 0);
    if (turn % 100 == 0) list(turn);
    MUST(close(fd) == 0);
    MUST(stat(name, &stats) == 0 && stats.st_size == sizeof name);
    MUST(chmod(name, 0640) == 0);
    MUST(setxattr(name, "user.turn", other, 4, 0) == 0);
    MUST(getxattr(name, "user.turn", text, sizeof text) == 4);
    MUST(link(name, link_name) == 0);
    MUST(rename(name, other) == 0);
    MUST(stat(name, &stats) < 0 && errno == ENOENT);
    MUST(stat(other, &stats) == 0 && stats.st_nlink == 2);
    fd = open(link_name, O_RDONLY);
    MUST(fd >= 0);
    MUST(unlink(other) == 0);
    MUST(unlink(link_name) == 0);
    MUST(read(fd, text, sizeof text) == sizeof name);
    MUST(close(fd) == 0);
    MUST(mkdir(name, 0700) == 0);
    MUST(stat(name, &stats) == 0 && S_ISDIR(stats.st_mode));
    MUST(rmdir(name) == 0);
    MUST(symlink(other, name) == 0);
    MUST(readlink(name, text, sizeof text) == (ssize_t)strlen(other));
    MUST(unlink(name) == 0);
}

int main(int argc, char **argv) {
    if (argc != 3 || (mkdir(argv[1], 0755) != 0) || chdir(argv[1]) != 0) return 2;
    long wanted = atol(argv[2]);
    for (long turn = 0; calls < wanted; turn++) {
        once(turn);
        if (turn % 200 != 0) continue;
        printf("%ld\n", calls);
        fflush(stdout);
    }
    printf("%ld\n", calls);
    return chdir("..") | rmdir(argv[1]);
}
