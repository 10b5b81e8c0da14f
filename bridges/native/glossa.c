/* The functions that glossa.h declares, for a module in C++: compile this file as C, and link it with the module. */
#define GLOSSA_SEPARATE
#include "glossa.h"
