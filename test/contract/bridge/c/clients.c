/* Counts each client's requests, and logs disconnects; access logs the number of known clients. */
#include "shapes.h"

static int knows;

static void stat_cbk(REPLY(stat))
{
    unwind_stat(frame, op_ret, op_errno, buf, xdata);
}

static void stat(CALL(stat))
{
    const client_t *client = frame->root.client;
    if (client == NULL) {
        gf_log(this, GF_LOG_INFO, "no client");
    } else {
        int *count = client_ctx_get(client, this);
        if (count == NULL) {
            count = calloc(1, sizeof *count);
            client_ctx_set(client, this, count);
            knows++;
        }
        gf_log(this, GF_LOG_INFO, "%s %d", client->uid, ++*count);
    }
    wind_stat(frame, NULL, stat_cbk, this->child, loc, xdata);
}

static void access(CALL(access))
{
    gf_log(this, GF_LOG_INFO, "knows %d", knows);
    unwind_access(frame, 0, 0, NULL);
}

static void client_disconnect(xlator_t *this, const client_t *client)
{
    const int *count = client_ctx_get(client, this);
    gf_log(this, GF_LOG_INFO, "gone %s %d", client->uid, count == NULL ? 0 : *count);
}

static void client_destroy(xlator_t *this, void *ctx)
{
    free(ctx);
    knows--;
}

struct glossa_translator glossa_translator = {
    .fops = {.stat = stat, .access = access},
    .client_disconnect = client_disconnect,
    .client_destroy = client_destroy,
    .needs = GLOSSA_NEEDS_CLIENT,
};
