/* Invalidates cached names and inodes, chosen by the looked-up name. */
#include "glossa.h"

static const gfid_t forgotten = {{1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}};

static void take_back(xlator_t *this, const loc_t *loc)
{
    const char *what = loc->name;
    if (strcmp(what, "entry") == 0)
        invalidate_entry(this, loc->pargfid, what, false);
    else if (strcmp(what, "expire") == 0)
        invalidate_entry(this, loc->pargfid, what, true);
    else if (strcmp(what, "inode") == 0)
        invalidate_inode(this, loc->gfid, true);
    else if (strcmp(what, "attributes") == 0)
        invalidate_inode(this, loc->gfid, false);
    else if (strcmp(what, "removed") == 0)
        invalidate_removed(this, loc->pargfid, what, loc->gfid);
    else if (strcmp(what, "every") == 0)
        invalidate_entries(this);
    else if (strcmp(what, "wrong") == 0)
        invalidate_entry(this, loc->pargfid, "a/b", false);
    else {
        invalidate_inode(this, forgotten, true);
        invalidate_entry(this, forgotten, "name", false);
    }
}

static void lookup(glossa_frame_t *frame, xlator_t *this, const loc_t *loc, dict_t *xdata)
{
    take_back(this, loc);
    tail_lookup(frame, this->child, loc, xdata);
}

struct glossa_translator glossa_translator = {.fops = {.lookup = lookup}};
