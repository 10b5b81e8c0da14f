/*
 * Memory that ends with a frame, gfids, dicts, and tables of things by their numbers. Part of
 * glossa.h: include that.
 */
#ifndef GLOSSA_VALUES_H
#define GLOSSA_VALUES_H

/* -- memory ------------------------------------------------------------------------------- */

struct glossa_chunk {
    struct glossa_chunk *next;
    size_t used, size;
    long double bytes[];
};

#define GLOSSA_CHUNK 2048

/* How many rest before one is used again, so that a late use finds no live handle. */
#define GLOSSA_REST_CHUNKS 4

/* Chunks of the plain size, for frames to come. */
GLOSSA_HIDDEN struct {
    struct glossa_chunk *oldest, *newest;
    size_t count;
} glossa_spare;

GLOSSA_API void *glossa_need(void *memory)
{
    if (memory == NULL) {
        fputs("glossa: out of memory in a C translator\n", stderr);
        abort();
    }
    return memory;
}

GLOSSA_API struct glossa_chunk *glossa_new_chunk(size_t size)
{
    struct glossa_chunk *chunk = glossa_spare.oldest;
    if (size <= GLOSSA_CHUNK && glossa_spare.count > GLOSSA_REST_CHUNKS) {
        glossa_spare.oldest = chunk->next;
        glossa_spare.count--;
    } else {
        if (size < GLOSSA_CHUNK)
            size = GLOSSA_CHUNK;
        chunk = glossa_need(malloc(sizeof *chunk + size));
        chunk->size = size;
    }
    chunk->used = 0;
    return chunk;
}

/* Memory that is not zeroed, freed with the frame or other owner of `*memory`. */
GLOSSA_API void *glossa_get(struct glossa_chunk **memory, size_t size)
{
    struct glossa_chunk *chunk = *memory;
    size = (size + 15) & ~(size_t)15;
    if (chunk == NULL || chunk->size - chunk->used < size) {
        chunk = glossa_new_chunk(size);
        chunk->next = *memory;
        *memory = chunk;
    }
    void *found = (char *)chunk->bytes + chunk->used;
    chunk->used += size;
    return found;
}

/* What was there is overwritten, so that a handle that is used later is found out. */
GLOSSA_API void glossa_free(struct glossa_chunk **memory)
{
    struct glossa_chunk *chunk = *memory;
    *memory = NULL;
    while (chunk != NULL) {
        struct glossa_chunk *next = chunk->next;
        memset(chunk->bytes, 0x5a, chunk->used);
        if (chunk->size == GLOSSA_CHUNK) {
            chunk->next = NULL;
            if (glossa_spare.count++ == 0)
                glossa_spare.oldest = chunk;
            else
                glossa_spare.newest->next = chunk;
            glossa_spare.newest = chunk;
        } else {
            free(chunk);
        }
        chunk = next;
    }
}

GLOSSA_API char *glossa_copy_text(struct glossa_chunk **memory, const char *text, size_t size)
{
    char *copy = glossa_get(memory, size + 1);
    memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

/* -- gfids -------------------------------------------------------------------------------- */

GLOSSA_API bool gfid_equal(gfid_t one, gfid_t other)
{
    return memcmp(one.bytes, other.bytes, sizeof one.bytes) == 0;
}

GLOSSA_API bool gfid_is_null(gfid_t gfid)
{
    return gfid_equal(gfid, (gfid_t){{0}});
}

GLOSSA_API char *gfid_print(gfid_t gfid, char text[GFID_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    char *at = text;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        *at++ = digits[gfid.bytes[i] >> 4];
        *at++ = digits[gfid.bytes[i] & 15];
    }
    *at = '\0';
    return text;
}

GLOSSA_API int glossa_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

GLOSSA_API gfid_t gfid_parse(const char *text)
{
    gfid_t gfid;
    for (int i = 0; i < 16; i++) {
        if ((i == 4 || i == 6 || i == 8 || i == 10) && *text++ != '-')
            return (gfid_t){{0}};
        const int high = glossa_digit(text[0]), low = high < 0 ? -1 : glossa_digit(text[1]);
        if (low < 0)
            return (gfid_t){{0}};
        gfid.bytes[i] = (unsigned char)(high << 4 | low);
        text += 2;
    }
    return *text == '\0' ? gfid : (gfid_t){{0}};
}

/* -- dicts -------------------------------------------------------------------------------- */

#define GLOSSA_DICT 0x64696374u
#define GLOSSA_INODE 0x696e6f64u
#define GLOSSA_FD 0x66642e2eu

struct glossa_dict {
    uint32_t magic;
    bool changed; /* since it came */
    size_t count;
    dict_pair_t *first;
    struct glossa_chunk **memory;
};

GLOSSA_API dict_t *glossa_new_dict(struct glossa_chunk **memory)
{
    dict_t *dict = glossa_get(memory, sizeof *dict);
    *dict = (dict_t){.magic = GLOSSA_DICT, .memory = memory};
    return dict;
}

/* Where a key's pair hangs, or the end. */
GLOSSA_API dict_pair_t **glossa_find_pair(dict_t *dict, const char *key)
{
    dict_pair_t **at = &dict->first;
    while (*at != NULL && strcmp((*at)->key, key) != 0)
        at = (dict_pair_t **)&(*at)->next;
    return at;
}

/* The pair to be filled in; one that was there keeps its place. */
GLOSSA_API dict_pair_t *glossa_set_pair(dict_t *dict, const char *key, int type)
{
    dict_pair_t **at = glossa_find_pair(dict, key);
    dict_pair_t *pair = *at;
    if (pair == NULL) {
        pair = glossa_get(dict->memory, sizeof *pair);
        pair->next = NULL;
        pair->key = glossa_copy_text(dict->memory, key, strlen(key));
        *at = pair;
        dict->count++;
    }
    pair->type = type;
    dict->changed = true;
    return pair;
}

GLOSSA_API size_t dict_count(const dict_t *dict)
{
    return dict == NULL ? 0 : dict->count;
}

GLOSSA_API const dict_pair_t *dict_first(const dict_t *dict)
{
    return dict == NULL ? NULL : dict->first;
}

GLOSSA_API const dict_pair_t *dict_get(const dict_t *dict, const char *key)
{
    return dict == NULL ? NULL : *glossa_find_pair((dict_t *)dict, key);
}

GLOSSA_API void dict_del(dict_t *dict, const char *key)
{
    dict_pair_t **at = glossa_find_pair(dict, key);
    if (*at == NULL)
        return;
    *at = (dict_pair_t *)(*at)->next;
    dict->count--;
    dict->changed = true;
}

GLOSSA_API int dict_get_int64(const dict_t *dict, const char *key, int64_t *value)
{
    const dict_pair_t *pair = dict_get(dict, key);
    if (pair == NULL)
        return -ENOENT;
    if (pair->type != DICT_INT && pair->type != DICT_UINT)
        return -EINVAL;
    *value = pair->value.integer;
    return 0;
}

GLOSSA_API int dict_get_double(const dict_t *dict, const char *key, double *value)
{
    const dict_pair_t *pair = dict_get(dict, key);
    if (pair == NULL || pair->type != DICT_DOUBLE)
        return pair == NULL ? -ENOENT : -EINVAL;
    *value = pair->value.real;
    return 0;
}

GLOSSA_API int dict_get_str(const dict_t *dict, const char *key, const char **value)
{
    const dict_pair_t *pair = dict_get(dict, key);
    if (pair == NULL || pair->type != DICT_STR)
        return pair == NULL ? -ENOENT : -EINVAL;
    *value = pair->value.bytes.bytes;
    return 0;
}

GLOSSA_API int dict_get_bin(const dict_t *dict, const char *key, data_t *value)
{
    const dict_pair_t *pair = dict_get(dict, key);
    if (pair == NULL)
        return -ENOENT;
    if (pair->type != DICT_BIN && pair->type != DICT_MDATA)
        return -EINVAL;
    *value = pair->value.bytes;
    return 0;
}

GLOSSA_API int dict_get_gfuuid(const dict_t *dict, const char *key, gfid_t *value)
{
    const dict_pair_t *pair = dict_get(dict, key);
    if (pair == NULL || pair->type != DICT_GFUUID)
        return pair == NULL ? -ENOENT : -EINVAL;
    *value = pair->value.gfid;
    return 0;
}

GLOSSA_API int dict_get_iatt(const dict_t *dict, const char *key, struct iatt *value)
{
    const dict_pair_t *pair = dict_get(dict, key);
    if (pair == NULL || pair->type != DICT_IATT)
        return pair == NULL ? -ENOENT : -EINVAL;
    *value = *pair->value.iatt;
    return 0;
}

GLOSSA_API void dict_set_int64(dict_t *dict, const char *key, int64_t value)
{
    glossa_set_pair(dict, key, DICT_INT)->value.integer = value;
}

GLOSSA_API void dict_set_uint64(dict_t *dict, const char *key, uint64_t value)
{
    glossa_set_pair(dict, key, DICT_UINT)->value.integer = (int64_t)value;
}

GLOSSA_API void dict_set_double(dict_t *dict, const char *key, double value)
{
    glossa_set_pair(dict, key, DICT_DOUBLE)->value.real = value;
}

GLOSSA_API void glossa_set_bytes(dict_t *dict, const char *key, int type, const void *bytes,
                                    size_t size)
{
    const char *copy = glossa_copy_text(dict->memory, bytes == NULL ? "" : bytes, size);
    glossa_set_pair(dict, key, type)->value.bytes = (data_t){copy, size};
}

GLOSSA_API void dict_set_str(dict_t *dict, const char *key, const char *value)
{
    glossa_set_bytes(dict, key, DICT_STR, value, strlen(value));
}

GLOSSA_API void dict_set_bin(dict_t *dict, const char *key, const void *bytes, size_t size)
{
    glossa_set_bytes(dict, key, DICT_BIN, bytes, size);
}

GLOSSA_API void dict_set_mdata(dict_t *dict, const char *key, const void *bytes, size_t size)
{
    glossa_set_bytes(dict, key, DICT_MDATA, bytes, size);
}

GLOSSA_API void dict_set_gfuuid(dict_t *dict, const char *key, gfid_t value)
{
    glossa_set_pair(dict, key, DICT_GFUUID)->value.gfid = value;
}

GLOSSA_API void dict_set_iatt(dict_t *dict, const char *key, const struct iatt *value)
{
    struct iatt *copy = glossa_get(dict->memory, sizeof *copy);
    *copy = *value;
    glossa_set_pair(dict, key, DICT_IATT)->value.iatt = copy;
}

GLOSSA_API void glossa_copy_pairs(dict_t *to, const dict_t *from)
{
    for (const dict_pair_t *pair = dict_first(from); pair != NULL; pair = pair->next) {
        if (pair->type == DICT_IATT)
            dict_set_iatt(to, pair->key, pair->value.iatt);
        else if (strchr("sbM", pair->type) != NULL)
            glossa_set_bytes(to, pair->key, pair->type, pair->value.bytes.bytes,
                             pair->value.bytes.size);
        else
            glossa_set_pair(to, pair->key, pair->type)->value = pair->value;
    }
}

/* -- numbers to things -------------------------------------------------------------------- */

/* A table of pointers by number; 0 is no number. */
struct glossa_map {
    int64_t *keys;
    void **values;
    size_t count, room; /* room: a power of two, more than twice the count */
};

GLOSSA_API size_t glossa_map_at(const struct glossa_map *map, int64_t key)
{
    size_t at = (size_t)((uint64_t)key * 0x9e3779b97f4a7c15u >> 20) & (map->room - 1);
    while (map->keys[at] != 0 && map->keys[at] != key)
        at = (at + 1) & (map->room - 1);
    return at;
}

GLOSSA_API void *glossa_map_get(const struct glossa_map *map, int64_t key)
{
    return map->count == 0 ? NULL : map->values[glossa_map_at(map, key)];
}

GLOSSA_API void glossa_map_set(struct glossa_map *map, int64_t key, void *value)
{
    if (2 * (map->count + 1) > map->room) {
        const struct glossa_map old = *map;
        map->room = old.room == 0 ? 64 : 2 * old.room;
        map->keys = glossa_need(calloc(map->room, sizeof *map->keys));
        map->values = glossa_need(calloc(map->room, sizeof *map->values));
        for (size_t i = 0; i < old.room; i++) {
            if (old.keys[i] == 0)
                continue;
            const size_t at = glossa_map_at(map, old.keys[i]);
            map->keys[at] = old.keys[i];
            map->values[at] = old.values[i];
        }
        free(old.keys);
        free(old.values);
    }
    const size_t at = glossa_map_at(map, key);
    if (map->keys[at] == 0)
        map->count++;
    map->keys[at] = key;
    map->values[at] = value;
}

/* Takes the value out. What was pushed away by it moves back, so that it is found again. */
GLOSSA_API void *glossa_map_take(struct glossa_map *map, int64_t key)
{
    if (map->count == 0)
        return NULL;
    size_t at = glossa_map_at(map, key);
    void *value = map->values[at];
    if (map->keys[at] == 0)
        return NULL;
    map->count--;
    map->keys[at] = 0;
    map->values[at] = NULL;
    for (at = (at + 1) & (map->room - 1); map->keys[at] != 0; at = (at + 1) & (map->room - 1)) {
        const int64_t moved = map->keys[at];
        void *with = map->values[at];
        map->keys[at] = 0;
        map->values[at] = NULL;
        const size_t to = glossa_map_at(map, moved);
        map->keys[to] = moved;
        map->values[to] = with;
    }
    return value;
}

#endif
