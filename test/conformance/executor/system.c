/* Operations that need more of the system: programs, mounts, flags of inodes. */
#include "executor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int own_program = -1;
static pid_t running;

/* install PATH: a program that waits until it is stopped. */
static long op_install(struct arg *a) {
    int fd = openat(a[0].fd, a[0].text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
    if (fd < 0) return -1;
    ssize_t got;
    for (off_t at = 0; (got = pread(own_program, data, DATA_MAX, at)) > 0; at += got) {
        if (write(fd, data, got) != got) break;
    }
    return close(fd);
}

/* run PATH: starts a program, and returns once it runs. */
static long op_run(struct arg *a) {
    int told[2], error = 0;
    if (pipe2(told, O_CLOEXEC) < 0) return -1;
    pid_t pid = fork();
    if (pid == 0) {
        char *args[] = {a[0].text, "--wait", NULL}, *env[] = {NULL};
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execve(a[0].text, args, env);
        error = errno;
        _exit(write(told[1], &error, sizeof error) < 0);
    }
    close(told[1]);
    ssize_t got = read(told[0], &error, sizeof error);
    close(told[0]);
    if (got == 0) {
        running = pid;
        return 0;
    }
    waitpid(pid, NULL, 0);
    errno = error;
    return -1;
}

static long op_stop(struct arg *a) {
    (void)a;
    if (running == 0) return 0;
    kill(running, SIGKILL);
    waitpid(running, NULL, 0);
    running = 0;
    return 0;
}

static char mounted[4096];

/* mount PATH: another file system on a folder, until the script ends. */
static long op_mount(struct arg *a) {
    long result = mount("tmpfs", a[0].text, "tmpfs", 0, "size=1m");
    if (result == 0) snprintf(mounted, sizeof mounted, "%s", a[0].text);
    return result;
}

void clean_up(void) {
    op_stop(NULL);
    if (mounted[0] != '\0' && chdir("/") == 0) umount2(mounted, MNT_DETACH);
}

/* The flags of inodes that scripts may set, and letters for them as lsattr(1) has. */
static const struct {
    int flag;
    char letter;
} inode_flags[] = {
    {FS_IMMUTABLE_FL, 'i'}, {FS_APPEND_FL, 'a'},  {FS_NODUMP_FL, 'd'}, {FS_NOATIME_FL, 'A'},
    {FS_SYNC_FL, 'S'},      {FS_DIRSYNC_FL, 'D'}, {FS_TOPDIR_FL, 'T'}, {FS_PROJINHERIT_FL, 'P'},
    {FS_COMPR_FL, 'c'},     {FS_NOCOW_FL, 'C'},
};
enum { INODE_FLAGS = sizeof inode_flags / sizeof *inode_flags };

/* setflags SLOT FLAGS: sets the known flags, and keeps the file's others. */
static long op_setflags(struct arg *a) {
    int flags = 0;
    if (ioctl(a[0].fd, FS_IOC_GETFLAGS, &flags) < 0) return -1;
    for (int i = 0; i < INODE_FLAGS; i++) flags &= ~inode_flags[i].flag;
    flags |= (int)a[1].n;
    return ioctl(a[0].fd, FS_IOC_SETFLAGS, &flags);
}

static long op_getflags(struct arg *a) {
    int flags = 0;
    if (ioctl(a[0].fd, FS_IOC_GETFLAGS, &flags) < 0) return -1;
    say(" ");
    for (int i = 0; i < INODE_FLAGS; i++) {
        if (flags & inode_flags[i].flag) say("%c", inode_flags[i].letter);
    }
    return 0;
}

/* ioctl SLOT REQUEST VALUE: prints the first number of its data afterwards. */
static long op_ioctl(struct arg *a) {
    int value = (int)a[2].n;
    memset(data, 0, 1 << 14);
    memcpy(data, &value, sizeof value);
    long result = ioctl(a[0].fd, a[1].n, data);
    memcpy(&value, data, sizeof value);
    say(" %d", value);
    return result;
}

const struct operation system_operations[] = {
    {"install", "p", op_install},
    {"run", "p", op_run},
    {"stop", "", op_stop},
    {"mount", "p", op_mount},
    {"setflags", "si", op_setflags},
    {"getflags", "s", op_getflags},
    {"ioctl", "sii", op_ioctl},
    {0},
};
