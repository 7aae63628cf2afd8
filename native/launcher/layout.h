/* What a payload is made of, as a word of one letter a field, so that every message and record is a row in a table:
 *
 *     1 2 4 8   a number of so many bytes        D   a digest of 32 bytes
 *     s         a text                           S   a list of texts        L   a list of u32
 */
#pragma once
#include "frame.h"

struct list {
    uint32_t count;
    struct fields items; /* checked already: reading `count` items cannot fail */
};

struct values {
    uint64_t number[8];
    struct text text[3];
    struct list list[2];
    const uint8_t *digest;
};

/* Reads by the layout; out->... are filled in order of appearance. */
void read_layout(struct fields *fields, const char *layout, struct values *out);
/* The same for a whole payload: true only if it is exactly that. */
bool decode(struct frame frame, const char *layout, struct values *out);
/* Writes the numbers of a layout; the array has one element a letter. */
void put_layout(struct frame_writer *writer, const char *layout, const uint64_t *numbers);
