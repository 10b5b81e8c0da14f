/* Carries out steps: ../modules.ts lists them. */
#include "steps.h"

/* No reply has more parts. */
#define REPLY_MAX 8

/* The functions of one fop, for methods of single fops. */
struct typed {
    void (*wind)(glossa_frame_t *, void *, const child_t *, const glossa_value_t *);
    void (*wind_then)(glossa_frame_t *, void *, const child_t *, const glossa_value_t *);
    void (*tail)(glossa_frame_t *, const child_t *, const glossa_value_t *);
    void (*unwind)(glossa_frame_t *, int64_t, int32_t, const glossa_value_t *);
};

static void run_fop(glossa_frame_t *, xlator_t *, const glossa_value_t *, bool);
static void run_cbk(glossa_frame_t *, xlator_t *, void *, int64_t, int32_t,
                    const glossa_value_t *, bool);
static void run_cancel(glossa_frame_t *, xlator_t *);
static void go_on(struct call *, int64_t, int32_t, const glossa_value_t *);

#define MAKE(name) \
    static void fop_##name(CALL(name)) \
    { \
        run_fop(frame, this, (glossa_value_t[]){GLOSSA_VALUES_##name}, true); \
    } \
    static void cbk_##name(REPLY(name)) \
    { \
        run_cbk(frame, this, cookie, op_ret, op_errno, \
                (glossa_value_t[]){GLOSSA_REPLY_VALUES_##name}, true); \
    } \
    static void then_##name(REPLY(name)) \
    { \
        go_on(cookie, op_ret, op_errno, (glossa_value_t[]){GLOSSA_REPLY_VALUES_##name}); \
    } \
    static void do_wind_##name(glossa_frame_t *frame, void *cookie, const child_t *child, \
                               const glossa_value_t *v) \
    { \
        wind_##name(frame, cookie, find("each", "_cbk") == NULL ? NULL : cbk_##name, child, \
                    GLOSSA_CASTS_##name(v)); \
    } \
    static void do_wind_then_##name(glossa_frame_t *frame, void *cookie, const child_t *child, \
                                    const glossa_value_t *v) \
    { \
        wind_##name(frame, cookie, then_##name, child, GLOSSA_CASTS_##name(v)); \
    } \
    static void do_tail_##name(glossa_frame_t *frame, const child_t *child, \
                               const glossa_value_t *v) \
    { \
        tail_##name(frame, child, GLOSSA_CASTS_##name(v)); \
    } \
    static void do_unwind_##name(glossa_frame_t *frame, int64_t op_ret, int32_t op_errno, \
                                 const glossa_value_t *v) \
    { \
        unwind_##name(frame, op_ret, op_errno, GLOSSA_REPLY_CASTS_##name(v)); \
    }
GLOSSA_EACH_FOP(MAKE)

static const struct typed *typed_of(const glossa_frame_t *frame)
{
#define TYPED(name) {do_wind_##name, do_wind_then_##name, do_tail_##name, do_unwind_##name},
    static const struct typed all[] = {GLOSSA_EACH_FOP(TYPED)};
    return &all[frame->fop->offset / sizeof(void *)];
}

/* -- steps -------------------------------------------------------------------------------- */

static const char *letters_of(const struct call *call)
{
    return call->is_reply ? call->frame->fop->reply : call->frame->fop->args;
}

/* Changes dicts in place, and all else in copies. */
static const glossa_value_t *touch(glossa_frame_t *frame, const char *letters,
                                   const glossa_value_t *values)
{
    glossa_value_t *copy = same_again(frame, values, strlen(letters) * sizeof *copy);
    for (int i = 0; letters[i] != '\0'; i++) {
        if (letters[i] == 'n')
            copy[i].integer++;
        else if (letters[i] == 'd' && copy[i].pointer != NULL)
            dict_set_int64((dict_t *)copy[i].pointer, "changed", 1);
        else if (copy[i].pointer != NULL)
            copy[i].pointer = changed(frame, letters[i], copy[i].pointer);
    }
    return copy;
}

static const glossa_value_t *values_by(const struct call *call, const char *how)
{
    if (strcmp(how, "changed") == 0)
        return change_all(call->frame, letters_of(call), call->values);
    if (strcmp(how, "touched") == 0)
        return touch(call->frame, letters_of(call), call->values);
    return call->values;
}

static void wind_with(const struct call *call, void *cookie, const child_t *child,
                      const glossa_value_t *args)
{
    local_of(call->frame)->winds++;
    if (call->is_typed && !call->is_reply)
        typed_of(call->frame)->wind(call->frame, cookie, child, args);
    else
        wind_any(call->frame, cookie, NULL, child, args);
}

/* The step after its verb: "to 1". */
static void do_wind(const struct call *call, const char *how)
{
    const xlator_t *this = call->this;
    const glossa_value_t *args = call->is_reply ? call->frame->args : values_by(call, how);
    if (strncmp(how, "cookie ", 7) == 0) {
        wind_with(call, (void *)(how + 7), this->child, args);
    } else if (strcmp(how, "to all") == 0) {
        for (size_t i = 0; i < this->child_count; i++)
            wind_with(call, NULL, &this->children[i], args);
    } else if (strcmp(how, "to last") == 0) {
        wind_with(call, NULL, &this->children[this->child_count - 1], args);
    } else if (strcmp(how, "to next") == 0) {
        wind_with(call, NULL, (const child_t *)call->cookie + 1, args);
    } else if (strncmp(how, "to ", 3) == 0) {
        wind_with(call, NULL, &this->children[atoi(how + 3)], args);
    } else {
        wind_with(call, NULL, this->child, args);
    }
}

static void answer(const struct call *call, int64_t op_ret, int32_t op_errno,
                   const glossa_value_t *reply)
{
    if (call->is_typed)
        typed_of(call->frame)->unwind(call->frame, op_ret, op_errno, reply);
    else
        unwind_any(call->frame, op_ret, op_errno, reply);
}

static void do_unwind(const struct call *call, const char *how)
{
    glossa_frame_t *frame = call->frame;
    const struct local *local = frame->local;
    if (strcmp(how, "own -1 EDQUOT") == 0)
        answer(call, -1, EDQUOT, own_reply(frame));
    else if (strncmp(how, "own ", 4) == 0)
        answer(call, own_ret(frame, atoi(how + 4)), 0, own_reply(frame));
    else if (strncmp(how, "path ", 5) == 0)
        unwind_readlink(frame, 0, 0, how + 5, NULL, NULL);
    else if (strcmp(how, "worst") == 0)
        answer(call, local->op_ret, local->op_errno, local->reply);
    else if (call->is_reply)
        answer(call, call->op_ret, call->op_errno, values_by(call, how));
    else
        answer(call, atoi(how), 0, frame_alloc(frame, REPLY_MAX * sizeof(glossa_value_t)));
}

static void do_hold(const struct call *call)
{
    struct local *local = local_of(call->frame);
    const struct iatt *buf = call->values[0].pointer;
    const int64_t file_size = buf == NULL ? 0 : buf->ia_size;
    const bool ties = local->op_ret == call->op_ret && local->size >= file_size;
    if (local->holds && (local->op_ret < call->op_ret || ties))
        return;
    const size_t size = strlen(letters_of(call)) * sizeof *call->values;
    local->holds = true;
    local->op_ret = call->op_ret;
    local->size = file_size;
    local->op_errno = call->op_errno;
    local->reply = same_again(call->frame, call->values, size);
}

static void do_fail(const struct call *call, const char *name)
{
    struct kept *kept = call->this->private;
    const int32_t number = *name == '\0' ? call->op_errno : errno_of(name);
    if (strcmp(name, "count") == 0) {
        glossa_fail(call->frame, (int32_t)++kept->failures);
        return;
    }
    if (number == 0)
        gf_log(call->this, GF_LOG_ERROR, "%s", name);
    /* Without an errno, which is a mistake of the module's. */
    glossa_fail(call->frame, number);
}

static void do_note(const struct call *call)
{
    const loc_t *loc = call->values[0].pointer;
    local_of(call->frame)->name = frame_strdup(call->frame, loc->name);
}

static void do_release(xlator_t *this)
{
    struct kept *kept = this->private;
    for (size_t i = 0; i < kept->count; i++)
        wind_any(kept->frames[i], NULL, NULL, this->child, kept->frames[i]->args);
    kept->count = 0;
}

static void do_answer(xlator_t *this)
{
    struct kept *kept = this->private;
    static const glossa_value_t nothing[REPLY_MAX];
    for (size_t i = 0; i < kept->count; i++)
        unwind_any(kept->frames[i], 0, 0, nothing);
    kept->count = 0;
}

static void do_describe(const struct call *call)
{
    char *text = describe(letters_of(call), call->values);
    gf_log(call->this, GF_LOG_INFO, "%s", text);
    free(text);
}

static void do_within(const struct call *, const char *);

/* Runs a step that does not wait. `rest` follows its verb. */
static void do_step(const struct call *call, const char *verb, const char *rest)
{
    struct kept *kept = call->this->private;
    if (strcmp(verb, "wind") == 0)
        do_wind(call, rest);
    else if (strcmp(verb, "tail") == 0 && call->is_typed)
        typed_of(call->frame)->tail(call->frame, call->this->child, call->values);
    else if (strcmp(verb, "tail") == 0)
        tail_any(call->frame, call->this->child, call->values);
    else if (strcmp(verb, "return") == 0 && strcmp(rest, "own") == 0)
        answer(call, meant_ret(call->frame), 0, own_reply(call->frame));
    else if (strcmp(verb, "unwind") == 0 || strcmp(verb, "return") == 0)
        do_unwind(call, rest);
    else if (strcmp(verb, "hold") == 0)
        do_hold(call);
    else if (strcmp(verb, "fail") == 0 || strcmp(verb, "raise") == 0)
        do_fail(call, rest);
    else if (strcmp(verb, "note") == 0)
        do_note(call);
    else if (strcmp(verb, "keep") == 0)
        kept->frames[kept->count++] = call->frame;
    else if (strcmp(verb, "release") == 0)
        do_release(call->this);
    else if (strcmp(verb, "answer") == 0)
        do_answer(call->this);
    else if (strcmp(verb, "within") == 0)
        do_within(call, rest);
    else if (strcmp(verb, "describe") == 0)
        do_describe(call);
    else if (strcmp(verb, "spin") == 0)
        for (volatile int round = 0;; round++)
            ;
    else
        log_text(call, rest);
}

static void resume(xlator_t *this, void *data);
static void then_any(ANY_REPLY)
{
    go_on(cookie, op_ret, op_errno, reply);
}

/* Starts to wait, or runs the method that a stat's reply goes to. */
static void wait_for(struct call *call, const char *verb, const char *rest)
{
    local_of(call->frame)->winds++;
    glossa_frame_t *frame = call->frame;
    const child_t *child = call->this->child;
    const glossa_value_t *args = call->is_reply ? frame->args : values_by(call, rest);
    if (strcmp(verb, "sleep") == 0)
        timer_after(call->this, atoi(rest) / 1000.0, resume, call);
    else if (strncmp(rest, "stat", 4) == 0)
        wind_stat(frame, call, then_stat, child, frame->args[0].pointer, NULL);
    else if (strncmp(rest, "flush", 5) == 0)
        wind_flush(frame, call, then_flush, child, (fd_t *)frame->args[0].pointer, NULL);
    else if (call->is_typed)
        typed_of(frame)->wind_then(frame, call, child, args);
    else
        wind_any(frame, call, then_any, child, args);
}

static bool waits(const char *verb)
{
    return strcmp(verb, "await") == 0 || strcmp(verb, "try") == 0 || strcmp(verb, "sleep") == 0;
}

static void choose(struct call *call, const struct line *line);
static void expire(xlator_t *this, void *data)
{
    choose(data, find(strrchr(((struct call *)data)->event, ' ') + 1, ""));
}

/* `rest` is "2000 METHOD". */
static void do_within(const struct call *call, const char *rest)
{
    struct call *later = same_again(call->frame, call, sizeof *call);
    later->event = rest;
    later->is_typed = false;
    timer_after(call->this, atoi(rest) / 1000.0, expire, later);
}

static void carry_out(const struct call *call)
{
    for (size_t i = call->next; i < call->line->step_count; i++) {
        const char *step = call->line->steps[i];
        char verb[16];
        const size_t length = strcspn(step, " ");
        const char *rest = step + length + (step[length] == ' ');
        snprintf(verb, sizeof verb, "%.*s", (int)length, step);
        if (strstr(step, " then ") != NULL || waits(verb)) {
            const size_t size = strlen(letters_of(call)) * sizeof *call->values;
            struct call *left = same_again(call->frame, call, sizeof *call);
            left->values = same_again(call->frame, call->values, size);
            left->next = i + 1;
            wait_for(left, verb, rest);
            return;
        }
        do_step(call, verb, rest);
    }
}

static void choose(struct call *call, const struct line *line)
{
    const char *method = line->method;
    for (; line < lines + line_count; line++) {
        bool all = strcmp(line->method, method) == 0;
        for (size_t i = 0; all && i < line->condition_count; i++)
            all = holds(call, line->conditions[i]);
        if (!all)
            continue;
        call->line = line;
        carry_out(call);
        return;
    }
}

/* Continues with a reply. */
static void go_on(struct call *call, int64_t op_ret, int32_t op_errno, const glossa_value_t *values)
{
    const char *step = call->line->steps[call->next - 1];
    call->op_ret = op_ret;
    call->op_errno = op_errno;
    call->is_reply = true;
    call->values = values;
    const char *then = strstr(step, " then ");
    if (then != NULL) {
        call->next = 0;
        choose(call, find(then + 6, ""));
    } else if (op_ret < 0 && strncmp(step, "await", 5) == 0) {
        glossa_fail(call->frame, op_errno);
    } else {
        carry_out(call);
    }
}

static void resume(xlator_t *this, void *data)
{
    struct call *call = data;
    call->is_typed = false;
    carry_out(call);
}

/* -- methods ------------------------------------------------------------------------------ */

static const struct line *method_of(const glossa_frame_t *frame, const char *end,
                                    const char *generic)
{
    const struct line *own = find(frame->fop->name, end);
    const struct line *any = find("any", generic);
    return own != NULL ? own : any != NULL ? any : find("each", generic);
}

static void run_fop(glossa_frame_t *frame, xlator_t *this, const glossa_value_t *args,
                    bool is_typed)
{
    struct call call = {.frame = frame, .this = this, .values = args, .is_typed = is_typed};
    choose(&call, method_of(frame, "", "_fop"));
}

static void run_cbk(glossa_frame_t *frame, xlator_t *this, void *cookie, int64_t op_ret,
                    int32_t op_errno, const glossa_value_t *reply, bool is_typed)
{
    struct call call = {.frame = frame, .this = this, .cookie = cookie, .values = reply};
    call.op_ret = op_ret;
    call.op_errno = op_errno;
    call.is_reply = true;
    call.is_typed = is_typed;
    const struct line *line = method_of(frame, "_cbk", "_cbk");
    local_of(frame)->count++;
    choose(&call, line);
}

static void run_cancel(glossa_frame_t *frame, xlator_t *this)
{
    struct call call = {.frame = frame, .this = this, .values = frame->args};
    choose(&call, method_of(frame, "_cancel", "_cancel"));
}

static void any_fop(ANY_CALL)
{
    run_fop(frame, this, args, false);
}

static void any_cbk(ANY_REPLY)
{
    run_cbk(frame, this, cookie, op_ret, op_errno, reply, false);
}

static void run_hook(xlator_t *this, const char *hook, const loc_t *loc, const char *event)
{
    struct call call = {.this = this, .loc = loc, .event = event};
    const struct line *line = find(hook, "");
    if (line != NULL)
        choose(&call, line);
}

static int32_t init(xlator_t *this)
{
    this->private = calloc(1, sizeof(struct kept));
    run_hook(this, "new", NULL, NULL);
    const struct line *line = find("init", "");
    if (line != NULL && strncmp(line->steps[0], "raise ", 6) == 0) {
        gf_log(this, GF_LOG_ERROR, "%s", line->steps[0] + 6);
        return -1;
    }
    run_hook(this, "init", NULL, NULL);
    return this->private == NULL;
}

static void fini(xlator_t *this)
{
    run_hook(this, "fini", NULL, NULL);
    free(this->private);
}

static void notify(xlator_t *this, const char *event, const child_t *child)
{
    run_hook(this, "notify", NULL, event);
}

static void dump_state(xlator_t *this, dict_t *state)
{
    dict_set_int64(state, "count", ((const struct kept *)this->private)->failures);
}

static void load_state(xlator_t *this, dict_t *state)
{
    dict_get_int64(state, "count", &((struct kept *)this->private)->failures);
}

static void entry_created(xlator_t *this, const loc_t *loc)
{
    run_hook(this, "entry_created", loc, NULL);
}

static void entry_removed(xlator_t *this, const loc_t *loc)
{
    run_hook(this, "entry_removed", loc, NULL);
}

struct glossa_translator glossa_translator;

__attribute__((constructor)) static void define(void)
{
    struct glossa_translator *it = &glossa_translator;
    const bool needs_path = strstr(selected.steps, "describe") != NULL;
    const bool needs_groups = strstr(selected.steps, "{who}") != NULL;
    it->needs = (needs_path ? GLOSSA_NEEDS_PATH : 0) | (needs_groups ? GLOSSA_NEEDS_GROUPS : 0);
    parse(selected.steps);
    const struct line *through = find("passes_through", "");
    if (through != NULL)
        it->needs |= strcmp(through->steps[0], "on") == 0 ? GLOSSA_PASSES_THROUGH
                                                          : GLOSSA_REFUSES_OTHERS;
#define DEFINE(name) \
    if (find(#name, "") != NULL || find("each", "_fop") != NULL) \
        it->fops.name = fop_##name; \
    if (find(#name, "_cbk") != NULL || find("each", "_cbk") != NULL) \
        it->cbks.name = cbk_##name; \
    if (find(#name, "_cancel") != NULL) \
        it->cancels.name = run_cancel;
    GLOSSA_EACH_FOP(DEFINE)
    it->any_fop = find("any", "_fop") == NULL ? NULL : any_fop;
    it->any_cbk = find("any", "_cbk") == NULL ? NULL : any_cbk;
    it->any_cancel = find("any", "_cancel") == NULL ? NULL : run_cancel;
    it->init = init;
    it->fini = fini;
    it->notify = find("notify", "") == NULL ? NULL : notify;
    it->entry_created = find("entry_created", "") == NULL ? NULL : entry_created;
    it->dump_state = find("dump_state", "") == NULL ? NULL : dump_state;
    it->load_state = find("load_state", "") == NULL ? NULL : load_state;
    it->entry_removed = find("entry_removed", "") == NULL ? NULL : entry_removed;
}
