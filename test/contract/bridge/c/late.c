/* Every fop asks its child later than in its own call, so that all of it travels in messages. */
#include "late.h"

struct glossa_translator glossa_translator = {.any_fop = late_fop};
