/* Keeps the letters of every file rotated by 13 places on the storage, and shows them as they were. */
#include "glossa.h"

static unsigned char rotate(unsigned char byte)
{
    const unsigned char letter = byte | 32; /* in lower case */
    if (letter >= 'a' && letter <= 'm')
        return byte + 13;
    return letter >= 'n' && letter <= 'z' ? byte - 13 : byte;
}

/* A rotated copy that lives as long as the frame. */
static const data_t *rotated(glossa_frame_t *frame, const data_t *vector)
{
    const unsigned char *from = vector->bytes;
    unsigned char *to = frame_alloc(frame, vector->size);
    data_t *copy = frame_alloc(frame, sizeof *copy);
    for (size_t at = 0; at < vector->size; at++)
        to[at] = rotate(from[at]);
    *copy = (data_t){to, vector->size};
    return copy;
}

static void rot13_writev(glossa_frame_t *frame, xlator_t *this, fd_t *fd, const data_t *vector,
                         int64_t offset, int64_t flags, dict_t *xdata)
{
    tail_writev(frame, this->child, fd, rotated(frame, vector), offset, flags, xdata);
}

static void put(glossa_frame_t *frame, xlator_t *this, const loc_t *loc, int64_t mode,
                int64_t umask, int64_t flags, const data_t *vector, int64_t offset, dict_t *dict,
                dict_t *xdata)
{
    tail_put(frame, this->child, loc, mode, umask, flags, rotated(frame, vector), offset, dict,
             xdata);
}

static void readv_cbk(glossa_frame_t *frame, void *cookie, xlator_t *this, int64_t op_ret,
                      int32_t op_errno, const data_t *vector, const struct iatt *stbuf,
                      dict_t *xdata)
{
    (void)cookie;
    (void)this;
    const data_t *data = op_ret > 0 ? rotated(frame, vector) : vector;
    unwind_readv(frame, op_ret, op_errno, data, stbuf, xdata);
}

struct glossa_translator glossa_translator = {
    .fops = {.writev = rot13_writev, .put = put},
    .cbks = {.readv = readv_cbk},
};
