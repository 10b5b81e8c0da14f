/* Handles an interrupted caller between wind and callback: answers itself, or tidies up first. */
#include "shapes.h"

static void stat(CALL(stat))
{
    wind_stat(frame, NULL, NULL, this->child, loc, xdata);
}

static void stat_cancel(glossa_frame_t *frame, xlator_t *this)
{
    gf_log(this, GF_LOG_INFO, "stat is cancelled");
    glossa_fail(frame, EINTR);
}

static void readlink(CALL(readlink))
{
    wind_readlink(frame, NULL, NULL, this->child, loc, size, xdata);
}

static void readlink_cancel(glossa_frame_t *frame, xlator_t *this)
{
    UNUSED(this);
    unwind_readlink(frame, 0, 0, "own", NULL, NULL);
}

static void fsync(CALL(fsync))
{
    wind_fsync(frame, NULL, NULL, this->child, fd, datasync, xdata);
}

static void fsync_cbk(REPLY(fsync))
{
    UNUSED(cookie);
    UNUSED(this);
    if (frame->local == NULL)
        unwind_fsync(frame, op_ret, op_errno, prebuf, postbuf, xdata);
}

static void tidied(REPLY(flush))
{
    UNUSED(cookie);
    UNUSED(this);
    UNUSED(op_ret);
    UNUSED(op_errno);
    UNUSED(xdata);
    glossa_fail(frame, EINTR);
}

static void fsync_cancel(glossa_frame_t *frame, xlator_t *this)
{
    frame->local = "tidying";
    wind_flush(frame, NULL, tidied, this->child, (fd_t *)frame->args[0].pointer, NULL);
}

/* The reply of both, or the first failure. */
static void access(CALL(access))
{
    frame->local = frame_alloc(frame, sizeof(int));
    for (int i = 0; i < 2; i++)
        wind_access(frame, NULL, NULL, this->child, loc, mask, xdata);
}

static void access_cbk(REPLY(access))
{
    UNUSED(cookie);
    UNUSED(this);
    int *count = frame->local;
    ++*count;
    if (!frame->answered && (op_ret < 0 || *count == 2))
        unwind_access(frame, op_ret, op_errno, xdata);
}

static void access_cancel(glossa_frame_t *frame, xlator_t *this)
{
    UNUSED(this);
    glossa_fail(frame, EINTR);
}

/* What comes after the answer is discarded. */
static void discard(ANY_REPLY)
{
    UNUSED(cookie);
    UNUSED(this);
    if (!frame->answered)
        unwind_any(frame, op_ret, op_errno, reply);
}

struct glossa_translator glossa_translator = {
    .any_cbk = discard,
    .fops = {.stat = stat, .readlink = readlink, .fsync = fsync, .access = access},
    .cbks = {.fsync = fsync_cbk, .access = access_cbk},
    .cancels = {.stat = stat_cancel,
                .readlink = readlink_cancel,
                .fsync = fsync_cancel,
                .access = access_cancel},
};
