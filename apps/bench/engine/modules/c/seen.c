/* Passes lookups on, with a callback for the reply. */
#include "glossa.h"

static void lookup_cbk(glossa_frame_t *frame, void *cookie, xlator_t *this, int64_t op_ret,
                       int32_t op_errno, inode_t *inode, const struct iatt *buf, dict_t *xdata,
                       const struct iatt *postparent)
{
    (void)cookie;
    (void)this;
    unwind_lookup(frame, op_ret, op_errno, inode, buf, xdata, postparent);
}

static void lookup(glossa_frame_t *frame, xlator_t *this, const loc_t *loc, dict_t *xdata)
{
    wind_lookup(frame, NULL, lookup_cbk, this->child, loc, xdata);
}

struct glossa_translator glossa_translator = {.fops = {.lookup = lookup}};
