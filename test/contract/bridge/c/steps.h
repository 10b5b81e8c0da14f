/*
 * Reads steps (../modules.ts), and logs their texts. The compiler, which is slow, runs once: each
 * module is a copy of the compiled file, in which the test writes the steps over the bytes of
 * `selected`.
 */
#ifndef STEPS_H
#define STEPS_H

#include "shapes.h"

static struct {
    char steps[1500];
    char end;
} selected = {"glossa-contract-module", '.'};

struct line {
    const char *method, *conditions[2], *steps[6];
    size_t condition_count, step_count;
};

static struct line lines[24];
static size_t line_count;

/* The state of a request between a fop and its callbacks. */
struct local {
    const char *name;
    size_t winds, count;
    bool holds;
    int64_t op_ret, size;
    int32_t op_errno;
    const glossa_value_t *reply;
};

/* One run of a method. */
struct call {
    glossa_frame_t *frame;
    xlator_t *this;
    void *cookie;
    const glossa_value_t *values;
    int64_t op_ret;
    int32_t op_errno;
    bool is_reply, is_typed;
    /* The subject of a hook. */
    const loc_t *loc;
    const char *event;
    /* The steps that are left after `await` or `sleep`. */
    const struct line *line;
    size_t next;
};

/* Requests that `keep` stores, and the count of `fail count`. */
struct kept {
    glossa_frame_t *frames[8];
    size_t count;
    int64_t failures;
};

static const struct line *find(const char *name, const char *end)
{
    const size_t length = strlen(name);
    for (size_t i = 0; i < line_count; i++)
        if (strncmp(lines[i].method, name, length) == 0 &&
            strcmp(lines[i].method + length, end) == 0)
            return &lines[i];
    return NULL;
}

/* Takes the text up to `end` off the start of `rest`; NULL when nothing is left. */
static char *take(char **rest, const char *end)
{
    char *start = *rest, *at = strstr(start, end);
    if (*start == '\0')
        return NULL;
    *rest = at == NULL ? start + strlen(start) : at + strlen(end);
    if (at != NULL)
        *at = '\0';
    return start;
}

static void parse(char *text)
{
    for (char *body; (body = take(&text, "\n")) != NULL;) {
        body += strspn(body, " ");
        if (*body == '\0')
            continue;
        struct line *line = &lines[line_count++];
        char *head = take(&body, ":"), *word;
        body += strspn(body, " ");
        line->method = take(&head, " ");
        while ((word = take(&head, " ")) != NULL)
            line->conditions[line->condition_count++] = word;
        while ((word = take(&body, "; ")) != NULL)
            line->steps[line->step_count++] = word;
    }
}

/* -- conditions --------------------------------------------------------------------------- */

static struct local *local_of(glossa_frame_t *frame)
{
    if (frame->local == NULL)
        frame->local = frame_alloc(frame, sizeof(struct local));
    return frame->local;
}

static int32_t errno_of(const char *name)
{
    static const struct {
        const char *name;
        int32_t number;
    } all[] = {{"EDQUOT", EDQUOT}, {"EINTR", EINTR}, {"EAGAIN", EAGAIN},
             {"EACCES", EACCES}, {"ENOENT", ENOENT}, {"ENOTSUP", ENOTSUP}, {"ETIMEDOUT", ETIMEDOUT}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].name, name) == 0)
            return all[i].number;
    return 0;
}

static bool holds(const struct call *call, const char *condition)
{
    if (strcmp(condition, "answered") == 0)
        return call->frame->answered;
    if (strcmp(condition, "success") == 0)
        return call->op_ret >= 0;
    if (strcmp(condition, "failed") == 0)
        return call->op_ret < 0;
    if (strcmp(condition, "last") == 0)
        return local_of(call->frame)->count == local_of(call->frame)->winds;
    if (strcmp(condition, "more") == 0)
        return (size_t)((const child_t *)call->cookie)->index + 1 < call->this->child_count;
    return call->op_ret < 0 && call->op_errno == errno_of(condition);
}

/* -- texts -------------------------------------------------------------------------------- */

static void put_who(struct text *text, const glossa_frame_t *frame)
{
    const glossa_root_t *root = &frame->root;
    const int64_t ids[] = {root->uid, root->gid, root->pid};
    put(text, "[");
    put_string(text, frame->fop->name);
    for (int i = 0; i < 3; i++) {
        put(text, ",");
        put_integer(text, ids[i]);
    }
    put(text, ",[");
    for (size_t i = 0; i < root->group_count; i++) {
        put(text, i == 0 ? "" : ",");
        put_integer(text, root->groups[i]);
    }
    put(text, "],");
    put_string(text, root->lk_owner);
    put(text, ",");
    put_string(text, root->op);
    put(text, root->unique > 0 ? ",true]" : ",false]");
}

static void put_children(struct text *text, const xlator_t *this)
{
    for (size_t i = 0; i < this->child_count; i++) {
        put(text, i == 0 ? "['" : "', '");
        put(text, this->children[i].name);
    }
    put(text, "']");
}

/* The cookie of a callback: a text of the steps, or the child that replied. */
static const char *cookie_of(const struct call *call)
{
    const char *cookie = call->cookie;
    const bool is_text = cookie >= selected.steps && cookie < &selected.end;
    return is_text ? cookie : ((const child_t *)call->cookie)->name;
}

static void put_fact(struct text *text, const struct call *call, const char *name)
{
    char gfid[GFID_TEXT];
    if (strcmp(name, "fop") == 0)
        put(text, call->frame->fop->name);
    else if (strcmp(name, "ret") == 0)
        put_integer(text, call->op_ret);
    else if (strcmp(name, "cookie") == 0)
        put(text, cookie_of(call));
    else if (strcmp(name, "note") == 0)
        put(text, local_of(call->frame)->name);
    else if (strcmp(name, "size") == 0)
        put_integer(text, ((const struct iatt *)call->values[0].pointer)->ia_size);
    else if (strcmp(name, "uid") == 0)
        put_integer(text, call->frame->root.uid);
    else if (strcmp(name, "who") == 0)
        put_who(text, call->frame);
    else if (strcmp(name, "ups") == 0)
        for (size_t i = 0; i < call->this->child_count; i++)
            put(text, call->this->children[i].up ? "+" : "-");
    else if (strcmp(name, "name") == 0)
        put(text, call->loc->name);
    else if (strcmp(name, "dir") == 0)
        put(text, gfid_print(call->loc->pargfid, gfid) + GFID_TEXT - 2);
    else if (strcmp(name, "event") == 0)
        put(text, call->event);
    else if (strcmp(name, "volume") == 0)
        put(text, call->this->name);
    else if (strcmp(name, "type") == 0)
        put(text, call->this->child->type);
    else
        put_children(text, call->this);
}

static void log_text(const struct call *call, const char *template)
{
    struct text text = {NULL, 0, 0};
    put(&text, "");
    for (const char *at = template; *at != '\0'; at++) {
        char name[16];
        const size_t length = *at == '{' ? strcspn(at + 1, "}") : 0;
        if (length == 0) {
            put_bytes(&text, at, 1);
            continue;
        }
        snprintf(name, sizeof name, "%.*s", (int)length, at + 1);
        put_fact(&text, call, name);
        at += length + 1;
    }
    gf_log(call->this, GF_LOG_INFO, "%s", text.at);
    free(text.at);
}

#endif
