/* Logs created and removed names, with every fop defined and passed on. */
#include "hooks.h"

static void fop(ANY_CALL)
{
    tail_any(frame, this->child, args);
}

struct glossa_translator glossa_translator = {.any_fop = fop, HOOKS};
