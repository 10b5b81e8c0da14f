/* Fails every fop with a reply that carries all it can. */
#include "shapes.h"

static void fop(ANY_CALL)
{
    UNUSED(this);
    UNUSED(args);
    unwind_any(frame, -1, EDQUOT, own_reply(frame));
}

struct glossa_translator glossa_translator = {.any_fop = fop};
