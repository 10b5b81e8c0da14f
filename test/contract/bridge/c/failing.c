/* Fails each fop in a different way. */
#include "shapes.h"

static int32_t count;

static void fail_counted(CALL(statfs))
{
    UNUSED(this); UNUSED(loc); UNUSED(xdata);
    glossa_fail(frame, ++count);
}

static void fail_at_once(CALL(access))
{
    UNUSED(this); UNUSED(loc); UNUSED(mask); UNUSED(xdata);
    glossa_fail(frame, 0); /* no errno */
}

static void wind(CALL(stat))
{
    wind_stat(frame, NULL, NULL, this->child, loc, xdata);
}

static void fail_in_callback(REPLY(stat))
{
    UNUSED(cookie); UNUSED(this); UNUSED(op_ret); UNUSED(op_errno); UNUSED(buf); UNUSED(xdata);
    glossa_fail(frame, 0);
}

static void fail_after_wind(CALL(flush))
{
    dict_t *mine = dict_new(frame);
    UNUSED(xdata);
    dict_set_int64(mine, "mine", 1);
    wind_flush(frame, NULL, NULL, this->child, fd, mine);
    glossa_fail(frame, 0);
}

static void keep_waiting(CALL(readlink))
{
    UNUSED(frame); UNUSED(this); UNUSED(loc); UNUSED(size); UNUSED(xdata);
}

static void run_forever(CALL(fsync))
{
    UNUSED(frame); UNUSED(this); UNUSED(fd); UNUSED(datasync); UNUSED(xdata);
    for (volatile int round = 0;; round++);
}

struct glossa_translator glossa_translator = {
    .fops = {.statfs = fail_counted,
             .access = fail_at_once,
             .stat = wind,
             .flush = fail_after_wind,
             .readlink = keep_waiting,
             .fsync = run_forever},
    .cbks = {.stat = fail_in_callback},
};
