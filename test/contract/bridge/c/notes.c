/* Passes a note from each fop to its callback in frame.local. */
#include "shapes.h"

static void stat_cbk(REPLY(stat))
{
    UNUSED(cookie);
    gf_log(this, GF_LOG_INFO, "%s", (const char *)frame->local);
    unwind_stat(frame, op_ret, op_errno, buf, xdata);
}

static void stat(CALL(stat))
{
    frame->local = frame->local == NULL ? frame_strdup(frame, loc->name) : "there was one already";
    wind_stat(frame, NULL, stat_cbk, this->child, loc, xdata);
}

struct glossa_translator glossa_translator = {.fops = {.stat = stat}};
