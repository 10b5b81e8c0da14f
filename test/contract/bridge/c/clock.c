/* Sleeps, times out and waits for events without blocking other requests. */
#include "shapes.h"

struct flushes {
    glossa_frame_t *frames[8];
    size_t count;
};

static int32_t init(xlator_t *this)
{
    this->private = calloc(1, sizeof(struct flushes));
    return this->private == NULL;
}

static void fini(xlator_t *this)
{
    free(this->private);
}

static void pass_on(xlator_t *this, void *data)
{
    glossa_frame_t *frame = data;
    tail_any(frame, this->child, frame->args);
}

static void stat(CALL(stat))
{
    UNUSED(loc);
    UNUSED(xdata);
    timer_after(this, 5, pass_on, frame);
}

/* A reply in time stops the timer, whose number is the note. */
static void in_time(ANY_REPLY)
{
    UNUSED(cookie);
    if (frame->answered)
        return;
    timer_cancel(this, *(int32_t *)frame->local);
    unwind_any(frame, op_ret, op_errno, reply);
}

static void ask_for_a_while(glossa_frame_t *frame, xlator_t *this, glossa_timer_t give_up)
{
    int32_t *timer = frame_alloc(frame, sizeof *timer);
    *timer = timer_after(this, 2, give_up, frame);
    frame->local = timer;
    wind_any(frame, NULL, in_time, this->child, frame->args);
}

static void time_out(xlator_t *this, void *frame)
{
    UNUSED(this);
    glossa_fail(frame, ETIMEDOUT);
}

static void access(CALL(access))
{
    UNUSED(loc);
    UNUSED(mask);
    UNUSED(xdata);
    ask_for_a_while(frame, this, time_out);
}

static void answer_late(xlator_t *this, void *frame)
{
    UNUSED(this);
    unwind_readlink(frame, 0, 0, "late", NULL, NULL);
}

static void readlink(CALL(readlink))
{
    UNUSED(loc);
    UNUSED(size);
    UNUSED(xdata);
    ask_for_a_while(frame, this, answer_late);
}

static void flush(CALL(flush))
{
    UNUSED(fd);
    UNUSED(xdata);
    struct flushes *flushes = this->private;
    flushes->frames[flushes->count++] = frame;
}

static void fsync(CALL(fsync))
{
    UNUSED(fd);
    UNUSED(datasync);
    UNUSED(xdata);
    struct flushes *flushes = this->private;
    while (flushes->count > 0)
        unwind_flush(flushes->frames[--flushes->count], 0, 0, NULL);
    unwind_fsync(frame, 0, 0, NULL, NULL, NULL);
}

static void nothing(ANY_REPLY)
{
    UNUSED(frame);
    UNUSED(cookie);
    UNUSED(this);
    UNUSED(op_ret);
    UNUSED(op_errno);
    UNUSED(reply);
}

static void fstat(CALL(fstat))
{
    UNUSED(fd);
    UNUSED(xdata);
    wind_any(frame, NULL, nothing, this->child, frame->args);
    gf_log(this, GF_LOG_INFO, "given up");
    glossa_fail(frame, ENOTSUP);
}

static void statfs(CALL(statfs))
{
    UNUSED(loc);
    UNUSED(xdata);
    wind_any(frame, NULL, nothing, this->child, frame->args);
    glossa_fail(frame, EINTR);
}

struct glossa_translator glossa_translator = {
    .init = init,
    .fini = fini,
    .fops = {.stat = stat,
             .access = access,
             .readlink = readlink,
             .flush = flush,
             .fsync = fsync,
             .fstat = fstat,
             .statfs = statfs},
};
