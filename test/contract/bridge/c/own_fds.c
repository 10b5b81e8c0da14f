/* Opens, uses and closes files by its own requests. */
#include "shapes.h"

struct kept {
    fd_t *fds[8];
    size_t count;
};

static int32_t init(xlator_t *this)
{
    this->private = calloc(1, sizeof(struct kept));
    return this->private == NULL;
}

static void fini(xlator_t *this)
{
    struct kept *kept = this->private;
    while (kept->count > 0)
        fd_unref(kept->fds[--kept->count]);
    free(kept);
}

static void content_cbk(REPLY(readv))
{
    fd_close(frame, cookie);
    if (op_ret < 0) {
        glossa_fail(frame, op_errno);
        return;
    }
    dict_t *dict = dict_new(frame);
    dict_set_bin(dict, "content", vector->bytes, vector->size);
    unwind_getxattr(frame, 0, 0, dict, NULL);
}

static void opened(REPLY(open))
{
    if (op_ret < 0)
        glossa_fail(frame, op_errno);
    else
        wind_readv(frame, fd, content_cbk, this->child, fd, 100, 0, 0, NULL);
}

static void getxattr(CALL(getxattr))
{
    const loc_t file = {.inode = loc->inode};
    wind_open(frame, NULL, opened, this->child, &file, 0, NULL, NULL);
}

static void written(REPLY(writev))
{
    if (op_ret < 0)
        glossa_fail(frame, op_errno);
    else
        unwind_removexattr(frame, 0, 0, NULL);
}

static void made(REPLY(create))
{
    if (op_ret < 0) {
        glossa_fail(frame, op_errno);
        return;
    }
    struct kept *kept = this->private;
    const data_t content = {"content", 7};
    kept->fds[kept->count++] = fd_ref(fd);
    wind_writev(frame, NULL, written, this->child, fd, &content, 0, 0, NULL);
}

static void removexattr(CALL(removexattr))
{
    const loc_t file = {.parent = loc->parent, .name = name};
    wind_create(frame, NULL, made, this->child, &file, 2, 0600, 0, NULL, NULL);
}

static void listed(REPLY(readdir))
{
    fd_close(frame, cookie);
    gf_log(this, GF_LOG_INFO, "%d entries", (int)op_ret);
    unwind_access(frame, 0, 0, NULL);
}

static void dir_opened(REPLY(opendir))
{
    if (op_ret < 0 || !fd->is_dir)
        glossa_fail(frame, op_ret < 0 ? op_errno : ENOTDIR);
    else
        wind_readdir(frame, fd, listed, this->child, fd, 100, 0, NULL);
}

static void access(CALL(access))
{
    wind_opendir(frame, NULL, dir_opened, this->child, loc, NULL, NULL);
}

static void flush(CALL(flush))
{
    fd_close(frame, fd);
}

static void fsync(CALL(fsync))
{
    struct kept *kept = this->private;
    fd_close(frame, kept->fds[0]);
    unwind_fsync(frame, 0, 0, NULL, NULL, NULL);
}

struct glossa_translator glossa_translator = {
    .init = init,
    .fini = fini,
    .fops = {.getxattr = getxattr,
             .removexattr = removexattr,
             .access = access,
             .flush = flush,
             .fsync = fsync},
};
