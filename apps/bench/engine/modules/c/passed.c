/* Passes lookups on without a callback. */
#include "glossa.h"

static void lookup(glossa_frame_t *frame, xlator_t *this, const loc_t *loc, dict_t *xdata)
{
    tail_lookup(frame, this->child, loc, xdata);
}

struct glossa_translator glossa_translator = {.fops = {.lookup = lookup}};
