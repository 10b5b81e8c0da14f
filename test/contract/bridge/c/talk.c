/* Logs at every level. */
#include "shapes.h"

static void stat(CALL(stat))
{
    gf_log(this, GF_LOG_CRITICAL, "critical");
    gf_log(this, GF_LOG_ERROR, "error %d", 1);
    gf_log(this, GF_LOG_WARNING, "warning");
    gf_log(this, GF_LOG_INFO, "info");
    gf_log(this, GF_LOG_DEBUG, "debug");
    gf_log(this, GF_LOG_DEBUG, "trace");
    gf_log(this, GF_LOG_INFO, "printed %d %d", 1, 2);
    gf_log(this, GF_LOG_INFO, "half a line, and the rest");
    gf_log(this, GF_LOG_INFO, "and another");
    gf_log(this, GF_LOG_WARNING, "to stderr");
    gf_log(this, GF_LOG_INFO, "wrong %%d");
    gf_log(this, GF_LOG_INFO, "a name: %s", loc->name);
    tail_stat(frame, this->child, loc, xdata);
}

static const char *costly(glossa_frame_t *frame)
{
    glossa_fail(frame, EIO);
    return "this line is never read";
}

static void access(CALL(access))
{
    gf_log(this, GF_LOG_DEBUG, "%s", costly(frame));
    tail_access(frame, this->child, loc, mask, xdata);
}

struct glossa_translator glossa_translator = {.fops = {.stat = stat, .access = access}};
