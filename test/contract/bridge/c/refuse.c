/* Fails every fop. */
#include "shapes.h"

static void fop(ANY_CALL)
{
    UNUSED(this);
    UNUSED(args);
    glossa_fail(frame, EDQUOT);
}

struct glossa_translator glossa_translator = {.any_fop = fop};
