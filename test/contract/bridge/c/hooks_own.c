/* The same with every fop answered without asking the child, where the names are changed on top. */
#include "hooks.h"

static void fop(ANY_CALL)
{
    UNUSED(this);
    UNUSED(args);
    unwind_any(frame, 0, 0, own_reply(frame));
}

struct glossa_translator glossa_translator = {.any_fop = fop, HOOKS};
