/* Logs the caller of each request. */
#include "shapes.h"

static void stat(CALL(stat))
{
    const glossa_root_t *root = &frame->root;
    struct text text = {NULL, 0, 0};
    put(&text, "[");
    put_string(&text, frame->fop->name);
    const int64_t ids[] = {root->uid, root->gid, root->pid};
    for (int i = 0; i < 3; i++) {
        put(&text, ",");
        put_integer(&text, ids[i]);
    }
    put(&text, ",[");
    for (size_t i = 0; i < root->group_count; i++) {
        put(&text, i == 0 ? "" : ",");
        put_integer(&text, root->groups[i]);
    }
    put(&text, "],");
    put_string(&text, root->lk_owner);
    put(&text, ",");
    put_string(&text, root->op);
    put(&text, root->unique > 0 ? ",true]" : ",false]");
    gf_log(this, GF_LOG_INFO, "%s", text.at);
    free(text.at);
    tail_stat(frame, this->child, loc, xdata);
}

static void access_cbk(REPLY(access))
{
    UNUSED(cookie);
    gf_log(this, GF_LOG_INFO, "[\"%s\", %u]", frame->fop->name, frame->root.uid);
    unwind_access(frame, op_ret, op_errno, xdata);
}

static void access(CALL(access))
{
    wind_access(frame, NULL, access_cbk, this->child, loc, mask, xdata);
}

struct glossa_translator glossa_translator = {.fops = {.stat = stat, .access = access},
                                              .needs = GLOSSA_NEEDS_GROUPS};
