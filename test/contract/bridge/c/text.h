/* Text that grows, and JSON in it. */
#ifndef TEXT_H
#define TEXT_H

#include "glossa.h"

struct text {
    char *at;
    size_t length, room;
};

static inline void put_bytes(struct text *text, const char *bytes, size_t size)
{
    if (text->room - text->length <= size) {
        text->room = 2 * text->room + size + 1;
        text->at = realloc(text->at, text->room);
    }
    memcpy(text->at + text->length, bytes, size);
    text->length += size;
    text->at[text->length] = '\0';
}

static inline void put(struct text *text, const char *more)
{
    put_bytes(text, more, strlen(more));
}

static inline void put_integer(struct text *text, int64_t number)
{
    char digits[32];
    snprintf(digits, sizeof digits, "%lld", (long long)number);
    put(text, digits);
}

static inline void put_real(struct text *text, double number)
{
    char digits[64];
    if (number != number)
        put(text, "\"NaN\"");
    else if (number - number != 0)
        put(text, number > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    else
        put_bytes(text, digits, (size_t)snprintf(digits, sizeof digits, "%.17g", number));
}

static inline void put_unit(struct text *text, unsigned unit)
{
    char escape[8];
    put_bytes(text, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", unit));
}

/* One character of UTF-8; how many bytes it has, 0 for an invalid one. */
static inline int put_character(struct text *text, const unsigned char *at)
{
    const int length = *at < 0xc2 ? 0 : *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : *at < 0xf5 ? 4 : 0;
    unsigned code = *at & (0x7fu >> length);
    for (int i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (at[i] & 0x3f);
    }
    if (length > 0 && code >= 0x10000) {
        put_unit(text, 0xd800 + ((code - 0x10000) >> 10));
        put_unit(text, 0xdc00 + (code & 0x3ff));
    } else if (length > 0) {
        put_unit(text, code);
    }
    return length;
}

/* A JSON string. Bytes that are no UTF-8 become U+DC00 + byte, as names have it everywhere. */
static inline void put_string(struct text *text, const char *string)
{
    if (string == NULL) {
        put(text, "null");
        return;
    }
    put(text, "\"");
    for (const unsigned char *at = (const unsigned char *)string; *at != '\0';) {
        if (*at < 0x80) {
            if (*at == '"' || *at == '\\')
                put(text, "\\");
            put_bytes(text, (const char *)at++, 1);
            continue;
        }
        const int length = put_character(text, at);
        if (length == 0)
            put_unit(text, 0xdc00 + *at);
        at += length == 0 ? 1 : length;
    }
    put(text, "\"");
}

static inline void put_gfid(struct text *text, gfid_t gfid)
{
    char canonical[GFID_TEXT];
    put_string(text, gfid_print(gfid, canonical));
}

static inline void put_hex(struct text *text, data_t data)
{
    put(text, "\"");
    for (size_t i = 0; i < data.size; i++) {
        char digits[3];
        snprintf(digits, sizeof digits, "%02x", ((const unsigned char *)data.bytes)[i]);
        put(text, digits);
    }
    put(text, "\"");
}

#endif
