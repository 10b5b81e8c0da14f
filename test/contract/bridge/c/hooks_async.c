/* The same with every fop asking and answering later. */
#include "hooks.h"
#include "late.h"

struct glossa_translator glossa_translator = {.any_fop = late_fop, HOOKS};
