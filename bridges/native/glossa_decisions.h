/*
 * Decisions of a module about its requests: results for the host, or messages. Part of glossa.h:
 * include that.
 */
#ifndef GLOSSA_DECISIONS_H
#define GLOSSA_DECISIONS_H

/* -- decisions ---------------------------------------------------------------------------- */

GLOSSA_API bool glossa_is_same(char letter, glossa_value_t one, glossa_value_t other)
{
    if (letter == 'n')
        return one.integer == other.integer;
    if (one.pointer != other.pointer)
        return false;
    return letter != 'd' || one.pointer == NULL || !((const dict_t *)one.pointer)->changed;
}

GLOSSA_API bool glossa_all_same(const char *letters, const glossa_value_t *some,
                                   const glossa_value_t *others)
{
    for (int i = 0; letters[i] != '\0'; i++)
        if (!glossa_is_same(letters[i], some[i], others[i]))
            return false;
    return true;
}

/* Where in a row of values one is; -1 for nowhere. */
GLOSSA_API int32_t glossa_index(const char *letters, const glossa_value_t *values, char letter,
                                   glossa_value_t value)
{
    for (int32_t i = 0; letters[i] != '\0'; i++)
        if (letters[i] == letter && glossa_is_same(letter, values[i], value))
            return i;
    return -1;
}

GLOSSA_API void glossa_out_came(int32_t wind, int32_t index)
{
    glossa_out_number('=');
    glossa_out_number(wind);
    glossa_out_number(index);
}

/* As it came, when it did. */
GLOSSA_API bool glossa_out_reference(glossa_frame_t *frame, char letter, glossa_value_t value)
{
    int32_t index = frame->fop == NULL
                        ? -1
                        : glossa_index(frame->fop->args, frame->args, letter, value);
    if (index >= 0) {
        glossa_out_came(-1, index);
        return true;
    }
    for (const struct glossa_reply *reply = frame->glossa.replies; reply; reply = reply->next) {
        index = glossa_index(reply->fop->reply, reply->values, letter, value);
        if (index < 0)
            continue;
        glossa_out_came(reply->wind, index);
        return true;
    }
    return false;
}

/* The list that an entry is from, when that is the frame's. */
GLOSSA_API const entries_t *glossa_origin(glossa_frame_t *frame, const gf_dirent_t *entry)
{
    if (entry->glossa_origin.frame != frame->glossa.serial)
        return NULL;
    for (const struct glossa_reply *reply = frame->glossa.replies; reply; reply = reply->next)
        if (reply->wind == entry->glossa_origin.wind)
            return reply->values[entry->glossa_origin.index].pointer;
    return NULL;
}

GLOSSA_API void glossa_out_value(glossa_frame_t *frame, char letter, glossa_value_t value)
{
    const void *it = value.pointer;
    if (letter == 'n') {
        glossa_out_number('n');
        glossa_out_number((double)value.integer);
        return;
    }
    if (it == NULL) {
        glossa_out_number(0);
        return;
    }
    if (glossa_out_reference(frame, letter, value))
        return;
    glossa_out_number(letter);
    switch (letter) {
    case 'l':
        glossa_out_loc(it);
        break;
    case 'i':
        glossa_out_inode(it);
        break;
    case 'f':
        glossa_out_number(((const fd_t *)it)->glossa_magic == GLOSSA_FD
                              ? (double)((const fd_t *)it)->id
                              : -1);
        break;
    case 'a':
        glossa_out_iatt(it);
        break;
    case 'd':
        glossa_out_dict(it);
        break;
    case 's':
        glossa_out_text(it);
        break;
    case 'b': {
        const data_t *data = it;
        /* Bytes of an earlier call are gone. */
        if (data->bytes == NULL && data->size > 0)
            glossa_out_number(-1);
        else
            glossa_out_bytes(data->bytes, data->size);
        break;
    }
    case 'e': {
        const entries_t *entries = it;
        glossa_out_number((double)entries->count);
        for (size_t i = 0; i < entries->count; i++)
            glossa_out_entry(entries->at + i, glossa_origin(frame, entries->at + i));
        break;
    }
    case 'm': {
        const locklist_t *locks = it;
        glossa_out_number((double)locks->count);
        for (size_t i = 0; i < locks->count; i++)
            glossa_out_lock(locks->at + i);
        break;
    }
    case 'v':
        glossa_out_statvfs(it);
        break;
    case 'k':
        glossa_out_lock(it);
        break;
    default:
        glossa_out_lease(it);
    }
}

GLOSSA_API void glossa_out_values(glossa_frame_t *frame, const char *letters,
                                     const glossa_value_t *values)
{
    for (int i = 0; letters[i] != '\0'; i++)
        glossa_out_value(frame, letters[i], values[i]);
}

GLOSSA_API void glossa_out_verb(int kind, const struct glossa_place *at, glossa_frame_t *frame)
{
    glossa_out_number(kind);
    glossa_out_number(frame->glossa.id);
    glossa_out_place(at);
}

GLOSSA_API void glossa_out_wind(const struct glossa_place *at, glossa_frame_t *frame,
                                   int32_t wind, int32_t child, const struct glossa_fop *fop,
                                   const glossa_value_t *args)
{
    glossa_out_verb(GLOSSA_SAY_WIND, at, frame);
    glossa_out_number(wind);
    glossa_out_number(child);
    glossa_out_number(fop->number);
    glossa_out_values(frame, fop->args, args);
}

/* From here on messages: a wind that waited for the function's end becomes the first. */
GLOSSA_API void glossa_speak(const struct glossa_place *at, glossa_frame_t *frame)
{
    if (frame->glossa.state == GLOSSA_WIND)
        glossa_out_wind(at, frame, 0, 0, frame->fop, frame->args);
    frame->glossa.state = GLOSSA_LATER;
}

GLOSSA_API void glossa_wait(glossa_frame_t *frame, glossa_function_t cbk, bool any,
                               void *cookie, bool opens)
{
    struct glossa_waiter *waiter = glossa_get(&frame->glossa.memory, sizeof *waiter);
    *waiter = (struct glossa_waiter){.next = frame->glossa.waiters, .cbk = cbk, .cookie = cookie,
                                     .wind = frame->glossa.wound++, .any = any, .opens = opens};
    frame->glossa.waiters = waiter;
    frame->glossa.owed++;
}

/* The callback of a fop when a wind names none. */
GLOSSA_API glossa_function_t glossa_own_cbk(const struct glossa_fop *fop, bool *any)
{
    glossa_function_t cbk = glossa_member(&glossa_translator.cbks, fop);
    *any = cbk == NULL;
    return cbk != NULL ? cbk : (glossa_function_t)glossa_translator.any_cbk;
}

/* Whether a fop that opens comes without its fd: the host makes one for us. */
GLOSSA_API bool glossa_opens(const struct glossa_fop *fop, const glossa_value_t *args)
{
    const char *fd = strchr(fop->args, 'f');
    return fd != NULL && strchr(fop->reply, 'f') != NULL && args[fd - fop->args].pointer == NULL;
}

GLOSSA_API void glossa_wind_to(const struct glossa_place *at, glossa_frame_t *frame,
                                  const struct glossa_fop *fop, void *cookie,
                                  glossa_function_t cbk, bool any, const child_t *child,
                                  const glossa_value_t *args)
{
    if (!glossa_usable(at, frame, "wound"))
        return;
    if (child == NULL) {
        glossa_refuse(at, frame, "%s: there is no subvolume to wind to", fop->name);
        return;
    }
    if (cbk == NULL)
        cbk = glossa_own_cbk(fop, &any);
    if (cbk == NULL) {
        glossa_tail(at, frame, fop->number, child, args);
        return;
    }
    const bool plain = frame->glossa.state == 0 && frame->glossa.wound == 0 &&
                       fop == frame->fop && child->index == 0 &&
                       glossa_all_same(fop->args, args, frame->args);
    if (plain) {
        frame->glossa.state = GLOSSA_WIND;
    } else {
        glossa_speak(at, frame);
        glossa_out_wind(at, frame, frame->glossa.wound, child->index, fop, args);
    }
    glossa_wait(frame, cbk, any, cookie != NULL ? cookie : (void *)child,
                !plain && glossa_opens(fop, args));
}

GLOSSA_API void glossa_wind(const struct glossa_place *at, glossa_frame_t *frame, int fop,
                               void *cookie, glossa_function_t cbk, const child_t *child,
                               const glossa_value_t *args)
{
    glossa_wind_to(at, frame, &glossa_fop_table[fop], cookie, cbk, false, child, args);
}

GLOSSA_API void glossa_wind_any(const struct glossa_place *at, glossa_frame_t *frame,
                                   void *cookie, glossa_any_cbk_t cbk, const child_t *child,
                                   const glossa_value_t *args)
{
    glossa_wind_to(at, frame, frame->fop, cookie, (glossa_function_t)cbk, true, child, args);
}

GLOSSA_API void glossa_tail(const struct glossa_place *at, glossa_frame_t *frame, int number,
                               const child_t *child, const glossa_value_t *args)
{
    const struct glossa_fop *fop = &glossa_fop_table[number];
    if (!glossa_usable(at, frame, "handed on"))
        return;
    if (child == NULL) {
        glossa_refuse(at, frame, "%s: there is no subvolume to wind to", fop->name);
    } else if (fop != frame->fop) {
        glossa_refuse(at, frame, "%s: the reply of another fop (%s) needs a callback",
                      glossa_name(frame), fop->name);
    } else if (frame->glossa.state == 0 && frame->glossa.wound == 0 && child->index == 0 &&
               glossa_all_same(fop->args, args, frame->args)) {
        glossa_answered(frame, GLOSSA_TAIL);
    } else {
        glossa_speak(at, frame);
        glossa_out_verb(GLOSSA_SAY_TAIL, at, frame);
        glossa_out_number(child->index);
        glossa_out_number(number);
        glossa_out_values(frame, fop->args, args);
        glossa_answered(frame, GLOSSA_ANSWERED);
    }
}

/* The wind whose reply this is, whole and unchanged; -1 for none. */
GLOSSA_API int32_t glossa_find_reply(glossa_frame_t *frame, int64_t op_ret, int32_t op_errno,
                                        const glossa_value_t *values)
{
    for (const struct glossa_reply *reply = frame->glossa.replies; reply; reply = reply->next)
        if (reply->fop == frame->fop && reply->op_ret == op_ret && reply->op_errno == op_errno &&
            glossa_all_same(reply->fop->reply, values, reply->values))
            return reply->wind;
    return -1;
}

GLOSSA_API bool glossa_is_bare(const char *letters, const glossa_value_t *values)
{
    for (int i = 0; letters[i] != '\0'; i++)
        if (letters[i] == 'n' ? values[i].integer != -1 : values[i].pointer != NULL)
            return false;
    return true;
}

GLOSSA_API int64_t glossa_count(char letter, const void *value)
{
    if (letter == 's')
        return (int64_t)strlen(value);
    return (int64_t)(letter == 'b' ? ((const data_t *)value)->size
                                   : ((const entries_t *)value)->count);
}

GLOSSA_API bool glossa_is_errno(const struct glossa_place *at, glossa_frame_t *frame,
                                   int32_t op_errno)
{
    if (op_errno > 0 && op_errno < 512)
        return true;
    glossa_refuse(at, frame, "%s: %d is no errno such as ENOENT", glossa_name(frame), op_errno);
    return false;
}

/* Tells the host where the module fails its request, for `glossa why`. That something is absent is no mishap. */
GLOSSA_API void glossa_note_failure(const struct glossa_place *at, const glossa_frame_t *frame,
                                       int32_t op_errno)
{
    char id[16];
    if (op_errno == ENOENT || op_errno == ENODATA || op_errno == EOPNOTSUPP)
        return;
    snprintf(id, sizeof id, "%d", (int)frame->glossa.id);
    glossa_out_number(GLOSSA_SAY_LOG);
    glossa_out_place(at);
    glossa_out_number(0); /* a level that writes nothing */
    glossa_out_text(id);
}

GLOSSA_API void glossa_unwind(const struct glossa_place *at, glossa_frame_t *frame, int number,
                                 int64_t op_ret, int32_t op_errno, const glossa_value_t *reply)
{
    const struct glossa_fop *fop = &glossa_fop_table[number];
    if (!glossa_usable(at, frame, "answered"))
        return;
    if (fop != frame->fop) {
        glossa_refuse(at, frame, "%s: answered with the reply of %s", glossa_name(frame),
                      fop->name);
        return;
    }
    if (op_ret < 0 && !glossa_is_errno(at, frame, op_errno))
        return;
    if (frame->glossa.state == 0) {
        const int32_t wind = glossa_find_reply(frame, op_ret, op_errno, reply);
        if (wind >= 0) {
            glossa_answered(frame, GLOSSA_SAME + wind);
            return;
        }
        if (op_ret == -1 && glossa_is_bare(fop->reply, reply)) {
            glossa_note_failure(at, frame, op_errno);
            glossa_answered(frame, -op_errno);
            return;
        }
    }
    if (fop->counts && op_ret >= 0 && reply[0].pointer != NULL)
        op_ret = glossa_count(fop->reply[0], reply[0].pointer);
    glossa_speak(at, frame);
    glossa_out_verb(GLOSSA_SAY_UNWIND, at, frame);
    glossa_out_number(number);
    glossa_out_number((double)op_ret);
    glossa_out_number(op_errno);
    glossa_out_values(frame, fop->reply, reply);
    glossa_answered(frame, GLOSSA_ANSWERED);
}

GLOSSA_API void glossa_fail_at(const struct glossa_place *at, glossa_frame_t *frame,
                                  int32_t op_errno)
{
    if (!glossa_usable(at, frame, "answered") || !glossa_is_errno(at, frame, op_errno))
        return;
    if (frame->glossa.state == 0) {
        glossa_note_failure(at, frame, op_errno);
        glossa_answered(frame, -op_errno);
        return;
    }
    if (frame->fop == NULL) {
        glossa_refuse(at, frame, "a request of its own has no caller to answer");
        return;
    }
    glossa_speak(at, frame);
    glossa_out_verb(GLOSSA_SAY_UNWIND, at, frame);
    glossa_out_number(frame->fop->number);
    glossa_out_number(-1);
    glossa_out_number(op_errno);
    for (const char *letter = frame->fop->reply; *letter != '\0'; letter++)
        glossa_out_number(0);
    glossa_answered(frame, GLOSSA_ANSWERED);
}

#endif
