/* Logs created and removed names, with every fop and callback defined. */
#include "hooks.h"

static void fop(ANY_CALL)
{
    wind_any(frame, NULL, NULL, this->child, args);
}

static void cbk(ANY_REPLY)
{
    UNUSED(cookie);
    UNUSED(this);
    unwind_any(frame, op_ret, op_errno, reply);
}

struct glossa_translator glossa_translator = {.any_fop = fop, .any_cbk = cbk, HOOKS};
