/* lock FILE: takes record locks (fcntl) in two processes. Prints the results of each. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int lock(int fd, int cmd, short type, off_t start, off_t length) {
    struct flock range = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    int status = fcntl(fd, cmd, &range);
    if (cmd != F_GETLK) return status == 0 ? 0 : errno;
    return status == 0 ? range.l_type : -1;
}

int main(int argc, char **argv) {
    const char *path = argc > 1 ? argv[1] : "f";
    int tell[2], go[2];
    char byte;
    int fd = open(path, O_RDWR | O_CREAT, 0644);
    if (fd < 0 || pipe(tell) != 0 || pipe(go) != 0) return 1;
    setvbuf(stdout, NULL, _IONBF, 0);
    printf("write lock: %d\n", lock(fd, F_SETLK, F_WRLCK, 0, 100));
    printf("read lock: %d\n", lock(fd, F_SETLK, F_RDLCK, 200, 100));
    pid_t child = fork();
    if (child == 0) {
        int own = open(path, O_RDWR);
        printf("taken: %d\n", lock(own, F_SETLK, F_WRLCK, 50, 1) == EAGAIN);
        printf("by a writer: %d\n", lock(own, F_GETLK, F_RDLCK, 99, 1) == F_WRLCK);
        printf("beside it: %d\n", lock(own, F_SETLK, F_WRLCK, 100, 100));
        printf("shared: %d\n", lock(own, F_SETLK, F_RDLCK, 250, 10));
        printf("not alone: %d\n", lock(own, F_SETLK, F_WRLCK, 250, 10) == EAGAIN);
        if (write(tell[1], "x", 1) != 1) return 1;
        /* Waits until the parent unlocks. */
        printf("waited: %d\n", lock(own, F_SETLKW, F_WRLCK, 0, 10));
        return 0;
    }
    if (read(tell[0], &byte, 1) != 1) return 1;
    int released = lock(fd, F_SETLK, F_UNLCK, 0, 0);
    waitpid(child, NULL, 0);
    printf("released: %d\n", released);
    printf("gone with the process: %d\n", lock(fd, F_SETLK, F_WRLCK, 0, 0));
    fd = open(path, O_RDWR);
    printf("of the open file: %d\n", lock(fd, F_OFD_SETLK, F_WRLCK, 0, 1) == EAGAIN);
    return 0;
}
