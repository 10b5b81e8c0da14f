/*
 * floor: the least that a FUSE server can do about a name that does not exist, to compare with.
 *
 *   floor -f MOUNTPOINT
 *
 * One thread on libfuse's low-level interface. There is one directory, "directory"; every other
 * name is answered with ENOENT at once, in whatever directory. As with the other servers of the
 * comparison the kernel believes names and attributes for a second, and absent names not at all.
 */
#define FUSE_USE_VERSION 31
#include <errno.h>
#include <fuse_lowlevel.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DIRECTORY_INO 2
#define TIMEOUT_S 1.0

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
    /* Pipes would only be set up and never used. */
    conn->want &= ~(unsigned)(FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE);
}

static void on_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
    if (parent != FUSE_ROOT_ID || strcmp(name, "directory")) {
        fuse_reply_err(req, ENOENT);
        return;
    }
    struct fuse_entry_param entry;
    memset(&entry, 0, sizeof entry);
    entry.ino = DIRECTORY_INO;
    entry.entry_timeout = entry.attr_timeout = TIMEOUT_S;
    fill(DIRECTORY_INO, &entry.attr);
    fuse_reply_entry(req, &entry);
}

static void on_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
    struct stat st;
    (void)fi;
    fill(ino, &st);
    fuse_reply_attr(req, &st, TIMEOUT_S);
}

static const struct fuse_lowlevel_ops operations = {
    .init = on_init,
    .lookup = on_lookup,
    .getattr = on_getattr,
};

int main(int argc, char **argv)
{
    struct fuse_args args = FUSE_ARGS_INIT(argc, argv);
    struct fuse_cmdline_opts options;
    struct fuse_session *session = NULL;
    int status = 1;

    if (fuse_parse_cmdline(&args, &options) || !options.mountpoint)
        return 2;
    session = fuse_session_new(&args, &operations, sizeof operations, NULL);
    if (session && !fuse_set_signal_handlers(session)) {
        if (!fuse_session_mount(session, options.mountpoint)) {
            fuse_daemonize(options.foreground);
            status = fuse_session_loop(session) != 0;
            fuse_session_unmount(session);
        }
        fuse_remove_signal_handlers(session);
    }
    if (session)
        fuse_session_destroy(session);
    fuse_opt_free_args(&args);
    free(options.mountpoint);
    return status;
}
