/*
 * Declarations for the executor's parts: a worker's state, the arguments of an operation, and the
 * printing of its result. See main.c for the script and the output.
 */
#ifndef EXECUTOR_H
#define EXECUTOR_H

#define _GNU_SOURCE
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { SLOTS = 8, MAPS = 4, ARGS = 8, WORKERS = 4, DATA_MAX = 1 << 21 };

/* A descriptor that a worker keeps; fd is -1 without an open file. */
struct slot {
    int fd;
    int flags;
};

/* A mapping that a worker keeps. */
struct map {
    unsigned char *at;
    size_t len;
};

/* One argument. Which fields are set follows from its letter in the operation's signature. */
struct arg {
    long n;              /* i: a number */
    int slot;            /* s, n: the index of a slot */
    int fd;              /* s: its descriptor; p: the directory that the path starts at */
    char *text;          /* p: a path; x: any text */
    unsigned char *data; /* v: bytes */
    size_t len;          /* v: how many */
};

/*
 * An operation. Letters of its signature: s a slot in use, n a slot to fill (its old descriptor is
 * closed), p a path, i a number or names of constants, x a text, v bytes.
 * The result is the system call's return value; below zero, errno has the error.
 */
struct operation {
    const char *name;
    const char *signature;
    long (*run)(struct arg *a);
};

extern const struct operation open_operations[], file_operations[], transfer_operations[],
    name_operations[], attribute_operations[], notify_operations[], system_operations[];

extern struct slot slots[SLOTS];
extern struct map maps[MAPS];
/* Process ids by the index of the worker. */
extern pid_t pids[WORKERS];
/* This program, open: workers cannot reach it by its name. */
extern int own_program;
/* Memory for data, aligned as O_DIRECT wants it. */
extern unsigned char *data;

/* As many bytes as there is room for. */
size_t bounded(long len);

/* Adds to the line of the result. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Ends the line. */
void say_line(void);
/* Ends a result's line, which begins with the return value. */
void say_result(long result, int error);
void say_stat_of(int dirfd, const char *path, int flags);
void say_name(const char *name);
void say_bytes(const unsigned char *bytes, size_t len);
/* Prints the entries of a directory, sorted. */
long say_entries(int fd);
/* Says names of extended attributes, sorted. */
void say_xattr_names(char *list, ssize_t len);

/* FNV-1a. */
uint64_t hash_bytes(uint64_t hash, const unsigned char *bytes, size_t len);
#define HASH_START 0xcbf29ce484222325u

/* Bytes that follow from a number. */
void pattern(unsigned char *out, size_t len, unsigned seed);

/* The value of `1|O_RDWR|O_CREAT`; -1 and false for a name that is not known. */
bool number_of(const char *text, long *out);
/* "ok" or the name of an errno. */
const char *errno_name(int error);

/* Writes a tree, one line for each entry, to standard output; `hidden` names an xattr to leave out. */
void dump_tree(const char *path, const char *hidden);
/* Ends a worker's processes and mounts. */
void clean_up(void);
/* Removes a tree. */
int remove_tree(const char *path);
/* Writes text to standard output, all of it. */
void put_out(const char *text, size_t len);

#endif
