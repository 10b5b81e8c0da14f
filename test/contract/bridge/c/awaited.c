/* Winds every fop to the child and answers with its reply, by generic functions. */
#include "shapes.h"

static void cbk(ANY_REPLY)
{
    UNUSED(cookie);
    UNUSED(this);
    unwind_any(frame, op_ret, op_errno, reply);
}

static void fop(ANY_CALL)
{
    wind_any(frame, NULL, cbk, this->child, args);
}

struct glossa_translator glossa_translator = {.any_fop = fop};
