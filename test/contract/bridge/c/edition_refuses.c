/* An edition that refuses to start. */
#include "shapes.h"

static int32_t init(xlator_t *this)
{
    gf_log(this, GF_LOG_ERROR, "not today");
    return -1;
}

struct glossa_translator glossa_translator = {.init = init};
