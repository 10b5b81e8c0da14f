/*
 * lockers FILE: processes that lock parts of a file, by commands on standard input:
 *
 *     A open 0               A opens the file as descriptor 0 (0 to 9)
 *     A setlk 0 w 10 5       a write lock by descriptor 0; r: read, u: unlock; start, length
 *     A setlkw 0 w 10 5      the same, waiting; also ofd_setlk, ofd_setlkw
 *     A getlk 0 w 10 5       prints a conflicting lock; also ofd_getlk
 *     A flock 0 x            x: exclusive, s: shared, u: unlock; xn, sn: without waiting
 *     A dup 0 1              duplicates descriptor 0 as 1
 *     A close 0
 *     A fork B               forks A, as B
 *     A signal, A restart    sends a signal without, or with, SA_RESTART
 *     A kill                 SIGKILL
 *     A done                 prints the result of a call that waited, if it has ended
 *     A soon ofd_setlk …     repeats the call until it succeeds, as file systems learn of a last
 *                            close later, and neither close(2) nor an exit waits for that
 *
 * A to F start at their first use. Each line is printed with its result: "waits" for a call that
 * waits, "not now" for one that is impossible at that time. /proc shows which processes wait, so no
 * result depends on time.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS 6
#define LINE 128
#define QUESTIONS 8

static int pipes[WORKERS][2];
static pid_t pids[WORKERS];
static int waiting[WORKERS];
static const char *path;
/* A descriptor of the file without a lock. */
static int own;

static void ignore(int number) { (void)number; }

static const struct {
    const char *name;
    int command;
} commands[] = {
    {"setlk", F_SETLK},         {"setlkw", F_SETLKW},         {"getlk", F_GETLK},
    {"ofd_setlk", F_OFD_SETLK}, {"ofd_setlkw", F_OFD_SETLKW}, {"ofd_getlk", F_OFD_GETLK},
};

static void say(char *out, int status) {
    sprintf(out, "%s", status < 0 ? strerrorname_np(errno) : "ok");
}

/* The letter of a lock's owner. A lock of an open file description has no owner (-1). */
static char letter(pid_t pid) {
    for (int i = 0; i < WORKERS; i++)
        if (pids[i] == pid) return 'A' + i;
    return pid == -1 ? '-' : '?';
}

static void lock(char *out, int command, int fd, const char *rest) {
    char type = 0;
    long start = 0, length = 0;
    sscanf(rest, " %c %ld %ld", &type, &start, &length);
    struct flock range = {.l_type = type == 'r' ? F_RDLCK : type == 'w' ? F_WRLCK : F_UNLCK,
                          .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    int status = fcntl(fd, command, &range);
    if (status < 0 || (command != F_GETLK && command != F_OFD_GETLK)) return say(out, status);
    if (range.l_type == F_UNLCK) sprintf(out, "free");
    else sprintf(out, "%c %ld %ld, pid %d", range.l_type == F_RDLCK ? 'r' : 'w',
                 (long)range.l_start, (long)range.l_len, range.l_pid);
}

static void serve(int me);

static void carry_out(char *line, char *out) {
    char what[LINE] = "", which = 0, how[LINE] = "";
    int fds[2] = {0, 0}, used = 0;
    sscanf(line, "%s%n", what, &used);
    if (strcmp(what, "soon") == 0) {
        for (carry_out(line + used, out); strcmp(out, "EAGAIN") == 0; carry_out(line + used, out))
            usleep(1000);
        return;
    }
    sscanf(line + used, "%d", &fds[0]);
    const int fd = 100 + fds[0];
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, what) == 0) {
            int skip = 0;
            sscanf(line + used, "%*d%n", &skip);
            return lock(out, commands[i].command, fd, line + used + skip);
        }
    if (strcmp(what, "open") == 0) {
        int opened = open(path, O_RDWR | O_CREAT, 0644);
        say(out, opened);
        if (opened >= 0 && dup2(opened, fd) >= 0) close(opened);
    } else if (strcmp(what, "close") == 0) say(out, close(fd));
    else if (strcmp(what, "dup") == 0) {
        sscanf(line + used, "%d %d", &fds[0], &fds[1]);
        say(out, dup2(fd, 100 + fds[1]));
    } else if (strcmp(what, "flock") == 0) {
        sscanf(line + used, "%*d %s", how);
        int operation = how[0] == 'x' ? LOCK_EX : how[0] == 's' ? LOCK_SH : LOCK_UN;
        say(out, flock(fd, operation | (how[1] == 'n' ? LOCK_NB : 0)));
    } else if (strcmp(what, "fork") == 0) {
        sscanf(line + used, " %c", &which);
        pid_t child = fork();
        if (child == 0) serve(which - 'A');
        sprintf(out, "%d", child);
    } else sprintf(out, "no such command");
}

static void serve(int me) {
    char line[LINE], out[LINE];
    for (;;) {
        ssize_t length = read(pipes[me][1], line, LINE - 1);
        /* A signal may arrive after its call has returned. */
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) _exit(0);
        line[length] = 0;
        carry_out(line, out);
        if (write(pipes[me][1], out, strlen(out)) < 0) _exit(1);
    }
}

/* The state of a process, and whether it is in a locking call. */
static char state_of(pid_t pid, int *locks) {
    char name[64], text[512] = "", state = 'Z';
    sprintf(name, "/proc/%d/syscall", pid);
    FILE *file = fopen(name, "r");
    long number = -1;
    if (file != NULL) {
        if (fscanf(file, "%ld", &number) != 1) number = -1;
        fclose(file);
    }
    *locks = number == SYS_fcntl || number == SYS_flock;
    sprintf(name, "/proc/%d/stat", pid);
    file = fopen(name, "r");
    if (file == NULL) return 'Z';
    if (fgets(text, sizeof text, file) != NULL) state = strrchr(text, ')')[2];
    fclose(file);
    return state;
}

static void kill_it(int who) {
    int locks;
    kill(pids[who], SIGKILL);
    while (state_of(pids[who], &locks) != 'Z') usleep(1000);
    printf("killed\n");
}

static int sleeps(int who) {
    int locks;
    return state_of(pids[who], &locks) == 'S' && locks;
}

/* The result of the command, or that the process sleeps in a locking call. */
static void answer(int who, int may_wait) {
    char out[LINE];
    for (;;) {
        ssize_t length = recv(pipes[who][0], out, LINE - 1, may_wait ? MSG_DONTWAIT : 0);
        if (length > 0) {
            out[length] = 0;
            waiting[who] = 0;
            int pid;
            char *told = strstr(out, "pid ");
            if (told == NULL) printf("%s\n", out);
            else {
                pid = atoi(told + 4);
                printf("%.*sby %c\n", (int)(told - out), out, letter(pid));
            }
            return;
        }
        if (may_wait && sleeps(who)) {
            /* It may only wait for a reply of a server, which serves our requests later. A reply may
             * overtake another in a client with several threads, but hardly all of these. */
            int asked = 0;
            for (; asked < QUESTIONS && sleeps(who); asked++) {
                struct flock any = {.l_type = F_WRLCK};
                fcntl(own, F_GETLK, &any);
            }
            if (asked == QUESTIONS && sleeps(who) &&
                recv(pipes[who][0], out, 1, MSG_DONTWAIT | MSG_PEEK) <= 0) {
                printf("waits\n");
                waiting[who] = 1;
                return;
            }
        } else usleep(1000);
    }
}

static void start(int who) {
    if (pids[who] != 0) return;
    pids[who] = fork();
    if (pids[who] != 0) return;
    /* After the end of the first process, all others read EOF. */
    for (int i = 0; i < WORKERS; i++) close(pipes[i][0]);
    serve(who);
}

int main(int argc, char **argv) {
    char line[LINE], name, rest[LINE], other;
    if (argc != 2) return 2;
    path = argv[1];
    own = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (own < 0) return 1;
    setvbuf(stdout, NULL, _IONBF, 0);
    struct sigaction fails = {.sa_handler = ignore};
    struct sigaction again = {.sa_handler = ignore, .sa_flags = SA_RESTART};
    sigaction(SIGUSR1, &fails, NULL);
    sigaction(SIGUSR2, &again, NULL);
    for (int i = 0; i < WORKERS; i++)
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pipes[i]) != 0) return 1;
    while (fgets(line, LINE, stdin) != NULL) {
        if (sscanf(line, " %c %[^\n]", &name, rest) != 2) continue;
        int who = name - 'A';
        start(who);
        printf("%c %s: ", name, rest);
        int needs_wait = strcmp(rest, "signal") == 0 || strcmp(rest, "restart") == 0 ||
                         strcmp(rest, "done") == 0;
        if (strcmp(rest, "kill") == 0) kill_it(who);
        else if (waiting[who] != needs_wait) printf("not now\n");
        else if (strcmp(rest, "signal") == 0) printf("%d\n", kill(pids[who], SIGUSR1));
        else if (strcmp(rest, "restart") == 0) printf("%d\n", kill(pids[who], SIGUSR2));
        else if (waiting[who]) answer(who, 1);
        else if (sscanf(rest, "fork %c", &other) == 1) {
            char told[LINE] = "";
            if (write(pipes[who][0], rest, strlen(rest)) < 0) return 1;
            if (read(pipes[who][0], told, LINE - 1) < 0) return 1;
            pids[other - 'A'] = atoi(told);
            printf("ok\n");
        } else {
            if (write(pipes[who][0], rest, strlen(rest)) < 0) return 1;
            answer(who, strstr(rest, "setlkw") != NULL || strncmp(rest, "flock", 5) == 0);
        }
    }
    for (int i = 0; i < WORKERS; i++)
        if (pids[i] != 0) kill(pids[i], SIGKILL);
    while (wait(NULL) > 0) {}
    return 0;
}
