/* Counts the requests for each inode and fd in its ctx. */
#include "shapes.h"

static int *count_of(void *ctx)
{
    return ctx != NULL ? ctx : calloc(1, sizeof(int));
}

static int seen_inode(xlator_t *this, const inode_t *inode)
{
    int *count = count_of(inode_ctx_get(inode, this));
    inode_ctx_set(inode, this, count);
    return ++*count;
}

static int seen_fd(xlator_t *this, const fd_t *fd)
{
    int *count = count_of(fd_ctx_get(fd, this));
    fd_ctx_set(fd, this, count);
    return ++*count;
}

static void gone(xlator_t *this, void *ctx)
{
    free(ctx);
}

static void stat(CALL(stat))
{
    gf_log(this, GF_LOG_INFO, "%s %d", loc->name, seen_inode(this, loc->inode));
    tail_stat(frame, this->child, loc, xdata);
}

static void lookup_cbk(REPLY(lookup))
{
    if (op_ret >= 0)
        gf_log(this, GF_LOG_INFO, "new %d", seen_inode(this, inode));
    unwind_lookup(frame, op_ret, op_errno, inode, buf, xdata, postparent);
}

static void fstat(CALL(fstat))
{
    const int fds = seen_fd(this, fd), inodes = seen_inode(this, fd->inode);
    gf_log(this, GF_LOG_INFO, "fd %d inode %d", fds, inodes);
    tail_fstat(frame, this->child, fd, xdata);
}

struct glossa_translator glossa_translator = {
    .forget = gone,
    .release = gone,
    .fops = {.stat = stat, .fstat = fstat},
    .cbks = {.lookup = lookup_cbk},
};
