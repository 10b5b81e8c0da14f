/*
 * floor: the least work of a FUSE server for an absent name, as a baseline for the bench.
 *
 *   floor MOUNTPOINT ENTRY-TIMEOUT ATTRIBUTE-TIMEOUT NEGATIVE-TIMEOUT [BUSY-POLL-US]
 *
 * One thread on libfuse's low-level interface. It remembers one directory at most, the last one made,
 * and replies ENOENT to every other name at once.
 *
 * With BUSY-POLL-US above 0 it polls that long for a request before it sleeps, as `glossa mount
 * --busy-poll` does: it yields the CPU first, and each poll without a request doubles the number of
 * waits until the next poll, up to 1024.
 */
#define FUSE_USE_VERSION 312
#include <errno.h>
#include <fuse_lowlevel.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define DIRECTORY_INO 2

static char made[NAME_MAX + 1];
static double entry_timeout, attribute_timeout, negative_timeout;

static void fill(fuse_ino_t ino, struct stat *st)
{
    memset(st, 0, sizeof *st);
    st->st_ino = ino;
    st->st_mode = S_IFDIR | 0755;
    st->st_nlink = 2;
}

static void on_init(void *data, struct fuse_conn_info *conn)
{
    (void)data;
    /* Without splice, libfuse need not set up pipes. */
    conn->want &= ~(unsigned)(FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE);
}

static void reply_directory(fuse_req_t req)
{
    struct fuse_entry_param entry;
    memset(&entry, 0, sizeof entry);
    entry.ino = DIRECTORY_INO;
    entry.entry_timeout = entry_timeout;
    entry.attr_timeout = attribute_timeout;
    fill(DIRECTORY_INO, &entry.attr);
    fuse_reply_entry(req, &entry);
}

/* Replies that a name is absent: an error, or an entry without an inode if the kernel may cache it. */
static void reply_absent(fuse_req_t req)
{
    struct fuse_entry_param entry;
    memset(&entry, 0, sizeof entry);
    entry.entry_timeout = negative_timeout;
    if (negative_timeout > 0)
        fuse_reply_entry(req, &entry);
    else
        fuse_reply_err(req, ENOENT);
}

static void on_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
    if (parent == FUSE_ROOT_ID && !strcmp(name, made))
        reply_directory(req);
    else
        reply_absent(req);
}

static void on_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode)
{
    (void)mode;
    if (parent != FUSE_ROOT_ID || strlen(name) > NAME_MAX) {
        fuse_reply_err(req, EPERM);
        return;
    }
    strcpy(made, name);
    reply_directory(req);
}

static void on_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
    struct stat st;
    (void)fi;
    fill(ino, &st);
    fuse_reply_attr(req, &st, attribute_timeout);
}

static const struct fuse_lowlevel_ops operations = {
    .init = on_init,
    .lookup = on_lookup,
    .mkdir = on_mkdir,
    .getattr = on_getattr,
};

#define INTERVAL_MAX 1024

static double now_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1e6 + ts.tv_nsec / 1e3;
}

/* Receives a request. The descriptor does not block: -EAGAIN when no request is waiting. */
static int receive(struct fuse_session *session, struct fuse_buf *buf)
{
    int got;
    do
        got = fuse_session_receive_buf(session, buf);
    while (got == -EINTR && !fuse_session_exited(session));
    return got;
}

static int loop_awake(struct fuse_session *session, double limit_us)
{
    struct fuse_buf buf = { .mem = NULL };
    struct pollfd waiting = { .fd = fuse_session_fd(session), .events = POLLIN };
    int interval = 1, waits = 0, got = 0;

    fcntl(waiting.fd, F_SETFL, fcntl(waiting.fd, F_GETFL) | O_NONBLOCK);
    while (!fuse_session_exited(session)) {
        got = receive(session, &buf);
        if (got == -EAGAIN) {
            sched_yield();
            got = receive(session, &buf);
        }
        if (got == -EAGAIN && waits > 0) {
            waits--;
        } else if (got == -EAGAIN) {
            double until = now_us() + limit_us;
            do
                got = receive(session, &buf);
            while (got == -EAGAIN && now_us() < until);
            interval = got > 0 ? 1 : interval < INTERVAL_MAX ? interval * 2 : INTERVAL_MAX;
            waits = interval - 1;
        }
        if (got == -EAGAIN) {
            poll(&waiting, 1, -1);
            continue;
        }
        if (got <= 0)
            break;
        fuse_session_process_buf(session, &buf);
    }
    free(buf.mem);
    return got < 0 && got != -EAGAIN && got != -EINTR ? got : 0;
}

int main(int argc, char **argv)
{
    char *given[] = { argv[0], "-ofsname=floor", NULL };
    struct fuse_args args = FUSE_ARGS_INIT(2, given);
    int status = 1;

    if (argc != 5 && argc != 6) {
        fputs("usage: floor MOUNTPOINT ENTRY-TIMEOUT ATTRIBUTE-TIMEOUT NEGATIVE-TIMEOUT [BUSY-POLL-US]\n",
              stderr);
        return 2;
    }
    entry_timeout = atof(argv[2]);
    attribute_timeout = atof(argv[3]);
    negative_timeout = atof(argv[4]);
    double awake_us = argc > 5 ? atof(argv[5]) : 0;
    struct fuse_session *session = fuse_session_new(&args, &operations, sizeof operations, NULL);
    if (session && !fuse_set_signal_handlers(session)) {
        if (!fuse_session_mount(session, argv[1])) {
            status = (awake_us > 0 ? loop_awake(session, awake_us) : fuse_session_loop(session)) != 0;
            fuse_session_unmount(session);
        }
        fuse_remove_signal_handlers(session);
    }
    if (session)
        fuse_session_destroy(session);
    fuse_opt_free_args(&args);
    return status;
}
