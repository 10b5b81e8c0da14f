/*
 * statload: times single stat() calls for names that do not exist, and prints one line of JSON.
 *
 *   statload DIRECTORY NAMES WARM COUNT [CPU]
 *
 * Asks for NAMES different names of DIRECTORY, WARM times each without measuring, and then COUNT
 * times in all, one name after the other. With CPU it runs on that one alone.
 *
 * Times are in microseconds and contain one clock_gettime(). An answer other than ENOENT, in the
 * warm-up too, makes all of them worthless: nothing is printed then but how many there were, and
 * the exit status is 3. 2: it did not measure.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static int fail(const char *what)
{
    fprintf(stderr, "statload: %s: %s\n", what, strerror(errno));
    return 2;
}

static long number(const char *text, long least)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (end == text || *end || value < least) {
        fprintf(stderr, "statload: '%s' is not a number of at least %ld\n", text, least);
        exit(2);
    }
    return value;
}

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int stay_on(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return sched_setaffinity(0, sizeof set, &set);
}

static int is_absent(const char *path)
{
    struct stat st;
    return stat(path, &st) == -1 && errno == ENOENT;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The smallest of the sorted times that `percent` of them do not exceed. */
static double percentile(const int64_t *sorted, long count, int percent)
{
    long rank = (count * percent + 99) / 100;
    return (double)sorted[rank > 0 ? rank - 1 : 0] / 1e3;
}

static void print(int64_t *times, long count)
{
    double sum = 0;
    for (long i = 0; i < count; i++)
        sum += (double)times[i];
    qsort(times, (size_t)count, sizeof *times, by_value);
    printf("{\"count\":%ld,\"mean\":%.3f,\"min\":%.3f,\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,"
           "\"max\":%.3f}\n",
           count, sum / (double)count / 1e3, percentile(times, count, 0),
           percentile(times, count, 50), percentile(times, count, 90),
           percentile(times, count, 99), percentile(times, count, 100));
}

int main(int argc, char **argv)
{
    if (argc < 5 || argc > 6) {
        fputs("usage: statload DIRECTORY NAMES WARM COUNT [CPU]\n", stderr);
        return 2;
    }
    long names = number(argv[2], 1), warm = number(argv[3], 0), count = number(argv[4], 1);
    if (argc == 6 && stay_on((int)number(argv[5], 0)))
        return fail(argv[5]);

    char **paths = calloc((size_t)names, sizeof *paths);
    int64_t *times = malloc((size_t)count * sizeof *times);
    if (!paths || !times)
        return fail("memory");
    /* So that no page is given to the array while the clock runs. */
    memset(times, 0xff, (size_t)count * sizeof *times);
    for (long i = 0; i < names; i++)
        if (asprintf(&paths[i], "%s/absent-%ld", argv[1], i) < 0)
            return fail("memory");

    long wrong = 0;
    for (long i = 0; i < names * warm; i++)
        wrong += !is_absent(paths[i % names]);
    for (long i = 0, at = 0; i < count; i++) {
        int64_t begin = now_ns();
        int absent = is_absent(paths[at]);
        times[i] = now_ns() - begin;
        wrong += !absent;
        if (++at == names)
            at = 0;
    }
    if (wrong) {
        fprintf(stderr, "statload: %ld of %ld answers were not ENOENT\n", wrong,
                names * warm + count);
        return 3;
    }
    print(times, count);
    return 0;
}
