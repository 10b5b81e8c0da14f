/* handles: opens files by their handles, after the kernel has dropped its caches of them. Prints the
 * content of each file, or the errno of the open. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES = 8, GONE = 5 };

static void check(int good, const char *what) {
    if (good) return;
    perror(what);
    exit(1);
}

int main(void) {
    struct file_handle *handles[FILES];
    char path[32], text[32];
    int mount_id;
    check(mkdir("d", 0755) == 0, "mkdir");
    for (int n = 0; n < FILES; n++) {
        snprintf(path, sizeof path, "d/%d", n);
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
        check(fd >= 0 && write(fd, path, strlen(path)) > 0 && close(fd) == 0, "create");
        handles[n] = malloc(sizeof *handles[n] + MAX_HANDLE_SZ);
        handles[n]->handle_bytes = MAX_HANDLE_SZ;
        check(name_to_handle_at(AT_FDCWD, path, handles[n], &mount_id, 0) == 0, "name_to_handle_at");
        if (n == GONE) check(unlink(path) == 0, "unlink");
    }
    sync();
    /* Only root may drop caches, and only root may open by handle. */
    int caches = open("/proc/sys/vm/drop_caches", O_WRONLY);
    if (caches >= 0) check(write(caches, "2", 1) == 1 && close(caches) == 0, "drop_caches");
    int mount = open(".", O_RDONLY | O_DIRECTORY);
    check(mount >= 0, "open");
    for (int n = 0; n < FILES; n++) {
        int fd = open_by_handle_at(mount, handles[n], O_RDONLY);
        ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text);
        printf("%d: %.*s\n", n, fd < 0 ? 64 : (int)length, fd < 0 ? strerror(errno) : text);
        if (fd >= 0) close(fd);
    }
    return 0;
}
