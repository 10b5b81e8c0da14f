/*
 * Records that the host has written, and messages for it. Other side: area.ts, messages.ts. Part of
 * glossa.h: include that.
 *
 * Both are rows of doubles. A text is its length in bytes (-1 for none), then the bytes, a NUL and
 * padding. A gfid in a record is a place in glossa_gfids and its 36 characters (padded to 5 doubles),
 * or minus the place when it is there already, or a 0 for none; in a message, a text.
 */
#ifndef GLOSSA_WIRE_H
#define GLOSSA_WIRE_H

#define GLOSSA_IATT_NUMBERS 21
#define GLOSSA_STATVFS_NUMBERS 11
#define GLOSSA_FLOCK_NUMBERS 5

/* -- records ------------------------------------------------------------------------------ */

struct glossa_in {
    const double *at;
    struct glossa_chunk **memory; /* where what is read goes */
    uint8_t *data;                /* the bytes of this call */
    data_t *lent;                 /* who got them */
};

GLOSSA_API int64_t glossa_in_integer(struct glossa_in *in)
{
    return (int64_t)*in->at++;
}

GLOSSA_API void glossa_in_integers(struct glossa_in *in, int64_t *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = (int64_t)in->at[i];
    in->at += count;
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
    struct iatt *iatt = glossa_get(in->memory, sizeof *iatt);
    int64_t numbers[GLOSSA_IATT_NUMBERS];
    iatt->ia_gfid = glossa_in_gfid(in);
    glossa_in_integers(in, numbers, GLOSSA_IATT_NUMBERS);
    memcpy(&iatt->ia_type, numbers, sizeof numbers);
    return iatt;
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
    in->lent = data;
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

GLOSSA_API void glossa_in_lock(struct glossa_in *in, gf_flock_t *lock)
{
    int64_t numbers[GLOSSA_FLOCK_NUMBERS];
    glossa_in_integers(in, numbers, GLOSSA_FLOCK_NUMBERS);
    memcpy(&lock->l_type, numbers, sizeof numbers);
    lock->l_owner = glossa_in_text(in);
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
        statvfs_t *statvfs = glossa_get(in->memory, sizeof *statvfs);
        int64_t numbers[GLOSSA_STATVFS_NUMBERS];
        glossa_in_integers(in, numbers, GLOSSA_STATVFS_NUMBERS);
        memcpy(&statvfs->f_bsize, numbers, sizeof numbers);
        return statvfs;
    }
    if (letter == 'k') {
        gf_flock_t *lock = glossa_get(in->memory, sizeof *lock);
        glossa_in_lock(in, lock);
        return lock;
    }
    gf_lease_t *lease = glossa_get(in->memory, sizeof *lease);
    lease->cmd = glossa_in_integer(in);
    lease->lease_type = glossa_in_integer(in);
    lease->lease_id = glossa_in_gfid(in);
    lease->lease_flags = glossa_in_integer(in);
    return lease;
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

GLOSSA_API void glossa_out_bytes(const void *bytes, size_t size)
{
    glossa_out_number((double)size);
    char *at = (char *)glossa_out_room((size + 8) / 8);
    if (size > 0)
        memcpy(at, bytes, size);
}

GLOSSA_API void glossa_out_text(const char *text)
{
    if (text == NULL)
        glossa_out_number(-1);
    else
        glossa_out_bytes(text, strlen(text));
}

GLOSSA_API void glossa_out_gfid(gfid_t gfid)
{
    char text[GFID_TEXT];
    glossa_out_text(gfid_print(gfid, text));
}

GLOSSA_API void glossa_out_integers(const int64_t *numbers, size_t count)
{
    double *at = glossa_out_room(count);
    for (size_t i = 0; i < count; i++)
        at[i] = (double)numbers[i];
}

/* A handle's number; -1 for one that is none, or no longer. */
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

GLOSSA_API void glossa_out_iatt(const struct iatt *iatt)
{
    int64_t numbers[GLOSSA_IATT_NUMBERS];
    memcpy(numbers, &iatt->ia_type, sizeof numbers);
    glossa_out_gfid(iatt->ia_gfid);
    glossa_out_integers(numbers, GLOSSA_IATT_NUMBERS);
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

GLOSSA_API void glossa_out_lock(const gf_flock_t *lock)
{
    int64_t numbers[GLOSSA_FLOCK_NUMBERS];
    memcpy(numbers, &lock->l_type, sizeof numbers);
    glossa_out_integers(numbers, GLOSSA_FLOCK_NUMBERS);
    glossa_out_text(lock->l_owner == NULL ? "" : lock->l_owner);
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
