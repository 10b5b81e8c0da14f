/*
 * Shared code of the contract's modules: describes values as JSON, changes and makes them, and has one
 * function for every fop of the table.
 */
#ifndef SHAPES_H
#define SHAPES_H

#include "text.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

/* What a fop's function and its callback are called with. */
#define CALL(name) glossa_frame_t *frame, xlator_t *this, GLOSSA_PARAMS_##name
#define REPLY(name)                                                                      \
    glossa_frame_t *frame, void *cookie, xlator_t *this, int64_t op_ret, int32_t op_errno, \
        GLOSSA_REPLY_PARAMS_##name
#define ANY_CALL glossa_frame_t *frame, xlator_t *this, const glossa_value_t *args
#define ANY_REPLY                                                                        \
    glossa_frame_t *frame, void *cookie, xlator_t *this, int64_t op_ret, int32_t op_errno, \
        const glossa_value_t *reply

/* Members of struct glossa_fops and glossa_cbks: fop_<name>, cbk_<name>. */
#define FOP_MEMBER(name) .name = fop_##name,
#define CBK_MEMBER(name) .name = cbk_##name,
#define EVERY_FOP GLOSSA_EACH_FOP(FOP_MEMBER)
#define EVERY_CBK GLOSSA_EACH_FOP(CBK_MEMBER)

/* -- describing --------------------------------------------------------------------------- */

/* A structure's fields by their names. */
#define PUT_FIELD(kind, member, name) \
    put(text, mark);                  \
    put(text, "\"" #name "\":");      \
    put_##kind(text, from->member);   \
    mark = ",";
#define PUT_STRUCT(function, type, FIELDS)                           \
    static inline void function(struct text *text, const type *from) \
    {                                                                \
        const char *mark = "{";                                      \
        FIELDS(PUT_FIELD)                                            \
        put(text, "}");                                              \
    }
#define put_text put_string
PUT_STRUCT(put_iatt, struct iatt, GLOSSA_IATT_FIELDS)
PUT_STRUCT(put_statvfs, statvfs_t, GLOSSA_STATVFS_FIELDS)
PUT_STRUCT(put_lock, gf_flock_t, GLOSSA_FLOCK_FIELDS)
PUT_STRUCT(put_lease, gf_lease_t, GLOSSA_LEASE_FIELDS)

static inline const char *type_name(int type)
{
    switch (type) {
    case DICT_INT:
        return "int";
    case DICT_UINT:
        return "uint";
    case DICT_DOUBLE:
        return "double";
    case DICT_STR:
        return "str";
    case DICT_BIN:
        return "bin";
    case DICT_GFUUID:
        return "gfuuid";
    case DICT_IATT:
        return "iatt";
    default:
        return "mdata";
    }
}

static inline void put_pair(struct text *text, const dict_pair_t *pair)
{
    put(text, "[");
    put_string(text, pair->key);
    put(text, ",");
    put_string(text, type_name(pair->type));
    put(text, ",");
    switch (pair->type) {
    case DICT_INT:
    case DICT_UINT:
        put_integer(text, pair->value.integer);
        break;
    case DICT_DOUBLE:
        put_real(text, pair->value.real);
        break;
    case DICT_STR:
        put_string(text, pair->value.bytes.bytes);
        break;
    case DICT_GFUUID:
        put_gfid(text, pair->value.gfid);
        break;
    case DICT_IATT:
        put_iatt(text, pair->value.iatt);
        break;
    default:
        put_hex(text, pair->value.bytes);
    }
    put(text, "]");
}

static inline void put_dict(struct text *text, const dict_t *dict)
{
    put(text, "[");
    for (const dict_pair_t *pair = dict_first(dict); pair != NULL; pair = pair->next) {
        put_pair(text, pair);
        put(text, pair->next == NULL ? "" : ",");
    }
    put(text, "]");
}

static inline void put_loc(struct text *text, const loc_t *loc)
{
    put(text, "[");
    put_string(text, loc->name);
    put(text, ",");
    put_gfid(text, loc->gfid);
    put(text, ",");
    put_gfid(text, loc->pargfid);
    put(text, ",");
    put_string(text, loc->path);
    put(text, ",");
    if (loc->inode == NULL)
        put(text, "null");
    else
        put_gfid(text, loc->inode->gfid);
    put(text, "]");
}

static inline void put_entry(struct text *text, const gf_dirent_t *entry)
{
    put(text, "[");
    put_string(text, entry->d_name);
    put(text, ",");
    put_integer(text, entry->d_off);
    put(text, ",");
    put_integer(text, entry->d_type);
    put(text, ",");
    put_gfid(text, entry->d_gfid);
    put(text, ",");
    if (entry->d_stat == NULL)
        put(text, "null");
    else
        put_iatt(text, entry->d_stat);
    put(text, "]");
}

static inline void put_value(struct text *text, char letter, glossa_value_t value)
{
    const void *it = value.pointer;
    if (letter == 'n') {
        put_integer(text, value.integer);
        return;
    }
    if (it == NULL) {
        put(text, "null");
        return;
    }
    switch (letter) {
    case 'l':
        put_loc(text, it);
        break;
    case 'i':
        put(text, "[");
        put_gfid(text, ((const inode_t *)it)->gfid);
        put(text, ",");
        put_integer(text, ((const inode_t *)it)->ia_type);
        put(text, "]");
        break;
    case 'f': {
        const fd_t *fd = it;
        put(text, "[");
        put_gfid(text, fd->inode->gfid);
        put(text, ",");
        put_integer(text, fd->flags);
        put(text, ",");
        put_integer(text, fd->pid);
        put(text, fd->is_dir ? ",true]" : ",false]");
        break;
    }
    case 'a':
        put_iatt(text, it);
        break;
    case 'd':
        put_dict(text, it);
        break;
    case 's':
        put_string(text, it);
        break;
    case 'b':
        put_hex(text, *(const data_t *)it);
        break;
    case 'e':
        put(text, "[");
        for (size_t i = 0; i < ((const entries_t *)it)->count; i++) {
            put(text, i == 0 ? "" : ",");
            put_entry(text, ((const entries_t *)it)->at + i);
        }
        put(text, "]");
        break;
    case 'm':
        put(text, "[");
        for (size_t i = 0; i < ((const locklist_t *)it)->count; i++) {
            put(text, i == 0 ? "" : ",");
            put_lock(text, ((const locklist_t *)it)->at + i);
        }
        put(text, "]");
        break;
    case 'k':
        put_lock(text, it);
        break;
    case 'v':
        put_statvfs(text, it);
        break;
    default:
        put_lease(text, it);
    }
}

/* All there is to say about values, as JSON; to be freed. */
static inline char *describe(const char *letters, const glossa_value_t *values)
{
    struct text text = {NULL, 0, 0};
    put(&text, "[");
    for (int i = 0; letters[i] != '\0'; i++) {
        put(&text, i == 0 ? "" : ",");
        put_value(&text, letters[i], values[i]);
    }
    put(&text, "]");
    return text.at;
}

/* -- changing ----------------------------------------------------------------------------- */

static inline char *with_tilde(glossa_frame_t *frame, const char *text)
{
    const size_t length = strlen(text);
    char *longer = frame_alloc(frame, length + 2);
    memcpy(longer, text, length);
    longer[length] = '~';
    return longer;
}

static inline void *same_again(glossa_frame_t *frame, const void *from, size_t size)
{
    return memcpy(frame_alloc(frame, size), from, size);
}

static inline const void *changed(glossa_frame_t *frame, char letter, const void *it)
{
    switch (letter) {
    case 'l': {
        loc_t *loc = same_again(frame, it, sizeof *loc);
        if (loc->name == NULL)
            return it;
        loc->name = with_tilde(frame, loc->name);
        return loc;
    }
    case 'a': {
        struct iatt *iatt = same_again(frame, it, sizeof *iatt);
        iatt->ia_size++;
        return iatt;
    }
    case 'd': {
        dict_t *dict = dict_copy(frame, it);
        dict_set_int64(dict, "changed", 1);
        return dict;
    }
    case 's':
        return with_tilde(frame, it);
    case 'b': {
        data_t *data = same_again(frame, it, sizeof *data);
        char *longer = frame_alloc(frame, data->size + 1);
        if (data->size > 0)
            memcpy(longer, data->bytes, data->size);
        longer[data->size] = '~';
        *data = (data_t){longer, data->size + 1};
        return data;
    }
    case 'e': {
        entries_t *entries = same_again(frame, it, sizeof *entries);
        gf_dirent_t *at = same_again(frame, entries->at, entries->count * sizeof *at);
        for (size_t i = 0; i < entries->count; i++)
            at[i].d_name = with_tilde(frame, at[i].d_name);
        entries->at = at;
        return entries;
    }
    case 'v': {
        statvfs_t *statvfs = same_again(frame, it, sizeof *statvfs);
        statvfs->f_bfree++;
        return statvfs;
    }
    case 'k': {
        gf_flock_t *lock = same_again(frame, it, sizeof *lock);
        lock->l_start++;
        return lock;
    }
    case 'z': {
        gf_lease_t *lease = same_again(frame, it, sizeof *lease);
        lease->lease_flags++;
        return lease;
    }
    case 'm': {
        locklist_t *locks = same_again(frame, it, sizeof *locks);
        gf_flock_t *at = same_again(frame, locks->at, locks->count * sizeof *at);
        for (size_t i = 0; i < locks->count; i++)
            at[i].l_start++;
        locks->at = at;
        return locks;
    }
    default:
        return it;
    }
}

/* Exchanges each value for a changed one. */
static inline void change(glossa_frame_t *frame, const char *letters, glossa_value_t *values)
{
    for (int i = 0; letters[i] != '\0'; i++) {
        if (letters[i] == 'n')
            values[i].integer++;
        else if (values[i].pointer != NULL)
            values[i].pointer = changed(frame, letters[i], values[i].pointer);
    }
}

/* The same, in a copy of the row. */
static inline glossa_value_t *change_all(glossa_frame_t *frame, const char *letters,
                                         const glossa_value_t *values)
{
    glossa_value_t *copy = same_again(frame, values, strlen(letters) * sizeof *copy);
    change(frame, letters, copy);
    return copy;
}

/* -- making ------------------------------------------------------------------------------- */

static inline const void *own_part(glossa_frame_t *frame, char letter)
{
    switch (letter) {
    case 'a': {
        struct iatt *iatt = frame_alloc(frame, sizeof *iatt);
        iatt->ia_size = 7;
        iatt->ia_type = IA_IFREG;
        iatt->ia_gfid.bytes[15] = 7;
        return iatt;
    }
    case 'd': {
        dict_t *dict = dict_new(frame);
        dict_set_int64(dict, "own", 7);
        dict_set_str(dict, "text", "seven");
        dict_set_bin(dict, "data", "\x07\xff", 2);
        dict_set_double(dict, "half", 0.5);
        return dict;
    }
    case 's':
        return "own";
    case 'b': {
        data_t *data = frame_alloc(frame, sizeof *data);
        *data = (data_t){"own", 3};
        return data;
    }
    case 'e':
        return frame_alloc(frame, sizeof(entries_t));
    case 'v': {
        statvfs_t *statvfs = frame_alloc(frame, sizeof *statvfs);
        statvfs->f_bsize = statvfs->f_frsize = 4096;
        statvfs->f_namemax = 255;
        statvfs->f_bfree = 7;
        return statvfs;
    }
    case 'k': {
        gf_flock_t *lock = frame_alloc(frame, sizeof *lock);
        lock->l_start = 7;
        lock->l_owner = "07";
        return lock;
    }
    case 'z': {
        gf_lease_t *lease = frame_alloc(frame, sizeof *lease);
        lease->lease_flags = 7;
        return lease;
    }
    case 'm': {
        locklist_t *locks = frame_alloc(frame, sizeof *locks);
        gf_flock_t *at = frame_alloc(frame, 2 * sizeof *at);
        at[0].l_start = 7;
        at[1].l_start = 8;
        *locks = (locklist_t){at, 2};
        return locks;
    }
    default: {
        /* An inode or fd is one of the request's, if it has any. */
        const char *mine = strchr(frame->fop->args, letter);
        const char *loc = strchr(frame->fop->args, 'l');
        if (mine == NULL && letter == 'i' && loc != NULL)
            return ((const loc_t *)frame->args[loc - frame->fop->args].pointer)->inode;
        return mine == NULL ? NULL : frame->args[mine - frame->fop->args].pointer;
    }
    }
}

/* A reply that no child gave. */
static inline const glossa_value_t *own_reply(glossa_frame_t *frame)
{
    const char *letters = frame->fop->reply;
    glossa_value_t *reply = frame_alloc(frame, strlen(letters) * sizeof *reply);
    for (int i = 0; letters[i] != '\0'; i++) {
        if (letters[i] == 'n')
            reply[i].integer = 7;
        else
            reply[i].pointer = own_part(frame, letters[i]);
    }
    return reply;
}

/* What is said of it: that all of the data was written, or else what is given. */
static inline int64_t own_ret(glossa_frame_t *frame, int64_t otherwise)
{
    if (strcmp(frame->fop->name, "writev") != 0)
        return otherwise;
    return (int64_t)((const data_t *)frame->args[1].pointer)->size;
}

/* The same as the runtime has it for scripts that leave it to it. */
static inline int64_t meant_ret(glossa_frame_t *frame)
{
    const char *name = frame->fop->name;
    if (strcmp(name, "copy_file_range") == 0)
        return frame->args[4].integer;
    return own_ret(frame, strstr(name, "getxattr") != NULL ? 4 : 0);
}

#endif
