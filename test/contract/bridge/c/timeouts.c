/* Sets cache times on its replies. */
#include "glossa.h"

static void lookup_cbk(glossa_frame_t *frame, void *cookie, xlator_t *this, int64_t op_ret,
                       int32_t op_errno, inode_t *inode, const struct iatt *buf, dict_t *xdata,
                       const struct iatt *postparent)
{
    (void)cookie, (void)this;
    dict_t *said = dict_copy(frame, xdata);
    dict_set_double(said, GLOSSA_ENTRY_TIMEOUT, 3.5);
    dict_set_double(said, GLOSSA_ATTRIBUTE_TIMEOUT, 7);
    unwind_lookup(frame, op_ret, op_errno, inode, buf, said, postparent);
}

static void lookup(glossa_frame_t *frame, xlator_t *this, const loc_t *loc, dict_t *xdata)
{
    if (strcmp(loc->name, "absent") != 0) {
        wind_lookup(frame, NULL, lookup_cbk, this->child, loc, xdata);
        return;
    }
    dict_t *said = dict_new(frame);
    dict_set_double(said, GLOSSA_NEGATIVE_TIMEOUT, 60);
    unwind_lookup(frame, -1, ENOENT, NULL, NULL, said, NULL);
}

static void stat_cbk(glossa_frame_t *frame, void *cookie, xlator_t *this, int64_t op_ret,
                     int32_t op_errno, const struct iatt *buf, dict_t *xdata)
{
    (void)cookie, (void)this;
    dict_t *said = dict_copy(frame, xdata);
    dict_set_double(said, GLOSSA_ATTRIBUTE_TIMEOUT, 9);
    unwind_stat(frame, op_ret, op_errno, buf, said);
}

struct glossa_translator glossa_translator = {
    .fops = {.lookup = lookup},
    .cbks = {.stat = stat_cbk},
};
