/* Tries the flags of renameat2(2), and prints an outcome for every case. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void put(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
    if (fd < 0 || write(fd, text, strlen(text)) < 0 || close(fd) != 0) perror(path);
}

static void try(const char *from, const char *to, unsigned flags) {
    int status = renameat2(AT_FDCWD, from, AT_FDCWD, to, flags);
    printf("%s -> %s (%u): %s\n", from, to, flags, status == 0 ? "done" : strerror(errno));
}

int main(void) {
    mkdir("a", 0755);
    mkdir("b", 0755);
    mkdir("b/d", 0755);
    put("a/f", "1\n");
    put("b/g", "2\n");
    try("a/f", "b/g", RENAME_NOREPLACE);
    try("a/f", "b/h", RENAME_NOREPLACE);
    try("b/h", "a/f", RENAME_NOREPLACE);
    try("a/f", "b/g", RENAME_EXCHANGE);
    try("a/f", "b/d", RENAME_EXCHANGE);
    try("a/f", "b/d", RENAME_EXCHANGE);
    try("a", "b", RENAME_EXCHANGE);
    try("a", "b", RENAME_EXCHANGE);
    try("a/f", "missing", RENAME_EXCHANGE);
    try("missing", "a/f", RENAME_EXCHANGE);
    try("a", "a/x", 0);
    try("b", "b/d", RENAME_EXCHANGE);
    try("a/f", "b/g", RENAME_EXCHANGE | RENAME_NOREPLACE);
    try("a/f", "b/g", 1u << 10);
    try("a/f", "a/f", RENAME_NOREPLACE);
    try("a/f", "a/f", RENAME_EXCHANGE);
    try("b/d", "a/f", 0);
    try("a/f", "b/d", 0);
    return 0;
}
