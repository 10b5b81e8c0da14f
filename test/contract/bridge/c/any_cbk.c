/* Sees every reply. */
#include "shapes.h"

static void cbk(ANY_REPLY)
{
    UNUSED(cookie);
    gf_log(this, GF_LOG_INFO, "up %d", (int)op_ret);
    unwind_any(frame, op_ret, op_errno, reply);
}

struct glossa_translator glossa_translator = {.any_cbk = cbk};
