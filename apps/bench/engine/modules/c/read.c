/* Gets each reply of readv in a callback, and returns its data unchanged. */
#include "glossa.h"

static void readv_cbk(glossa_frame_t *frame, void *cookie, xlator_t *this, int64_t op_ret,
                      int32_t op_errno, const data_t *vector, const struct iatt *stbuf,
                      dict_t *xdata)
{
    (void)cookie;
    (void)this;
    unwind_readv(frame, op_ret, op_errno, vector, stbuf, xdata);
}

static void readv(glossa_frame_t *frame, xlator_t *this, fd_t *fd, int64_t size, int64_t offset,
                  int64_t flags, dict_t *xdata)
{
    wind_readv(frame, NULL, readv_cbk, this->child, fd, size, offset, flags, xdata);
}

struct glossa_translator glossa_translator = {.fops = {.readv = readv}};
