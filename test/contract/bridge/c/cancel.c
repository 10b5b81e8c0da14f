/* Handles interrupted callers in cancel methods of single fops. */
#include "shapes.h"

static void stat(CALL(stat))
{
    wind_stat(frame, NULL, NULL, this->child, loc, xdata);
}

static void stat_cbk(REPLY(stat))
{
    UNUSED(cookie);
    if (frame->answered)
        gf_log(this, GF_LOG_INFO, "stat is answered already");
    else
        unwind_stat(frame, op_ret, op_errno, buf, xdata);
}

static void stat_cancel(glossa_frame_t *frame, xlator_t *this)
{
    gf_log(this, GF_LOG_INFO, "stat is not wanted");
    glossa_fail(frame, EINTR);
}

static void readlink(CALL(readlink))
{
    wind_readlink(frame, NULL, NULL, this->child, loc, size, xdata);
}

static void readlink_cbk(REPLY(readlink))
{
    UNUSED(cookie);
    UNUSED(this);
    unwind_readlink(frame, op_ret, op_errno, path, buf, xdata);
}

static void readlink_cancel(glossa_frame_t *frame, xlator_t *this)
{
    UNUSED(frame);
    gf_log(this, GF_LOG_INFO, "readlink is not wanted");
}

/* Not answered here: access_cancel answers it. */
static void access(CALL(access))
{
    UNUSED(frame);
    UNUSED(this);
    UNUSED(loc);
    UNUSED(mask);
    UNUSED(xdata);
}

static void access_cancel(glossa_frame_t *frame, xlator_t *this)
{
    UNUSED(this);
    glossa_fail(frame, EINTR);
}

static void statfs(CALL(statfs))
{
    wind_statfs(frame, NULL, NULL, this->child, loc, xdata);
}

static void statfs_cbk(REPLY(statfs))
{
    UNUSED(cookie);
    UNUSED(this);
    if (!frame->answered)
        unwind_statfs(frame, op_ret, op_errno, buf, xdata);
}

static void statfs_cancel(glossa_frame_t *frame, xlator_t *this)
{
    gf_log(this, GF_LOG_ERROR, "it cannot be stopped");
    glossa_fail(frame, EIO);
}

static void fsync(CALL(fsync))
{
    wind_fsync(frame, NULL, NULL, this->child, fd, datasync, xdata);
}

static void fsync_cbk(REPLY(fsync))
{
    UNUSED(cookie);
    UNUSED(this);
    unwind_fsync(frame, op_ret, op_errno, prebuf, postbuf, xdata);
}

struct glossa_translator glossa_translator = {
    .fops = {.stat = stat,
             .readlink = readlink,
             .access = access,
             .statfs = statfs,
             .fsync = fsync},
    .cbks = {.stat = stat_cbk,
             .readlink = readlink_cbk,
             .statfs = statfs_cbk,
             .fsync = fsync_cbk},
    .cancels = {.stat = stat_cancel,
                .readlink = readlink_cancel,
                .access = access_cancel,
                .statfs = statfs_cancel},
};
