/*
 * caller: makes calls on files through libgfapi and times them.
 *
 *   caller VOLFILE DIRECTORY
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
#include <glusterfs/api/glfs.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Exit statuses. */
#define NOT_MEASURED 2
#define WRONG_REPLIES 3

#define NAMES 100
#define FILE_SIZE 4096
#define THREADS 64

static glfs_t *volume;
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
    if (glfs_stat(volume, path, &st) == 0)
        return;
    glfs_fd_t *fd = glfs_creat(volume, path, O_CREAT | O_EXCL | O_WRONLY, 0644);
    memset(content, 'x', sizeof content);
    if (!fd || glfs_write(fd, content, sizeof content, 0) != FILE_SIZE || glfs_close(fd))
        die(path);
}

static void prepare(const char *directory)
{
    if (glfs_mkdir(volume, directory, 0755) && errno != EEXIST)
        die(directory);
    for (long i = 0; i < NAMES; i++) {
        if (asprintf(&paths[i], "%s/name-%ld", directory, i) < 0)
            die("memory");
        make_file(paths[i]);
    }
}

/* -- calls: whether the reply was right --------------------------------------------------------- */

static int call_stat(long call)
{
    struct stat st;
    return glfs_stat(volume, paths[call % NAMES], &st) == 0 && st.st_size == FILE_SIZE;
}

static int call_read(long call)
{
    char content[FILE_SIZE];
    glfs_fd_t *fd = glfs_open(volume, paths[call % NAMES], O_RDONLY);
    if (!fd)
        return 0;
    ssize_t got = glfs_read(fd, content, FILE_SIZE, 0);
    return glfs_close(fd) == 0 && got == FILE_SIZE && content[FILE_SIZE - 1] == 'x';
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
    if (argc != 3) {
        fputs("usage: caller VOLFILE DIRECTORY\n", stderr);
        return NOT_MEASURED;
    }
    volume = glfs_new("bench");
    if (!volume || glfs_set_volfile(volume, argv[1]) || glfs_init(volume))
        die(argv[1]);
    prepare(argv[2]);
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
