/* Logs names that come and go; the fops themselves pass by. */
#include "hooks.h"

struct glossa_translator glossa_translator = {HOOKS};
