/*
 * pass: passes a directory through unchanged, in the usual way in C, as a baseline for the bench.
 *
 *   pass MOUNTPOINT DIRECTORY ENTRY-TIMEOUT ATTRIBUTE-TIMEOUT NEGATIVE-TIMEOUT [THREADS [gfids | MICROSECONDS]]
 *
 * One thread on libfuse's low-level interface, or up to THREADS, each with a FUSE device of its own. An inode that the kernel knows is an O_PATH
 * descriptor; a request is one or two system calls on it. Data is copied once, through a buffer of
 * this process. The kernel checks permissions, and every call is made with this process's rights.
 * With gfids, a new file gets one, and extended attributes can be read: the kernel asks for one before it writes. With
 * MICROSECONDS, each change takes so long, as the one exchange with a distant server that any client waits for at least.
 */
#define FUSE_USE_VERSION 312
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#define CHAINS 65536
#define DATA_MAX (1 << 20)
#define INODES_MAX (1 << 19)

/* An inode; its number is its address, except the root's. */
struct inode {
    struct inode *next;
    dev_t dev;
    ino_t ino;
    uint64_t lookups;
    int fd;
};

static struct inode top;
static struct inode *chains[CHAINS];
static double entry_timeout, attribute_timeout, negative_timeout;
static int has_gfids, exchange_us;
static _Thread_local char data[DATA_MAX];
/* Guards the chains and what is in them. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct inode *inode_of(fuse_ino_t number)
{
    return number == FUSE_ROOT_ID ? &top : (struct inode *)(uintptr_t)number;
}

static int fd_of(fuse_ino_t number)
{
    return inode_of(number)->fd;
}

/* The path of an O_PATH descriptor, for calls that accept only paths. */
struct path {
    char text[40];
};

static struct path path_of(fuse_ino_t number)
{
    struct path path;
    snprintf(path.text, sizeof path.text, "/proc/self/fd/%d", fd_of(number));
    return path;
}

static void reply_status(fuse_req_t req, int result)
{
    fuse_reply_err(req, result < 0 ? errno : 0);
}

/* Waits as long as an exchange with a distant server takes; returns `result`, and errno stays. */
static int exchanged(int result)
{
    int error = errno;
    if (exchange_us)
        usleep((useconds_t)exchange_us);
    errno = error;
    return result;
}

/* -- inodes ------------------------------------------------------------------------------------ */

static struct inode **chain_of(const struct stat *st)
{
    return &chains[(st->st_ino * 31 + st->st_dev) % CHAINS];
}

static struct inode *known_locked(int fd, const struct stat *st)
{
    struct inode **chain = chain_of(st), *it = *chain;
    while (it && (it->ino != st->st_ino || it->dev != st->st_dev))
        it = it->next;
    if (it) {
        close(fd);
    } else {
        it = malloc(sizeof *it);
        if (!it) {
            close(fd);
            errno = ENOMEM;
            return NULL;
        }
        *it = (struct inode){ *chain, st->st_dev, st->st_ino, 0, fd };
        *chain = it;
    }
    it->lookups++;
    return it;
}

/* Makes or finds the inode of an O_PATH descriptor, and takes or closes the descriptor; NULL with errno. */
static struct inode *known(int fd, const struct stat *st)
{
    pthread_mutex_lock(&lock);
    struct inode *it = known_locked(fd, st);
    pthread_mutex_unlock(&lock);
    return it;
}

static void forget_locked(fuse_ino_t number, uint64_t lookups)
{
    struct inode *it = inode_of(number);
    if (it == &top || (it->lookups -= lookups) > 0)
        return;
    struct stat st = { .st_dev = it->dev, .st_ino = it->ino };
    struct inode **from = chain_of(&st);
    while (*from != it)
        from = &(*from)->next;
    *from = it->next;
    close(it->fd);
    free(it);
}

static void forget(fuse_ino_t number, uint64_t lookups)
{
    pthread_mutex_lock(&lock);
    forget_locked(number, lookups);
    pthread_mutex_unlock(&lock);
}

static int find(fuse_ino_t parent, const char *name, struct fuse_entry_param *entry)
{
    int fd = openat(fd_of(parent), name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return -1;
    memset(entry, 0, sizeof *entry);
    if (fstat(fd, &entry->attr)) {
        close(fd);
        return -1;
    }
    struct inode *it = known(fd, &entry->attr);
    entry->ino = (uintptr_t)it;
    entry->entry_timeout = entry_timeout;
    entry->attr_timeout = attribute_timeout;
    return it ? 0 : -1;
}

/* Replies with the entry that a call has made, or with the call's error. */
static void reply_made(fuse_req_t req, int result, fuse_ino_t parent, const char *name)
{
    struct fuse_entry_param entry;
    if (exchanged(result) < 0 || find(parent, name, &entry))
        fuse_reply_err(req, errno);
    else
        fuse_reply_entry(req, &entry);
}

static void on_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
    struct fuse_entry_param entry;
    int result = find(parent, name, &entry);
    if (result && errno == ENOENT && negative_timeout > 0) {
        /* An entry without an inode lets the kernel cache that the name is absent. */
        memset(&entry, 0, sizeof entry);
        entry.entry_timeout = negative_timeout;
        result = 0;
    }
    if (result)
        fuse_reply_err(req, errno);
    else
        fuse_reply_entry(req, &entry);
}

static void on_forget(fuse_req_t req, fuse_ino_t number, uint64_t lookups)
{
    forget(number, lookups);
    fuse_reply_none(req);
}

static void on_forget_multi(fuse_req_t req, size_t count, struct fuse_forget_data *all)
{
    for (size_t i = 0; i < count; i++)
        forget(all[i].ino, all[i].nlookup);
    fuse_reply_none(req);
}

/* -- attributes -------------------------------------------------------------------------------- */

static void on_getattr(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file)
{
    struct stat st;
    (void)file;
    if (fstat(fd_of(number), &st))
        fuse_reply_err(req, errno);
    else
        fuse_reply_attr(req, &st, attribute_timeout);
}

static struct timespec time_of(int what, int set, int now, struct timespec time)
{
    if (what & now)
        time.tv_nsec = UTIME_NOW;
    else if (!(what & set))
        time.tv_nsec = UTIME_OMIT;
    return time;
}

static int set_times(const char *path, const struct stat *st, int what)
{
    struct timespec times[2] = {
        time_of(what, FUSE_SET_ATTR_ATIME, FUSE_SET_ATTR_ATIME_NOW, st->st_atim),
        time_of(what, FUSE_SET_ATTR_MTIME, FUSE_SET_ATTR_MTIME_NOW, st->st_mtim),
    };
    return utimensat(AT_FDCWD, path, times, 0);
}

static void on_setattr(fuse_req_t req, fuse_ino_t number, struct stat *st, int what,
                       struct fuse_file_info *file)
{
    const int times = FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_ATIME_NOW | FUSE_SET_ATTR_MTIME |
                      FUSE_SET_ATTR_MTIME_NOW;
    uid_t uid = what & FUSE_SET_ATTR_UID ? st->st_uid : (uid_t)-1;
    gid_t gid = what & FUSE_SET_ATTR_GID ? st->st_gid : (gid_t)-1;
    struct path path = path_of(number);
    int result = 0;
    if (what & FUSE_SET_ATTR_MODE)
        result = chmod(path.text, st->st_mode);
    if (!result && what & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID))
        result = fchownat(fd_of(number), "", uid, gid, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW);
    if (!result && what & FUSE_SET_ATTR_SIZE)
        result = file ? ftruncate((int)file->fh, st->st_size) : truncate(path.text, st->st_size);
    if (!result && what & times)
        result = set_times(path.text, st, what);
    if (exchanged(result))
        fuse_reply_err(req, errno);
    else
        on_getattr(req, number, file);
}

static void on_statfs(fuse_req_t req, fuse_ino_t number)
{
    struct statvfs st;
    if (fstatvfs(fd_of(number), &st))
        fuse_reply_err(req, errno);
    else
        fuse_reply_statfs(req, &st);
}

/* -- names ------------------------------------------------------------------------------------- */

static void on_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode)
{
    reply_made(req, mkdirat(fd_of(parent), name, mode), parent, name);
}

static void on_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, dev_t dev)
{
    reply_made(req, mknodat(fd_of(parent), name, mode, dev), parent, name);
}

static void on_symlink(fuse_req_t req, const char *target, fuse_ino_t parent, const char *name)
{
    reply_made(req, symlinkat(target, fd_of(parent), name), parent, name);
}

static void on_link(fuse_req_t req, fuse_ino_t number, fuse_ino_t parent, const char *name)
{
    int result = linkat(AT_FDCWD, path_of(number).text, fd_of(parent), name, AT_SYMLINK_FOLLOW);
    reply_made(req, result, parent, name);
}

static void on_readlink(fuse_req_t req, fuse_ino_t number)
{
    char target[PATH_MAX];
    ssize_t length = readlinkat(fd_of(number), "", target, sizeof target - 1);
    if (length < 0) {
        fuse_reply_err(req, errno);
        return;
    }
    target[length] = '\0';
    fuse_reply_readlink(req, target);
}

static void on_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
    reply_status(req, exchanged(unlinkat(fd_of(parent), name, 0)));
}

static void on_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name)
{
    reply_status(req, exchanged(unlinkat(fd_of(parent), name, AT_REMOVEDIR)));
}

static void on_rename(fuse_req_t req, fuse_ino_t from, const char *name, fuse_ino_t to,
                      const char *new_name, unsigned flags)
{
    reply_status(req, exchanged(renameat2(fd_of(from), name, fd_of(to), new_name, flags)));
}

/* -- open files -------------------------------------------------------------------------------- */

static void on_open(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file)
{
    int fd = open(path_of(number).text, (file->flags & ~O_NOFOLLOW) | O_CLOEXEC);
    file->fh = (uint64_t)fd;
    if (fd < 0)
        fuse_reply_err(req, errno);
    else if (fuse_reply_open(req, file))
        close(fd);
}

static void on_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
                      struct fuse_file_info *file)
{
    struct fuse_entry_param entry;
    int fd = openat(fd_of(parent), name, file->flags | O_CREAT | O_NOFOLLOW | O_CLOEXEC, mode);
    char gfid[16];
    if (exchanged(fd) < 0 || find(parent, name, &entry) ||
        (has_gfids && (getrandom(gfid, sizeof gfid, 0) < 0 ||
                       fsetxattr(fd, "trusted.gfid", gfid, sizeof gfid, XATTR_CREATE)))) {
        fuse_reply_err(req, errno);
        if (fd >= 0)
            close(fd);
        return;
    }
    file->fh = (uint64_t)fd;
    if (fuse_reply_create(req, &entry, file))
        close(fd);
}

static void on_getxattr(fuse_req_t req, fuse_ino_t number, const char *name, size_t size)
{
    ssize_t got = getxattr(path_of(number).text, name, data, size < DATA_MAX ? size : DATA_MAX);
    if (got < 0)
        fuse_reply_err(req, errno);
    else if (size == 0)
        fuse_reply_xattr(req, (size_t)got);
    else
        fuse_reply_buf(req, data, (size_t)got);
}

static void on_read(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset,
                    struct fuse_file_info *file)
{
    (void)number;
    ssize_t got = pread((int)file->fh, data, size < DATA_MAX ? size : DATA_MAX, offset);
    if (got < 0)
        fuse_reply_err(req, errno);
    else
        fuse_reply_buf(req, data, (size_t)got);
}

static void on_write(fuse_req_t req, fuse_ino_t number, const char *from, size_t size, off_t offset,
                     struct fuse_file_info *file)
{
    (void)number;
    ssize_t put = pwrite((int)file->fh, from, size, offset);
    if (put < 0)
        fuse_reply_err(req, errno);
    else
        fuse_reply_write(req, (size_t)put);
}

static void on_fsync(fuse_req_t req, fuse_ino_t number, int only_data, struct fuse_file_info *file)
{
    (void)number;
    int fd = (int)file->fh;
    reply_status(req, exchanged(only_data ? fdatasync(fd) : fsync(fd)));
}

static void on_release(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file)
{
    (void)number;
    reply_status(req, close((int)file->fh));
}

/* -- directories ------------------------------------------------------------------------------- */

static void on_opendir(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file)
{
    int fd = openat(fd_of(number), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    if (!directory) {
        fuse_reply_err(req, errno);
        if (fd >= 0)
            close(fd);
        return;
    }
    file->fh = (uintptr_t)directory;
    if (fuse_reply_open(req, file))
        closedir(directory);
}

static void on_readdir(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset,
                       struct fuse_file_info *file)
{
    DIR *directory = (DIR *)(uintptr_t)file->fh;
    size_t room = size < DATA_MAX ? size : DATA_MAX, used = 0;
    (void)number;
    seekdir(directory, offset);
    for (struct dirent *it; (it = readdir(directory));) {
        struct stat st = { .st_ino = it->d_ino, .st_mode = DTTOIF(it->d_type) };
        size_t needed = fuse_add_direntry(req, data + used, room - used, it->d_name, &st, it->d_off);
        if (needed > room - used)
            break;
        used += needed;
    }
    fuse_reply_buf(req, data, used);
}

static void on_releasedir(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file)
{
    (void)number;
    reply_status(req, closedir((DIR *)(uintptr_t)file->fh));
}

/* -- the server -------------------------------------------------------------------------------- */

static void on_init(void *user, struct fuse_conn_info *conn)
{
    (void)user;
    conn->want &= ~(unsigned)(FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE);
}

static struct fuse_lowlevel_ops operations = {
    .init = on_init,
    .lookup = on_lookup,
    .forget = on_forget,
    .forget_multi = on_forget_multi,
    .getattr = on_getattr,
    .setattr = on_setattr,
    .statfs = on_statfs,
    .mkdir = on_mkdir,
    .mknod = on_mknod,
    .symlink = on_symlink,
    .link = on_link,
    .readlink = on_readlink,
    .unlink = on_unlink,
    .rmdir = on_rmdir,
    .rename = on_rename,
    .open = on_open,
    .create = on_create,
    .read = on_read,
    .write = on_write,
    .fsync = on_fsync,
    .release = on_release,
    .opendir = on_opendir,
    .readdir = on_readdir,
    .releasedir = on_releasedir,
};

/* Raises the limit of descriptors, as each inode has one; root may exceed the hard limit. */
static void raise_limit(void)
{
    struct rlimit limit = { INODES_MAX, INODES_MAX };
    if (!setrlimit(RLIMIT_NOFILE, &limit) || getrlimit(RLIMIT_NOFILE, &limit))
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* Reads requests with up to so many threads, whose descriptors of the device are clones (FUSE_DEV_IOC_CLONE). */
static int loop_threads(struct fuse_session *session, int threads)
{
    struct fuse_loop_config *config = fuse_loop_cfg_create();
    if (!config)
        return -1;
    fuse_loop_cfg_set_clone_fd(config, 1);
    fuse_loop_cfg_set_max_threads(config, threads);
    int status = fuse_session_loop_mt(session, config);
    fuse_loop_cfg_destroy(config);
    return status;
}

int main(int argc, char **argv)
{
    char *given[] = { argv[0], "-odefault_permissions,fsname=pass", NULL };
    struct fuse_args args = FUSE_ARGS_INIT(2, given);
    int status = 1;

    if (argc < 6 || argc > 8) {
        fputs("usage: pass MOUNTPOINT DIRECTORY ENTRY-TIMEOUT ATTRIBUTE-TIMEOUT NEGATIVE-TIMEOUT"
              " [THREADS [gfids | MICROSECONDS]]\n",
              stderr);
        return 2;
    }
    top.fd = open(argv[2], O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (top.fd < 0) {
        perror(argv[2]);
        return 1;
    }
    entry_timeout = atof(argv[3]);
    attribute_timeout = atof(argv[4]);
    negative_timeout = atof(argv[5]);
    exchange_us = argc == 8 ? atoi(argv[7]) : 0;
    has_gfids = argc == 8 && exchange_us == 0;
    if (has_gfids)
        operations.getxattr = on_getxattr;
    raise_limit();
    umask(0);
    struct fuse_session *session = fuse_session_new(&args, &operations, sizeof operations, NULL);
    if (session && !fuse_set_signal_handlers(session)) {
        if (!fuse_session_mount(session, argv[1])) {
            status = (argc >= 7 && atoi(argv[6]) > 1 ? loop_threads(session, atoi(argv[6]))
                                : fuse_session_loop(session)) != 0;
            fuse_session_unmount(session);
        }
        fuse_remove_signal_handlers(session);
    }
    if (session)
        fuse_session_destroy(session);
    fuse_opt_free_args(&args);
    return status;
}
