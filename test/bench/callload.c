/*
 * callload: times single calls on files, and prints one line of JSON.
 *
 *   callload [-c CLIENTS] OPERATION DIRECTORY NAMES WARM COUNT [CPU]
 *
 *   absent   stat() of a name that does not exist
 *   stat     stat() of a file
 *   read     open(), read() of the file's 4 KiB, close()
 *   create   open() of a new file, close(), unlink()
 *   list     as ls -l: readdir() of the directory, lstat() of each name, and whether it has an ACL,
 *            until the answer is that the file system has no ACLs
 *
 * Works in DIRECTORY, which is empty at first or what an earlier run with the same names has left,
 * with NAMES different names: NAMES times WARM calls without measuring, and then COUNT. The files that
 * an operation needs are made before, and left there. With CPU it runs on that one alone.
 *
 * With -c, CLIENTS processes do the same at the same time, each in a directory client-N of its own that
 * is left there. `each` is the time from the first call to the last, divided by the calls of all.
 *
 * Times are in microseconds and contain one clock_gettime(). A wrong answer, in the warm-up too,
 * makes all of them worthless: nothing is printed then but how many there were, and the exit status
 * is 3. 2: it did not measure.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

/* Exit statuses. */
#define NOT_MEASURED 2
#define WRONG_ANSWERS 3

#define FILE_SIZE 4096

static long names;
static char **paths;

/* Ends the program: it could not measure, because of errno. */
static void __attribute__((noreturn)) die(const char *what)
{
    fprintf(stderr, "callload: %s: %s\n", what, strerror(errno));
    exit(NOT_MEASURED);
}

static long number(const char *text, long least)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (end == text || *end || value < least) {
        fprintf(stderr, "callload: '%s' is not a number of at least %ld\n", text, least);
        exit(NOT_MEASURED);
    }
    return value;
}

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void stay_on(const char *cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((int)number(cpu, 0), &set);
    if (sched_setaffinity(0, sizeof set, &set))
        die(cpu);
}

/* The content of a file: different in each. */
static unsigned char byte_of(long name) { return (unsigned char)(name % 251 + 1); }

/* -- what is prepared -------------------------------------------------------------------------- */

static void nothing(void)
{
    for (long i = 0; i < names; i++)
        if (asprintf(&paths[i], "name-%ld", i) < 0)
            die("memory");
}

static void make_file(const char *path, unsigned char byte)
{
    char content[FILE_SIZE];
    if (access(path, F_OK) == 0)
        return;
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0644);
    memset(content, byte, sizeof content);
    if (fd < 0 || write(fd, content, sizeof content) != FILE_SIZE || close(fd))
        die(path);
}

static void files(void)
{
    nothing();
    for (long i = 0; i < names; i++)
        make_file(paths[i], byte_of(i));
}

/* -- calls: the so-manieth of a run; whether the answer was right ------------------------------- */

static int absent(long call)
{
    struct stat st;
    return stat(paths[call % names], &st) == -1 && errno == ENOENT;
}

static int present(long call)
{
    struct stat st;
    return stat(paths[call % names], &st) == 0 && st.st_size == FILE_SIZE;
}

static int read_file(long call)
{
    unsigned char content[FILE_SIZE];
    long name = call % names;
    int fd = open(paths[name], O_RDONLY);
    ssize_t got = fd < 0 ? -1 : read(fd, content, FILE_SIZE);
    return fd >= 0 && close(fd) == 0 && got == FILE_SIZE && content[0] == byte_of(name) &&
           content[FILE_SIZE - 1] == byte_of(name);
}

static int create(long call)
{
    const char *path = paths[call % names];
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0644);
    return fd >= 0 && close(fd) == 0 && unlink(path) == 0;
}

/* What ls asks of each file; false where it would ask no other. */
static int asks_acl(const char *path)
{
    if (getxattr(path, "system.posix_acl_access", NULL, 0) >= 0)
        return 1;
    return errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL;
}

static int list(long call)
{
    struct dirent *entry;
    long right = 0;
    DIR *directory = opendir(".");
    (void)call;
    if (!directory)
        return 0;
    int asks = asks_acl(".");
    while ((entry = readdir(directory)) != NULL) {
        struct stat st;
        right += lstat(entry->d_name, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == FILE_SIZE;
        asks = asks && asks_acl(entry->d_name);
    }
    return closedir(directory) == 0 && right == names;
}

static const struct operation {
    const char *name;
    void (*prepare)(void);
    int (*call)(long);
} operations[] = {
    { "absent", nothing, absent },
    { "stat", files, present },
    { "read", files, read_file },
    { "create", nothing, create },
    { "list", files, list },
};

static const struct operation *find(const char *name)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (!strcmp(operations[i].name, name))
            return &operations[i];
    fprintf(stderr, "callload: there is no operation '%s'\n", name);
    exit(NOT_MEASURED);
}

/* -- what is told ------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The smallest of the sorted times that `permille` of them do not exceed. */
static double quantile(const int64_t *sorted, long count, int permille)
{
    long rank = (count * permille + 999) / 1000;
    return (double)sorted[rank > 0 ? rank - 1 : 0] / 1e3;
}

static void print(int64_t *times, long count, int64_t elapsed)
{
    double sum = 0;
    for (long i = 0; i < count; i++)
        sum += (double)times[i];
    qsort(times, (size_t)count, sizeof *times, by_value);
    printf("{\"count\":%ld,\"mean\":%.3f,\"min\":%.3f,\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,"
           "\"p99.9\":%.3f,\"max\":%.3f,\"each\":%.3f}\n",
           count, sum / (double)count / 1e3, quantile(times, count, 0),
           quantile(times, count, 500), quantile(times, count, 900),
           quantile(times, count, 990), quantile(times, count, 999),
           quantile(times, count, 1000), (double)elapsed / 1e3 / (double)count);
}

/* -- one client, or several --------------------------------------------------------------------- */

static const struct operation *operation;
static long warm, count;

static long warm_up(void)
{
    long wrong = 0;
    operation->prepare();
    for (long i = 0; i < warm; i++)
        wrong += !operation->call(i);
    return wrong;
}

static long measure(int64_t *times)
{
    long wrong = 0;
    for (long i = 0; i < count; i++) {
        int64_t begin = now_ns();
        int right = operation->call(i);
        times[i] = now_ns() - begin;
        wrong += !right;
    }
    return wrong;
}

static void open_pipe(int ends[2])
{
    if (pipe(ends))
        die("pipe");
}

/* A process that writes a byte once it is warm, and begins when the other pipe ends. */
static void __attribute__((noreturn))
be_client(long client, const int ready[2], const int start[2], int64_t *times, long *wrong)
{
    char directory[32];
    char byte = 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(start[1]);
    snprintf(directory, sizeof directory, "client-%ld", client);
    if ((mkdir(directory, 0755) && errno != EEXIST) || chdir(directory))
        die(directory);
    *wrong = warm_up();
    if (write(ready[1], &byte, 1) != 1)
        die("pipe");
    close(ready[0]);
    close(ready[1]);
    if (read(start[0], &byte, 1) != 0)
        die("pipe");
    *wrong += measure(times);
    exit(0);
}

/* The nanoseconds in which all clients made their calls. */
static int64_t run_clients(long clients, int64_t *times, long *wrong)
{
    int ready[2], start[2], status;
    char byte;
    open_pipe(ready);
    open_pipe(start);
    for (long client = 0; client < clients; client++) {
        pid_t pid = fork();
        if (pid < 0)
            die("fork");
        if (pid == 0)
            be_client(client, ready, start, times + client * count, &wrong[client]);
    }
    close(ready[1]);
    long warmed = 0;
    while (read(ready[0], &byte, 1) == 1)
        warmed += 1;
    /* The one that failed has said why; the others end with this process. */
    if (warmed < clients)
        exit(NOT_MEASURED);
    int64_t begin = now_ns();
    close(start[0]);
    close(start[1]);
    while (wait(&status) > 0)
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            exit(NOT_MEASURED);
    return now_ns() - begin;
}

/* Memory that clients share. */
static void *allocate_shared(size_t size)
{
    void *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        die("memory");
    return memory;
}

int main(int argc, char **argv)
{
    long clients = 1;
    if (argc > 2 && !strcmp(argv[1], "-c")) {
        clients = number(argv[2], 1);
        argc -= 2;
        argv += 2;
    }
    if (argc < 6 || argc > 7) {
        fputs("usage: callload [-c CLIENTS] OPERATION DIRECTORY NAMES WARM COUNT [CPU]\n", stderr);
        return NOT_MEASURED;
    }
    operation = find(argv[1]);
    names = number(argv[3], 1);
    warm = names * number(argv[4], 0);
    count = number(argv[5], 1);
    if (argc == 7)
        stay_on(argv[6]);
    if (chdir(argv[2]))
        die(argv[2]);

    long all = clients * count, wrong = 0;
    paths = calloc((size_t)names, sizeof *paths);
    int64_t *times = allocate_shared((size_t)all * sizeof *times);
    long *wrong_of = allocate_shared((size_t)clients * sizeof *wrong_of);
    if (!paths)
        die("memory");
    /* So that no page is given to the array while the clock runs. */
    memset(times, 0xff, (size_t)all * sizeof *times);

    int64_t elapsed;
    if (clients == 1) {
        wrong = warm_up();
        int64_t begin = now_ns();
        wrong += measure(times);
        elapsed = now_ns() - begin;
    } else {
        elapsed = run_clients(clients, times, wrong_of);
        for (long client = 0; client < clients; client++)
            wrong += wrong_of[client];
    }
    if (wrong) {
        fprintf(stderr, "callload: %ld of %ld answers were wrong\n", wrong, clients * warm + all);
        return WRONG_ANSWERS;
    }
    print(times, all, elapsed);
    return 0;
}
