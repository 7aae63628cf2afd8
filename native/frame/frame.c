/* See frame.h. */
#include "frame.h"
#include <string.h>

const struct frame_rule *frame_rule_of(const struct frame_rule *rules, uint8_t type)
{
    for (; rules->name; rules++)
        if (rules->type == type)
            return rules;
    return NULL;
}

static uint32_t load_u32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

enum frame_result frame_next(const struct frame_rule *rules, const uint8_t *data, size_t size, struct frame *out, size_t *used)
{
    const struct frame_rule *rule = size > 1 ? frame_rule_of(rules, data[1]) : NULL;
    const uint32_t length = size >= FRAME_HEADER ? load_u32(data + 2) : 0;
    const bool is_whole = size > FRAME_HEADER && size - FRAME_HEADER > length; /* this way round no arithmetic on the length can overflow */
    *used = 0;
    if (size > 0 && data[0] != FRAME_STX)
        return FRAME_BAD;
    *used = 1;
    if (size > 1 && !rule)
        return FRAME_BAD;
    *used = 2;
    if (size >= FRAME_HEADER && (length < rule->smallest || length > rule->largest))
        return FRAME_BAD;
    *used = FRAME_HEADER + (size_t)length;
    if (is_whole && data[*used] != FRAME_ETX)
        return FRAME_BAD;
    *used = is_whole ? FRAME_OVERHEAD + (size_t)length : 0;
    if (is_whole)
        *out = (struct frame){ .type = data[1], .length = length, .payload = data + FRAME_HEADER };
    return is_whole ? FRAME_COMPLETE : FRAME_INCOMPLETE;
}

struct fields fields_of(struct frame frame)
{
    return (struct fields){ .at = frame.payload, .end = frame.payload + frame.length };
}

const uint8_t *field_bytes(struct fields *fields, size_t size)
{
    if (fields->bad || (size_t)(fields->end - fields->at) < size) {
        fields->bad = true;
        return NULL;
    }
    const uint8_t *bytes = fields->at;
    fields->at += size;
    return bytes;
}

static uint64_t load(struct fields *fields, size_t size)
{
    const uint8_t *bytes = field_bytes(fields, size);
    uint64_t value = 0;
    for (size_t i = 0; bytes && i < size; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

uint8_t field_u8(struct fields *fields) { return (uint8_t)load(fields, 1); }
uint16_t field_u16(struct fields *fields) { return (uint16_t)load(fields, 2); }
uint32_t field_u32(struct fields *fields) { return (uint32_t)load(fields, 4); }
int32_t field_i32(struct fields *fields) { return (int32_t)load(fields, 4); }
uint64_t field_u64(struct fields *fields) { return load(fields, 8); }
int64_t field_i64(struct fields *fields) { return (int64_t)load(fields, 8); }

struct text field_text(struct fields *fields)
{
    uint32_t length = field_u32(fields);
    if (length == UINT32_MAX)
        fields->bad = true;
    const uint8_t *bytes = field_bytes(fields, (size_t)length + 1);
    if (!bytes || memchr(bytes, 0, (size_t)length + 1) != bytes + length) {
        fields->bad = true;
        return (struct text){ .bytes = "", .length = 0 };
    }
    return (struct text){ .bytes = (const char *)bytes, .length = length };
}

uint32_t field_count(struct fields *fields, size_t each)
{
    uint32_t count = field_u32(fields);
    if (fields->bad || (size_t)(fields->end - fields->at) / each < count) {
        fields->bad = true;
        return 0;
    }
    return count;
}

bool field_frame(struct fields *fields, const struct frame_rule *rules, struct frame *out)
{
    size_t used = 0;
    if (fields->bad || fields->at == fields->end)
        return false;
    if (frame_next(rules, fields->at, (size_t)(fields->end - fields->at), out, &used) != FRAME_COMPLETE) {
        fields->bad = true;
        return false;
    }
    fields->at += used;
    return true;
}

bool fields_end(const struct fields *fields) { return !fields->bad && fields->at == fields->end; }

void put_bytes(struct frame_writer *writer, const void *bytes, size_t size)
{
    if (writer->full || writer->capacity - writer->used < size) {
        writer->full = true;
        return;
    }
    if (size)
        memcpy(writer->buffer + writer->used, bytes, size);
    writer->used += size;
}

static void put_number(struct frame_writer *writer, uint64_t value, size_t size)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    put_bytes(writer, bytes, size);
}

void put_u8(struct frame_writer *writer, uint8_t value) { put_number(writer, value, 1); }
void put_u16(struct frame_writer *writer, uint16_t value) { put_number(writer, value, 2); }
void put_u32(struct frame_writer *writer, uint32_t value) { put_number(writer, value, 4); }
void put_i32(struct frame_writer *writer, int32_t value) { put_number(writer, (uint32_t)value, 4); }
void put_u64(struct frame_writer *writer, uint64_t value) { put_number(writer, value, 8); }

void put_text(struct frame_writer *writer, const char *bytes, size_t length)
{
    if (length >= UINT32_MAX) {
        writer->full = true;
        return;
    }
    put_u32(writer, (uint32_t)length);
    put_bytes(writer, bytes, length);
    put_u8(writer, 0);
}

void frame_begin(struct frame_writer *writer, uint8_t type)
{
    writer->begin = writer->used;
    writer->full = false;
    put_u8(writer, FRAME_STX);
    put_u8(writer, type);
    put_u32(writer, 0);
}

bool frame_end(struct frame_writer *writer)
{
    put_u8(writer, FRAME_ETX);
    if (writer->full) {
        writer->used = writer->begin;
        return false;
    }
    uint32_t length = (uint32_t)(writer->used - writer->begin - FRAME_OVERHEAD);
    for (size_t i = 0; i < 4; i++)
        writer->buffer[writer->begin + 2 + i] = (uint8_t)(length >> (8 * i));
    return true;
}
