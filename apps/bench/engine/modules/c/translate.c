/* Changes every byte of each read. */
#include "glossa.h"

#include <stdlib.h>

/* The changed bytes of one reply at a time: unwind copies them. */
static struct {
    unsigned char *bytes;
    size_t size;
} changed;

static void readv_cbk(glossa_frame_t *frame, void *cookie, xlator_t *this, int64_t op_ret,
                      int32_t op_errno, const data_t *vector, const struct iatt *stbuf,
                      dict_t *xdata)
{
    (void)cookie;
    (void)this;
    if (op_ret <= 0) {
        unwind_readv(frame, op_ret, op_errno, vector, stbuf, xdata);
        return;
    }
    if (vector->size > changed.size) {
        free(changed.bytes);
        changed.bytes = malloc(vector->size);
        changed.size = changed.bytes == NULL ? 0 : vector->size;
    }
    if (changed.bytes == NULL) {
        unwind_readv(frame, -1, ENOMEM, NULL, NULL, NULL);
        return;
    }
    /* In variables of its own: stores of bytes could change those of the heap. */
    const unsigned char *from = vector->bytes;
    unsigned char *to = changed.bytes;
    const size_t size = vector->size;
    for (size_t at = 0; at < size; at++)
        to[at] = from[at] ^ 0x80;
    data_t data = {to, size};
    unwind_readv(frame, op_ret, 0, &data, stbuf, xdata);
}

static void readv(glossa_frame_t *frame, xlator_t *this, fd_t *fd, int64_t size, int64_t offset,
                  int64_t flags, dict_t *xdata)
{
    wind_readv(frame, NULL, readv_cbk, this->child, fd, size, offset, flags, xdata);
}

struct glossa_translator glossa_translator = {.fops = {.readv = readv}};
