/* Replaces arguments and parts of replies, by generic functions. */
#include "shapes.h"

static void fop(ANY_CALL)
{
    wind_any(frame, NULL, NULL, this->child, change_all(frame, frame->fop->args, args));
}

static void cbk(ANY_REPLY)
{
    UNUSED(cookie);
    UNUSED(this);
    unwind_any(frame, op_ret, op_errno, change_all(frame, frame->fop->reply, reply));
}

struct glossa_translator glossa_translator = {.any_fop = fop, .any_cbk = cbk};
