/*
 * caller: makes calls on files and times them, through system calls or, compiled with -DGFAPI, through
 * libgfapi.
 *
 *   caller DIRECTORY            system calls below a directory, such as a mount's
 *   caller VOLFILE DIRECTORY    libgfapi, with a volfile
 *
 * Reads orders from its input, a line each, and prints a line of JSON for each: microseconds of a call.
 *
 *   stat COUNT        stat() of a file
 *   read COUNT        open(), read() of the file's 4 KiB, close()
 *   flight COUNT      stat() in 64 threads: `mean` is the time of all divided by their number
 *
 * The directory and its 100 files are made at the start, unless they are there. Exit status 3: a reply was
 * wrong. 2: it did not measure.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifdef GFAPI
#include <glusterfs/api/glfs.h>
static glfs_t *volume;
typedef glfs_fd_t *file;
#define do_stat(path, st) glfs_stat(volume, path, st)
#define do_open(path) glfs_open(volume, path, O_RDONLY)
#define do_create(path) glfs_creat(volume, path, O_CREAT | O_EXCL | O_WRONLY, 0644)
#define do_read(fd, data, size) glfs_read(fd, data, size, 0)
#define do_write(fd, data, size) glfs_write(fd, data, size, 0)
#define do_close(fd) glfs_close(fd)
#define do_mkdir(path) glfs_mkdir(volume, path, 0755)
#define is_open(fd) ((fd) != NULL)
#else
typedef int file;
#define do_stat(path, st) stat(path, st)
#define do_open(path) open(path, O_RDONLY)
#define do_create(path) open(path, O_CREAT | O_EXCL | O_WRONLY, 0644)
#define do_read(fd, data, size) read(fd, data, size)
#define do_write(fd, data, size) write(fd, data, size)
#define do_close(fd) close(fd)
#define do_mkdir(path) mkdir(path, 0755)
#define is_open(fd) ((fd) >= 0)
#endif

/* Exit statuses. */
#define NOT_MEASURED 2
#define WRONG_REPLIES 3

#define NAMES 100
#define FILE_SIZE 4096
#define THREADS 64

static char *paths[NAMES];

static void __attribute__((noreturn)) die(const char *what)
{
    fprintf(stderr, "caller: %s: %s\n", what, strerror(errno));
    exit(NOT_MEASURED);
}

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* -- the files --------------------------------------------------------------------------------- */

static void make_file(const char *path)
{
    char content[FILE_SIZE];
    struct stat st;
    if (do_stat(path, &st) == 0)
        return;
    file fd = do_create(path);
    memset(content, 'x', sizeof content);
    if (!is_open(fd) || do_write(fd, content, sizeof content) != FILE_SIZE || do_close(fd))
        die(path);
}

static void prepare(const char *directory)
{
    if (do_mkdir(directory) && errno != EEXIST)
        die(directory);
#ifdef GFAPI
    const char *above = directory;
#else
    /* Relative names, so that the kernel looks up the last alone. */
    if (chdir(directory))
        die(directory);
    const char *above = ".";
#endif
    for (long i = 0; i < NAMES; i++) {
        if (asprintf(&paths[i], "%s/name-%ld", above, i) < 0)
            die("memory");
        make_file(paths[i]);
    }
}

/* -- calls: whether the reply was right --------------------------------------------------------- */

static int call_stat(long call)
{
    struct stat st;
    return do_stat(paths[call % NAMES], &st) == 0 && st.st_size == FILE_SIZE;
}

static int call_read(long call)
{
    char content[FILE_SIZE];
    file fd = do_open(paths[call % NAMES]);
    if (!is_open(fd))
        return 0;
    ssize_t got = do_read(fd, content, FILE_SIZE);
    return do_close(fd) == 0 && got == FILE_SIZE && content[FILE_SIZE - 1] == 'x';
}

/* -- orders: how many replies were wrong -------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static long in_turn(int (*call)(long), long count)
{
    int64_t *times = malloc((size_t)count * sizeof *times);
    if (!times)
        die("memory");
    memset(times, 0xff, (size_t)count * sizeof *times);
    long wrong = 0;
    int64_t first = now_ns();
    for (long i = 0; i < count; i++) {
        int64_t begin = now_ns();
        int right = call(i);
        times[i] = now_ns() - begin;
        wrong += !right;
    }
    double mean = (double)(now_ns() - first) / (double)count / 1e3;
    qsort(times, (size_t)count, sizeof *times, by_value);
    printf("{\"mean\":%.3f,\"p50\":%.3f,\"p99\":%.3f}\n", mean, (double)times[count / 2] / 1e3,
           (double)times[count * 99 / 100] / 1e3);
    free(times);
    return wrong;
}

static pthread_barrier_t barrier;
static long share;

static void *one_thread(void *first)
{
    long wrong = 0, at = (long)(intptr_t)first;
    pthread_barrier_wait(&barrier);
    for (long i = 0; i < share; i++)
        wrong += !call_stat(at + i);
    pthread_barrier_wait(&barrier);
    return (void *)(intptr_t)wrong;
}

static long in_flight(long count)
{
    pthread_t threads[THREADS];
    long wrong = 0;
    share = count / THREADS;
    pthread_barrier_init(&barrier, NULL, THREADS + 1);
    for (long i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, one_thread, (void *)(intptr_t)i))
            die("a thread");
    pthread_barrier_wait(&barrier);
    int64_t begin = now_ns();
    pthread_barrier_wait(&barrier);
    double mean = (double)(now_ns() - begin) / (double)(share * THREADS) / 1e3;
    for (long i = 0; i < THREADS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        wrong += (long)(intptr_t)result;
    }
    printf("{\"mean\":%.3f,\"p50\":%.3f,\"p99\":%.3f}\n", mean, mean, mean);
    return wrong;
}

static long obey(const char *order, long count)
{
    if (!strcmp(order, "flight"))
        return in_flight(count);
    return in_turn(!strcmp(order, "read") ? call_read : call_stat, count);
}

int main(int argc, char **argv)
{
    char order[16];
    long count;
#ifdef GFAPI
    if (argc != 3) {
        fputs("usage: caller VOLFILE DIRECTORY\n", stderr);
        return NOT_MEASURED;
    }
    volume = glfs_new("bench");
    if (!volume || glfs_set_volfile(volume, argv[1]) || glfs_init(volume))
        die(argv[1]);
#else
    if (argc != 2) {
        fputs("usage: caller DIRECTORY\n", stderr);
        return NOT_MEASURED;
    }
#endif
    prepare(argv[argc - 1]);
    puts("ready");
    fflush(stdout);
    while (scanf("%15s %ld", order, &count) == 2) {
        long wrong = obey(order, count);
        if (wrong) {
            fprintf(stderr, "caller: %ld of %ld replies were wrong\n", wrong, count);
            _exit(WRONG_REPLIES);
        }
        fflush(stdout);
    }
    /* Without glfs_fini, which takes ten seconds. */
    _exit(0);
}
