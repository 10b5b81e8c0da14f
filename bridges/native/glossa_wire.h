/*
 * Decodes records of the host, and encodes messages for it (bridges/compiled/). Part of
 * glossa.h: include that.
 *
 * Both are rows of doubles. A text is its length in bytes (-1 for none), then the bytes, a NUL and
 * padding. A gfid in a record is a place in glossa_gfids and its 36 characters (padded to 5 doubles),
 * or minus the place when it is there already, or a 0 for none; in a message, a text.
 */
#ifndef GLOSSA_WIRE_H
#define GLOSSA_WIRE_H

/* Reads all fields of `to`, and writes those of `from`. FIELDS: GLOSSA_IATT_FIELDS or the like. */
#define GLOSSA_IN_FIELD(kind, member, name) to->member = glossa_in_##kind(in);
#define GLOSSA_IN_FIELDS(FIELDS) FIELDS(GLOSSA_IN_FIELD)
#define GLOSSA_FIELD_SIZE(kind, member, name) +glossa_size_##kind(from->member)
#define GLOSSA_PUT_FIELD(kind, member, name) at = glossa_put_##kind(at, from->member);
#define GLOSSA_OUT_FIELDS(FIELDS)                              \
    double *at = glossa_out_room(0 FIELDS(GLOSSA_FIELD_SIZE)); \
    FIELDS(GLOSSA_PUT_FIELD)

/* -- records ------------------------------------------------------------------------------ */

struct glossa_in {
    const double *at;
    struct glossa_chunk **memory; /* where what is read goes */
    uint8_t *data;                /* the bytes of this call */
    data_t *holder;               /* the data_t that points at them; NULL when nothing does */
};

GLOSSA_API int64_t glossa_in_integer(struct glossa_in *in)
{
    return (int64_t)*in->at++;
}

GLOSSA_API const char *glossa_in_sized(struct glossa_in *in, size_t *size)
{
    const int64_t length = glossa_in_integer(in);
    if (length < 0)
        return NULL;
    const char *text = (const char *)in->at;
    in->at += ((size_t)length + 8) / 8;
    *size = (size_t)length;
    return glossa_copy_text(in->memory, text, *size);
}

GLOSSA_API const char *glossa_in_text(struct glossa_in *in)
{
    size_t size;
    return glossa_in_sized(in, &size);
}

/* Those that came last: the host names one of them by its place. */
#define GLOSSA_GFIDS 512
GLOSSA_HIDDEN gfid_t glossa_gfids[GLOSSA_GFIDS];

GLOSSA_API gfid_t glossa_in_gfid(struct glossa_in *in)
{
    static const unsigned char places[16] = {0,  2,  4,  6,  9,  11, 14, 16,
                                             19, 21, 24, 26, 28, 30, 32, 34};
    gfid_t gfid = {{0}};
    const int64_t slot = glossa_in_integer(in);
    if (slot == 0)
        return gfid;
    if (slot < 0)
        return glossa_gfids[-slot & (GLOSSA_GFIDS - 1)];
    const char *text = (const char *)in->at;
    for (int i = 0; i < 16; i++) {
        /* The host writes nothing but lower-case digits. */
        const unsigned high = (unsigned char)text[places[i]];
        const unsigned low = (unsigned char)text[places[i] + 1];
        gfid.bytes[i] = (unsigned char)(((high & 15) + (high >> 6) * 9) << 4 |
                                        ((low & 15) + (low >> 6) * 9));
    }
    in->at += 5;
    glossa_gfids[slot & (GLOSSA_GFIDS - 1)] = gfid;
    return gfid;
}

GLOSSA_API const char *glossa_in_path(struct glossa_in *in)
{
    return (glossa_translator.needs & GLOSSA_NEEDS_PATH) != 0 ? glossa_in_text(in) : NULL;
}

GLOSSA_API inode_t *glossa_in_inode(struct glossa_in *in)
{
    const int64_t id = glossa_in_integer(in);
    if (id == 0)
        return NULL;
    inode_t *inode = glossa_get(in->memory, sizeof *inode);
    inode->glossa_magic = GLOSSA_INODE;
    inode->id = id;
    inode->ia_type = glossa_in_integer(in);
    inode->gfid = glossa_in_gfid(in);
    inode->path = glossa_in_path(in);
    return inode;
}

GLOSSA_API loc_t *glossa_in_loc(struct glossa_in *in)
{
    loc_t *loc = glossa_get(in->memory, sizeof *loc);
    loc->inode = glossa_in_inode(in);
    loc->parent = glossa_in_inode(in);
    loc->name = glossa_in_text(in);
    loc->gfid = glossa_in_gfid(in);
    if (gfid_is_null(loc->gfid) && loc->inode != NULL)
        loc->gfid = loc->inode->gfid;
    loc->pargfid = loc->parent == NULL ? (gfid_t){{0}} : loc->parent->gfid;
    loc->path = glossa_in_path(in);
    return loc;
}

GLOSSA_API fd_t *glossa_in_fd(struct glossa_in *in)
{
    const int64_t id = glossa_in_integer(in);
    if (id == 0)
        return NULL;
    fd_t *fd = glossa_get(in->memory, sizeof *fd);
    fd->glossa_magic = GLOSSA_FD;
    fd->id = id;
    fd->flags = glossa_in_integer(in);
    fd->pid = glossa_in_integer(in);
    fd->is_dir = glossa_in_integer(in) != 0;
    fd->inode = glossa_in_inode(in);
    return fd;
}

GLOSSA_API struct iatt *glossa_in_iatt(struct glossa_in *in)
{
    if (glossa_in_integer(in) == 0)
        return NULL;
    struct iatt *to = glossa_get(in->memory, sizeof *to);
    GLOSSA_IN_FIELDS(GLOSSA_IATT_FIELDS)
    return to;
}

GLOSSA_API dict_t *glossa_in_dict(struct glossa_in *in)
{
    const int64_t count = glossa_in_integer(in);
    if (count < 0)
        return NULL;
    dict_t *dict = glossa_new_dict(in->memory);
    dict_pair_t **end = &dict->first;
    for (int64_t i = 0; i < count; i++) {
        dict_pair_t *pair = glossa_get(in->memory, sizeof *pair);
        pair->next = NULL;
        pair->key = glossa_in_text(in);
        pair->type = (int)glossa_in_integer(in);
        switch (pair->type) {
        case DICT_INT:
        case DICT_UINT:
            pair->value.integer = glossa_in_integer(in);
            break;
        case DICT_DOUBLE:
            pair->value.real = *in->at++;
            break;
        case DICT_GFUUID:
            pair->value.gfid = glossa_in_gfid(in);
            break;
        case DICT_IATT:
            pair->value.iatt = glossa_in_iatt(in);
            break;
        default:
            pair->value.bytes.bytes = glossa_in_sized(in, &pair->value.bytes.size);
        }
        *end = pair;
        end = (dict_pair_t **)&pair->next;
    }
    dict->count = (size_t)count;
    return dict;
}

/* `bytes` of no others than these end with the call. */
GLOSSA_API data_t *glossa_in_data(struct glossa_in *in)
{
    const int64_t size = glossa_in_integer(in);
    if (size < 0)
        return NULL;
    data_t *data = glossa_get(in->memory, sizeof *data);
    *data = (data_t){in->data, (size_t)size};
    in->holder = data;
    return data;
}

GLOSSA_API entries_t *glossa_in_entries(struct glossa_in *in, uint32_t frame, int32_t wind,
                                           int32_t index)
{
    const int64_t count = glossa_in_integer(in);
    if (count < 0)
        return NULL;
    entries_t *entries = glossa_get(in->memory, sizeof *entries);
    gf_dirent_t *at = glossa_get(in->memory, (size_t)count * sizeof *at);
    for (int32_t i = 0; i < count; i++) {
        at[i].d_name = glossa_in_text(in);
        at[i].d_off = glossa_in_integer(in);
        at[i].d_type = glossa_in_integer(in);
        at[i].d_gfid = glossa_in_gfid(in);
        at[i].d_stat = glossa_in_iatt(in);
        at[i].glossa_origin.frame = frame;
        at[i].glossa_origin.wind = wind;
        at[i].glossa_origin.index = index;
        at[i].glossa_origin.entry = i;
    }
    *entries = (entries_t){at, (size_t)count};
    return entries;
}

GLOSSA_API void glossa_in_lock(struct glossa_in *in, gf_flock_t *to)
{
    GLOSSA_IN_FIELDS(GLOSSA_FLOCK_FIELDS)
}

GLOSSA_API locklist_t *glossa_in_locks(struct glossa_in *in)
{
    const int64_t count = glossa_in_integer(in);
    if (count < 0)
        return NULL;
    locklist_t *locks = glossa_get(in->memory, sizeof *locks);
    gf_flock_t *at = glossa_get(in->memory, (size_t)count * sizeof *at);
    for (int64_t i = 0; i < count; i++)
        glossa_in_lock(in, at + i);
    *locks = (locklist_t){at, (size_t)count};
    return locks;
}

GLOSSA_API void *glossa_in_flat(struct glossa_in *in, char letter)
{
    if (glossa_in_integer(in) == 0)
        return NULL;
    if (letter == 'v') {
        statvfs_t *to = glossa_get(in->memory, sizeof *to);
        GLOSSA_IN_FIELDS(GLOSSA_STATVFS_FIELDS)
        return to;
    }
    if (letter == 'k') {
        gf_flock_t *lock = glossa_get(in->memory, sizeof *lock);
        glossa_in_lock(in, lock);
        return lock;
    }
    gf_lease_t *to = glossa_get(in->memory, sizeof *to);
    GLOSSA_IN_FIELDS(GLOSSA_LEASE_FIELDS)
    return to;
}

/* The values of a fop or reply; `wind` is where they are from, -1 for the fop's own. */
GLOSSA_API glossa_value_t *glossa_in_values(struct glossa_in *in, const char *letters,
                                               uint32_t frame, int32_t wind)
{
    glossa_value_t *values = glossa_get(in->memory, strlen(letters) * sizeof *values);
    for (int32_t i = 0; letters[i] != '\0'; i++) {
        switch (letters[i]) {
        case 'n':
            values[i].integer = glossa_in_integer(in);
            break;
        case 'l':
            values[i].pointer = glossa_in_loc(in);
            break;
        case 'i':
            values[i].pointer = glossa_in_inode(in);
            break;
        case 'f':
            values[i].pointer = glossa_in_fd(in);
            break;
        case 'a':
            values[i].pointer = glossa_in_iatt(in);
            break;
        case 'd':
            values[i].pointer = glossa_in_dict(in);
            break;
        case 's':
            values[i].pointer = glossa_in_text(in);
            break;
        case 'b':
            values[i].pointer = glossa_in_data(in);
            break;
        case 'e':
            values[i].pointer = glossa_in_entries(in, frame, wind, i);
            break;
        case 'm':
            values[i].pointer = glossa_in_locks(in);
            break;
        default:
            values[i].pointer = glossa_in_flat(in, letters[i]);
        }
    }
    return values;
}

/* -- messages ----------------------------------------------------------------------------- */

/* What is to be told when the call has ended. */
GLOSSA_HIDDEN struct {
    double *at;
    size_t count, room;
} glossa_out;

GLOSSA_API double *glossa_out_room(size_t count)
{
    if (glossa_out.room - glossa_out.count < count) {
        glossa_out.room = 2 * glossa_out.room + count;
        glossa_out.at = glossa_need(realloc(glossa_out.at, glossa_out.room * sizeof(double)));
    }
    double *at = glossa_out.at + glossa_out.count;
    glossa_out.count += count;
    return at;
}

GLOSSA_API void glossa_out_number(double number)
{
    *glossa_out_room(1) = number;
}

/* How many doubles each kind takes, and how it is written there; what is behind it. */
GLOSSA_API size_t glossa_size_bytes(size_t size)
{
    return 1 + (size + 8) / 8;
}

GLOSSA_API double *glossa_put_bytes(double *at, const void *bytes, size_t size)
{
    *at = (double)size;
    if (size > 0)
        memcpy(at + 1, bytes, size);
    return at + glossa_size_bytes(size);
}

GLOSSA_API size_t glossa_size_text(const char *text)
{
    return text == NULL ? 1 : glossa_size_bytes(strlen(text));
}

GLOSSA_API double *glossa_put_text(double *at, const char *text)
{
    if (text != NULL)
        return glossa_put_bytes(at, text, strlen(text));
    *at = -1;
    return at + 1;
}

GLOSSA_API size_t glossa_size_gfid(gfid_t gfid)
{
    (void)gfid;
    return glossa_size_bytes(GFID_TEXT - 1);
}

GLOSSA_API double *glossa_put_gfid(double *at, gfid_t gfid)
{
    *at = GFID_TEXT - 1;
    gfid_print(gfid, (char *)(at + 1));
    return at + glossa_size_gfid(gfid);
}

GLOSSA_API size_t glossa_size_integer(int64_t integer)
{
    (void)integer;
    return 1;
}

GLOSSA_API double *glossa_put_integer(double *at, int64_t integer)
{
    *at = (double)integer;
    return at + 1;
}

GLOSSA_API void glossa_out_bytes(const void *bytes, size_t size)
{
    glossa_put_bytes(glossa_out_room(glossa_size_bytes(size)), bytes, size);
}

GLOSSA_API void glossa_out_text(const char *text)
{
    glossa_put_text(glossa_out_room(glossa_size_text(text)), text);
}

GLOSSA_API void glossa_out_gfid(gfid_t gfid)
{
    glossa_put_gfid(glossa_out_room(glossa_size_gfid(gfid)), gfid);
}

/* A handle's number; -1 for a handle that is unknown, or no longer valid. */
GLOSSA_API void glossa_out_inode(const inode_t *inode)
{
    if (inode == NULL)
        glossa_out_number(0);
    else
        glossa_out_number(inode->glossa_magic == GLOSSA_INODE ? (double)inode->id : -1);
}

GLOSSA_API void glossa_out_loc(const loc_t *loc)
{
    glossa_out_inode(loc->inode);
    glossa_out_inode(loc->parent);
    glossa_out_text(loc->name);
    glossa_out_gfid(loc->gfid);
}

GLOSSA_API void glossa_out_iatt(const struct iatt *from)
{
    GLOSSA_OUT_FIELDS(GLOSSA_IATT_FIELDS)
}

GLOSSA_API void glossa_out_statvfs(const statvfs_t *from)
{
    GLOSSA_OUT_FIELDS(GLOSSA_STATVFS_FIELDS)
}

GLOSSA_API void glossa_out_lock(const gf_flock_t *from)
{
    GLOSSA_OUT_FIELDS(GLOSSA_FLOCK_FIELDS)
}

GLOSSA_API void glossa_out_lease(const gf_lease_t *from)
{
    GLOSSA_OUT_FIELDS(GLOSSA_LEASE_FIELDS)
}

GLOSSA_API void glossa_out_dict(const dict_t *dict)
{
    if (dict->magic != GLOSSA_DICT) {
        glossa_out_number(-1);
        return;
    }
    glossa_out_number((double)dict->count);
    for (const dict_pair_t *pair = dict->first; pair != NULL; pair = pair->next) {
        glossa_out_text(pair->key);
        glossa_out_number(pair->type);
        if (pair->type == DICT_INT || pair->type == DICT_UINT)
            glossa_out_number((double)pair->value.integer);
        else if (pair->type == DICT_DOUBLE)
            glossa_out_number(pair->value.real);
        else if (pair->type == DICT_GFUUID)
            glossa_out_gfid(pair->value.gfid);
        else if (pair->type == DICT_IATT)
            glossa_out_iatt(pair->value.iatt);
        else
            glossa_out_bytes(pair->value.bytes.bytes, pair->value.bytes.size);
    }
}

/* `origin` is the list that the entry is from, if that is the frame's. */
GLOSSA_API void glossa_out_entry(const gf_dirent_t *entry, const entries_t *origin)
{
    glossa_out_text(entry->d_name);
    glossa_out_number((double)entry->d_off);
    glossa_out_number((double)entry->d_type);
    glossa_out_gfid(entry->d_gfid);
    glossa_out_number(origin == NULL ? -2 : entry->glossa_origin.wind);
    glossa_out_number(entry->glossa_origin.index);
    glossa_out_number(entry->glossa_origin.entry);
    if (entry->d_stat == NULL) {
        glossa_out_number(0);
    } else if (origin != NULL && origin->at[entry->glossa_origin.entry].d_stat == entry->d_stat) {
        glossa_out_number(2);
    } else {
        glossa_out_number(1);
        glossa_out_iatt(entry->d_stat);
    }
}

#endif
