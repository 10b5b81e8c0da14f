/* Winds every fop after its own call has returned, so that arguments cross in messages. */
#include "late.h"

struct glossa_translator glossa_translator = {.any_fop = late_fop};
