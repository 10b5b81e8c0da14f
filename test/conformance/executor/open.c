/* Operations on descriptors: opening and closing, their flags, and whether they are ready. */
#include "executor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void keep(int slot, int fd, int flags) {
    if (slots[slot].fd >= 0) close(slots[slot].fd);
    slots[slot] = (struct slot){fd, flags};
}

/* open SLOT PATH FLAGS MODE. Never waits for the other end of a pipe. */
static long op_open(struct arg *a) {
    int flags = (int)a[2].n | O_CLOEXEC | O_NONBLOCK;
    int fd = openat(a[1].fd, a[1].text, flags, (mode_t)a[3].n);
    if (fd < 0) return -1;
    keep(a[0].slot, fd, flags);
    return 0;
}

/* openat2 SLOT PATH FLAGS MODE RESOLVE. Beside O_PATH no flag may be that means nothing there. */
static long op_openat2(struct arg *a) {
    int flags = (int)a[2].n | O_CLOEXEC | (a[2].n & O_PATH ? 0 : O_NONBLOCK);
    struct open_how how = {.flags = flags, .mode = a[3].n, .resolve = a[4].n};
    int fd = (int)syscall(SYS_openat2, a[1].fd, a[1].text, &how, sizeof how);
    if (fd < 0) return -1;
    keep(a[0].slot, fd, flags);
    return 0;
}

/* handle SLOT PATH NAMEFLAGS FLAGS: opens a path by its file handle. */
static long op_handle(struct arg *a) {
    union {
        struct file_handle head;
        unsigned char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
    } handle = {.head.handle_bytes = MAX_HANDLE_SZ};
    int mount, flags = (int)a[3].n | O_CLOEXEC | O_NONBLOCK;
    if (name_to_handle_at(a[1].fd, a[1].text, &handle.head, &mount, a[2].n) < 0) return -1;
    say(" handle");
    int fd = open_by_handle_at(AT_FDCWD, &handle.head, flags);
    if (fd < 0) return -1;
    keep(a[0].slot, fd, flags);
    say_stat_of(fd, "", AT_EMPTY_PATH);
    return 0;
}

static long op_close(struct arg *a) {
    int fd = a[0].fd;
    slots[a[0].slot].fd = -1;
    return close(fd);
}

static long op_dup(struct arg *a) {
    int fd = fcntl(a[0].fd, F_DUPFD_CLOEXEC, 3);
    if (fd < 0) return -1;
    keep(a[1].slot, fd, slots[a[0].slot].flags);
    return 0;
}

/* Status flags that can be changed later, but not taken away: see the named differences. */
static long op_setfl(struct arg *a) {
    int flags = fcntl(a[0].fd, F_GETFL);
    if (flags < 0) return -1;
    if ((flags & (O_APPEND | O_DIRECT) & ~a[1].n) != 0) {
        say(" stays");
        return 0;
    }
    slots[a[0].slot].flags = (flags & ~(O_APPEND | O_DIRECT)) | a[1].n;
    return fcntl(a[0].fd, F_SETFL, (flags & O_NONBLOCK) | (int)a[1].n);
}

static long op_getfl(struct arg *a) {
    int flags = fcntl(a[0].fd, F_GETFL);
    if (flags >= 0) say(" %o", flags);
    return flags < 0 ? -1 : 0;
}

/* poll SLOT EVENTS */
static long op_poll(struct arg *a) {
    struct pollfd one = {.fd = a[0].fd, .events = (short)a[1].n};
    long ready = poll(&one, 1, 0);
    say(" %x", one.revents);
    return ready;
}

static long op_select(struct arg *a) {
    fd_set sets[3];
    struct timeval now = {0, 0};
    if (a[0].fd < 0) return 0;
    for (int i = 0; i < 3; i++) {
        FD_ZERO(&sets[i]);
        FD_SET(a[0].fd, &sets[i]);
    }
    long ready = select(a[0].fd + 1, &sets[0], &sets[1], &sets[2], &now);
    if (ready < 0) return -1;
    for (int i = 0; i < 3; i++) say(" %d", FD_ISSET(a[0].fd, &sets[i]) != 0);
    return ready;
}

const struct operation open_operations[] = {
    {"open", "npii", op_open},
    {"openat2", "npiii", op_openat2},
    {"handle", "npii", op_handle},
    {"close", "s", op_close},
    {"dup", "sn", op_dup},
    {"setfl", "si", op_setfl},
    {"getfl", "s", op_getfl},
    {"poll", "si", op_poll},
    {"select", "s", op_select},
    {0},
};
