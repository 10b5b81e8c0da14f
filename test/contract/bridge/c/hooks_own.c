/* Logs created and removed names, and answers every fop without its child. */
#include "hooks.h"

static void fop(ANY_CALL)
{
    UNUSED(this);
    UNUSED(args);
    unwind_any(frame, 0, 0, own_reply(frame));
}

struct glossa_translator glossa_translator = {.any_fop = fop, HOOKS};
