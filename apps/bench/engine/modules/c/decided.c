/* Remembers absent names, and fails later lookups of them itself. */
#include "glossa.h"

/* Far more than the number of looked-up names. */
#define SLOTS 4096

struct name {
    gfid_t pargfid;
    char name[256];
    bool used;
};

static bool is_slot_of(const struct name *slot, const loc_t *loc)
{
    return memcmp(&slot->pargfid, &loc->pargfid, sizeof slot->pargfid) == 0 &&
           strcmp(slot->name, loc->name) == 0;
}

/* The slot of a name, or the free one where it belongs. */
static struct name *find(struct name *table, const loc_t *loc)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < sizeof loc->pargfid; i++)
        hash = (hash ^ loc->pargfid.bytes[i]) * 16777619u;
    for (const char *c = loc->name; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    struct name *slot = &table[hash % SLOTS];
    while (slot->used && !is_slot_of(slot, loc))
        slot = slot == &table[SLOTS - 1] ? table : slot + 1;
    return slot;
}

static void lookup_cbk(glossa_frame_t *frame, void *cookie, xlator_t *this, int64_t op_ret,
                       int32_t op_errno, inode_t *inode, const struct iatt *buf, dict_t *xdata,
                       const struct iatt *postparent)
{
    (void)cookie;
    (void)this;
    struct name *slot = frame->local;
    if (op_ret < 0 && op_errno == ENOENT)
        slot->used = true;
    unwind_lookup(frame, op_ret, op_errno, inode, buf, xdata, postparent);
}

static void lookup(glossa_frame_t *frame, xlator_t *this, const loc_t *loc, dict_t *xdata)
{
    struct name *slot = find(this->private, loc);
    if (slot->used) {
        glossa_fail(frame, ENOENT);
        return;
    }
    slot->pargfid = loc->pargfid;
    snprintf(slot->name, sizeof slot->name, "%s", loc->name);
    frame->local = slot;
    wind_lookup(frame, NULL, lookup_cbk, this->child, loc, xdata);
}

static int32_t init(xlator_t *this)
{
    this->private = calloc(SLOTS, sizeof(struct name));
    return this->private == NULL;
}

static void fini(xlator_t *this)
{
    free(this->private);
}

struct glossa_translator glossa_translator = {
    .fops = {.lookup = lookup},
    .init = init,
    .fini = fini,
};
