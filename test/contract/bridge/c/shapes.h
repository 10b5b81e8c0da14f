/*
 * What the modules of the contract have in common: values described as JSON, changed, and made; and
 * one function for every fop of the table.
 */
#ifndef SHAPES_H
#define SHAPES_H

#include "text.h"

#define UNUSED(x) ((void)(x))

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

static inline void put_fields(struct text *text, const char *const *names, const int64_t *numbers,
                              int count)
{
    for (int i = 0; i < count; i++) {
        put(text, i == 0 ? "\"" : ",\"");
        put(text, names[i]);
        put(text, "\":");
        put_integer(text, numbers[i]);
    }
}

static inline void put_iatt(struct text *text, const struct iatt *iatt)
{
    static const char *const names[] = {
        "ia_type",       "ia_prot",  "ia_nlink",      "ia_uid",        "ia_gid",
        "ia_size",       "ia_blocks", "ia_blksize",   "ia_dev",        "ia_rdev",
        "ia_atime",      "ia_atime_nsec", "ia_mtime", "ia_mtime_nsec", "ia_ctime",
        "ia_ctime_nsec", "ia_btime", "ia_btime_nsec", "ia_flags",      "ia_attributes",
        "ia_attributes_mask"};
    put(text, "{");
    put_fields(text, names, &iatt->ia_type, 21);
    put(text, ",\"ia_gfid\":");
    put_gfid(text, iatt->ia_gfid);
    put(text, "}");
}

static inline void put_lock(struct text *text, const gf_flock_t *lock)
{
    static const char *const names[] = {"type", "whence", "start", "len", "pid"};
    put(text, "{");
    put_fields(text, names, &lock->l_type, 5);
    put(text, ",\"owner\":");
    put_string(text, lock->l_owner);
    put(text, "}");
}

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
    static const char *const statvfs_names[] = {"bsize", "frsize", "blocks", "bfree",
                                                "bavail", "files", "ffree", "favail",
                                                "fsid", "flag", "namemax"};
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
        put(text, "{");
        put_fields(text, statvfs_names, &((const statvfs_t *)it)->f_bsize, 11);
        put(text, "}");
        break;
    default: {
        const gf_lease_t *lease = it;
        const int64_t numbers[] = {lease->cmd, lease->lease_type, lease->lease_flags};
        put(text, "{");
        put_fields(text, (const char *const[]){"cmd", "type", "flags"}, numbers, 3);
        put(text, ",\"id\":");
        put_gfid(text, lease->lease_id);
        put(text, "}");
    }
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
