/*
 * counter FILE TIMES flock|record [alarm]: six processes add 1 to the number in FILE, each TIMES
 * times and under a lock: flock(2), or record locks, with open file description locks in half of the
 * processes. With alarm, signals interrupt the waits, which the processes then repeat.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROCESSES 6

static int lock(int fd, const char *how, int number) {
    struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (strcmp(how, "flock") == 0) return flock(fd, LOCK_EX);
    return fcntl(fd, number % 2 == 0 ? F_SETLKW : F_OFD_SETLKW, &all);
}

static int wait_for_lock(int fd, const char *how, int number) {
    int status;
    do status = lock(fd, how, number);
    while (status != 0 && errno == EINTR);
    return status;
}

static void ignore(int number) { (void)number; }

static void interrupt_again_and_again(void) {
    struct sigaction fails = {.sa_handler = ignore};
    struct itimerval often = {{0, 700}, {0, 700}};
    sigaction(SIGALRM, &fails, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
}

static int add(const char *path, const char *how, int number) {
    char text[32] = "";
    int fd = open(path, O_RDWR | O_CREAT, 0644);
    if (fd < 0 || wait_for_lock(fd, how, number) != 0) return 1;
    if (pread(fd, text, sizeof text - 1, 0) < 0) return 1;
    int length = snprintf(text, sizeof text, "%d\n", atoi(text) + 1);
    if (pwrite(fd, text, length, 0) != length) return 1;
    return close(fd);
}

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    const int times = atoi(argv[2]);
    int failed = 0, status;
    for (int number = 0; number < PROCESSES; number++) {
        if (fork() != 0) continue;
        if (argc > 4) interrupt_again_and_again();
        for (int n = 0; n < times; n++)
            if (add(argv[1], argv[3], number) != 0) _exit(1);
        _exit(0);
    }
    while (wait(&status) > 0) failed += status != 0;
    return failed;
}
