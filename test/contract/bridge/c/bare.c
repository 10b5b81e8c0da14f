/* Passes every fop on without naming an argument. */
#include "shapes.h"

static void fop(ANY_CALL)
{
    tail_any(frame, this->child, args);
}

struct glossa_translator glossa_translator = {.any_fop = fop};
