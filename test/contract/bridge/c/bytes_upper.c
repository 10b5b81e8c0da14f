/* Reads data, and passes on other data. */
#include "shapes.h"

static char shifted(char c, char from, int by)
{
    return c >= from && c <= from + 25 ? (char)(c + by) : c;
}

static data_t with_case(glossa_frame_t *frame, const data_t *data, char from, int by)
{
    char *bytes = frame_alloc(frame, data->size);
    for (size_t i = 0; i < data->size; i++)
        bytes[i] = shifted(((const char *)data->bytes)[i], from, by);
    return (data_t){bytes, data->size};
}

static void readv_cbk(REPLY(readv))
{
    if (op_ret < 0 || (size_t)op_ret != vector->size) {
        glossa_fail(frame, EINVAL);
        return;
    }
    const data_t upper = with_case(frame, vector, 'a', 'A' - 'a');
    unwind_readv(frame, op_ret, op_errno, &upper, stbuf, xdata);
}

static void readv(CALL(readv))
{
    wind_readv(frame, NULL, readv_cbk, this->child, fd, size, offset, flags, xdata);
}

static void writev(CALL(writev))
{
    data_t data = *vector;
    char *half = frame_alloc(frame, vector->size / 2 + 1);
    if (offset == 1) { /* a part */
        data = (data_t){(const char *)vector->bytes + 1, 3};
    } else if (offset == 2) { /* every second byte */
        data = (data_t){half, (vector->size + 1) / 2};
        for (size_t i = 0; i < data.size; i++)
            half[i] = ((const char *)vector->bytes)[2 * i];
    } else if (offset == 3) { /* nothing at all */
        data = (data_t){NULL, 0};
    } else {
        data = with_case(frame, vector, 'A', 'a' - 'A');
    }
    tail_writev(frame, this->child, fd, &data, offset, flags, xdata);
}

struct glossa_translator glossa_translator = {.fops = {.readv = readv, .writev = writev}};
