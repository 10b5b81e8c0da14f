/*
 * Compares a file with a buffer in memory after random operations: `fsx FILE SEED COUNT`. Prints the number of each kind, or
 * the seed and the last operations before a difference. After fsx.c of Apple and of LTP.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST 100000
#define MOST_LENGTH 20000
#define LOGGED 20

enum { READ, WRITE, APPEND, WRITE_ONLY, MAPPED_READ, MAPPED_WRITE, TRUNCATE, PUNCH, ZERO, SYNC, REOPEN, KINDS };
static const char *names[KINDS] = {"read", "write", "append", "write-only", "mapped-read", "mapped-write", "truncate",
                                   "punch", "zero", "sync", "reopen"};

static unsigned char expected[MOST], seen[MOST];
static size_t size;
static const char *path;
static unsigned seed;
static char log_lines[LOGGED][120];
static int count[KINDS], refused[KINDS], number, fd;

static unsigned long state;
static unsigned below(unsigned limit) {
  state = state * 6364136223846793005ul + 1442695040888963407ul;
  return (unsigned)(state >> 33) % limit;
}

static void fail(const char *format, ...) {
  printf("seed %u, operation %d: ", seed, number);
  va_list values;
  va_start(values, format);
  vprintf(format, values);
  printf("\n");
  for (int i = LOGGED; i > 0; i--)
    if (number >= i - 1) printf("%s\n", log_lines[(number + 1 - i) % LOGGED]);
  exit(1);
}

static void check(int holds, const char *what) {
  if (!holds) fail("%s: %s", what, strerror(errno));
}

static void compare(const unsigned char *data, size_t at, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (data[i] != expected[at + i])
      fail("byte %zu of %zu is %d, not %d", at + i, size, data[i], expected[at + i]);
}

static void check_size(void) {
  struct stat st;
  check(fstat(fd, &st) == 0, "fstat");
  if ((size_t)st.st_size != size) fail("the size is %zu, not %zu", (size_t)st.st_size, size);
}

static void change(size_t at, size_t length) {
  if (at > size) memset(expected + size, 0, at - size);
  for (size_t i = 0; i < length; i++) expected[at + i] = 1 + below(255);
  if (at + length > size) size = at + length;
}

static void do_map(size_t at, size_t length, int writes) {
  size_t start = at & ~4095ul;
  int prot = writes ? PROT_READ | PROT_WRITE : PROT_READ;
  unsigned char *map = mmap(NULL, at + length - start, prot, MAP_SHARED, fd, (off_t)start);
  check(map != MAP_FAILED, "mmap");
  if (writes) {
    change(at, length);
    memcpy(map + at - start, expected + at, length);
    check(msync(map, at + length - start, MS_SYNC) == 0, "msync");
  } else compare(map + at - start, at, length);
  check(munmap(map, at + length - start) == 0, "munmap");
}

static void do_write(int flags, size_t at, size_t length) {
  int other = flags < 0 ? fd : open(path, flags);
  check(other >= 0, "open");
  change(at, length);
  ssize_t done = flags >= 0 && (flags & O_APPEND) ? write(other, expected + at, length)
                                                  : pwrite(other, expected + at, length, (off_t)at);
  check(done == (ssize_t)length, "write");
  if (other != fd) check(close(other) == 0, "close");
}

static void do_fallocate(int kind, int mode, size_t at, size_t length) {
  if (fallocate(fd, mode, (off_t)at, (off_t)length) != 0) {
    check(errno == EOPNOTSUPP, "fallocate");
    refused[kind]++;
    return;
  }
  size_t end = at + length < size ? at + length : size;
  if (at < end) memset(expected + at, 0, end - at);
}

static void run(int kind, size_t at, size_t length) {
  size_t in = size == 0 ? 0 : at % size, part = size - in < length ? size - in : length;
  switch (kind) {
    case READ:
      check(pread(fd, seen, part, (off_t)in) == (ssize_t)part, "read");
      compare(seen, in, part);
      break;
    case WRITE: do_write(-1, at, length); break;
    case APPEND:
      if (size + length <= MOST) do_write(O_WRONLY | O_APPEND, size, length);
      break;
    case WRITE_ONLY: do_write(O_WRONLY, at, length); break;
    case MAPPED_READ:
      if (part > 0) do_map(in, part, 0);
      break;
    case MAPPED_WRITE:
      if (part > 0) do_map(in, part, 1);
      break;
    case TRUNCATE:
      check((length & 1 ? truncate(path, (off_t)at) : ftruncate(fd, (off_t)at)) == 0, "truncate");
      if (at > size) memset(expected + size, 0, at - size);
      size = at;
      break;
    case PUNCH: do_fallocate(kind, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, length); break;
    case ZERO: do_fallocate(kind, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, at, length); break;
    case SYNC: check(fsync(fd) == 0, "fsync"); break;
    case REOPEN:
      check(close(fd) == 0, "close");
      check((fd = open(path, O_RDWR)) >= 0, "open");
      break;
  }
}

/* A place near the end of a block, where mistakes are. */
static size_t near_end(size_t at) { return at - at % 4096 + 4095 + below(3); }

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  path = argv[1];
  state = seed = (unsigned)atoi(argv[2]);
  check((fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644)) >= 0, "open");
  for (number = 0; number < atoi(argv[3]); number++) {
    int kind = (int)below(KINDS);
    size_t at = below(MOST - MOST_LENGTH), length = 1 + below(below(4) ? 300 : MOST_LENGTH);
    if (below(3) == 0) at = near_end(at);
    if (below(3) == 0) length = near_end(at + length) - at;
    snprintf(log_lines[number % LOGGED], sizeof log_lines[0], "%d: %s at %zu, %zu bytes, of %zu", number, names[kind], at,
             length, size);
    run(kind, at, length);
    count[kind]++;
    check_size();
  }
  check(pread(fd, seen, MOST, 0) == (ssize_t)size, "the last read");
  compare(seen, 0, size);
  printf("%d operations", number);
  for (int kind = 0; kind < KINDS; kind++) printf(", %s %d", names[kind], count[kind] - refused[kind]);
  printf("\n");
  return 0;
}
