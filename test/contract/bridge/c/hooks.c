/* Logs created and removed names in hooks; defines no fop. */
#include "hooks.h"

struct glossa_translator glossa_translator = {HOOKS};
