/* Reads one value of the dict of a lookup, and passes the lookup on or fails it. */
#include "glossa.h"

static void lookup(glossa_frame_t *frame, xlator_t *this, const loc_t *loc, dict_t *xdata)
{
    int64_t value;
    if (dict_get_int64(xdata, "key-7", &value) != 0 || value != 7)
        glossa_fail(frame, ENOENT);
    else
        tail_lookup(frame, this->child, loc, xdata);
}

struct glossa_translator glossa_translator = {.fops = {.lookup = lookup}};
