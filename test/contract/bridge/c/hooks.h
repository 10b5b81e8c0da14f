/* Logs created and removed names. */
#ifndef HOOKS_H
#define HOOKS_H

#include "shapes.h"

static inline void log_name(xlator_t *this, char sign, const loc_t *loc)
{
    char text[GFID_TEXT];
    gf_log(this, GF_LOG_INFO, "%c%s %c", sign, loc->name, gfid_print(loc->pargfid, text)[35]);
}

static inline void created(xlator_t *this, const loc_t *loc)
{
    log_name(this, '+', loc);
}

static inline void removed(xlator_t *this, const loc_t *loc)
{
    log_name(this, '-', loc);
}

#define HOOKS .entry_created = created, .entry_removed = removed

#endif
