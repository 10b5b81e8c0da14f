/* What the load generators share: their clock, their arguments, and how they end. */
#ifndef MEASURE_H
#define MEASURE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Exit statuses, of every generator. */
#define NOT_MEASURED 2
#define WRONG_ANSWERS 3

/* Ends the program: it could not measure, because of errno. */
static void __attribute__((noreturn, unused)) die(const char *what)
{
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
    exit(NOT_MEASURED);
}

static long __attribute__((unused)) number(const char *text, long least)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (end == text || *end || value < least) {
        fprintf(stderr, "%s: '%s' is not a number of at least %ld\n",
                program_invocation_short_name, text, least);
        exit(NOT_MEASURED);
    }
    return value;
}

static int64_t __attribute__((unused)) now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* On the CPU of this number alone, together with threads that are started later. */
static void __attribute__((unused)) stay_on(const char *cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((int)number(cpu, 0), &set);
    if (sched_setaffinity(0, sizeof set, &set))
        die(cpu);
}

/* A hash of 64 bits that looks like chance and is the same in every run (splitmix64's mixer). */
static uint64_t __attribute__((unused)) scatter(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* All that was measured is worthless when an answer was wrong: nothing else is printed then. */
static void __attribute__((unused)) expect_right(long wrong, long answers)
{
    if (wrong == 0)
        return;
    fprintf(stderr, "%s: %ld of %ld answers were wrong\n", program_invocation_short_name, wrong,
            answers);
    exit(WRONG_ANSWERS);
}

#endif
