/* Winds every fop to its child, with the callback named in the wind. */
#include "shapes.h"

static void cbk(ANY_REPLY)
{
    UNUSED(cookie);
    gf_log(this, GF_LOG_INFO, "up %d", (int)op_ret);
    unwind_any(frame, op_ret, op_errno, reply);
}

static void fop(ANY_CALL)
{
    gf_log(this, GF_LOG_INFO, "down %s", frame->fop->name);
    wind_any(frame, NULL, cbk, this->child, args);
}

struct glossa_translator glossa_translator = {.any_fop = fop};
