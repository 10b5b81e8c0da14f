/* Fails every fop after its own call has returned. */
#include "shapes.h"

static void later(xlator_t *this, void *frame)
{
    UNUSED(this);
    glossa_fail(frame, EDQUOT);
}

static void fop(ANY_CALL)
{
    UNUSED(args);
    timer_after(this, 0, later, frame);
}

struct glossa_translator glossa_translator = {.any_fop = fop};
