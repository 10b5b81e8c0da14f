/*
 * Implements glossa.h, in order: memory and dicts, records and messages, frames, decisions, objects
 * that outlive requests, and the functions that the host calls. Part of glossa.h: include that.
 */
#ifndef GLOSSA_RUNTIME_H
#define GLOSSA_RUNTIME_H

#include "glossa_values.h"
#include "glossa_wire.h"
#include "glossa_frames.h"
#include "glossa_decisions.h"
#include "glossa_things.h"
#include "glossa_entry.h"

#endif
