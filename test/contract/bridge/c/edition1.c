/* The first edition of a module that is edited. */
#include "shapes.h"

static int64_t count;

static void fail_counted(CALL(statfs))
{
    UNUSED(this); UNUSED(loc); UNUSED(xdata);
    glossa_fail(frame, (int32_t)++count);
}

static void wind(CALL(stat))
{
    wind_stat(frame, NULL, NULL, this->child, loc, xdata);
}

static void fail_reply(REPLY(stat))
{
    UNUSED(cookie); UNUSED(this); UNUSED(op_ret); UNUSED(op_errno); UNUSED(buf); UNUSED(xdata);
    glossa_fail(frame, ENOENT);
}

static void dump_state(xlator_t *this, dict_t *state)
{
    UNUSED(this);
    dict_set_int64(state, "count", count);
}

static void fini(xlator_t *this)
{
    gf_log(this, GF_LOG_INFO, "the first edition ends");
}

struct glossa_translator glossa_translator = {
    .fops = {.statfs = fail_counted, .stat = wind},
    .cbks = {.stat = fail_reply},
    .dump_state = dump_state,
    .fini = fini,
};
