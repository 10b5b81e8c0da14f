/* Logs created and removed names, with every wind and reply deferred. */
#include "hooks.h"
#include "late.h"

struct glossa_translator glossa_translator = {.any_fop = late_fop, HOOKS};
