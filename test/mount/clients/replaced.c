/* Replaces a file by rename(2) again and again, while processes use it by its path. Prints their errors. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#define ROUNDS 4000
#define READERS 2

static void fail(const char *call) { printf("%s: %s\n", call, strerror(errno)); }

static void replace(void) {
    for (;;) {
        close(open("new", O_CREAT | O_WRONLY, 0644));
        if (rename("new", "file") != 0) fail("rename");
    }
}

static void use(void) {
    char value[9];
    struct stat st;
    for (int round = 0; round < ROUNDS; round++) {
        int fd = open("file", O_RDONLY);
        if (fd < 0) fail("open");
        else close(fd);
        if (truncate("file", 3) != 0) fail("truncate");
        if (stat("file", &st) != 0) fail("stat");
        if (chmod("file", 0600) != 0) fail("chmod");
        if (getxattr("file", "user.a", value, sizeof value) < 0 && errno != ENODATA) fail("getxattr");
    }
}

int main(void) {
    close(open("file", O_CREAT | O_WRONLY, 0644));
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t replacing = fork();
    if (replacing == 0) replace();
    for (int n = 0; n < READERS; n++)
        if (fork() == 0) {
            use();
            return 0;
        }
    for (int n = 0; n < READERS; n++) wait(NULL);
    kill(replacing, SIGKILL);
    wait(NULL);
    return 0;
}
