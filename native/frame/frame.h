/* The frame: STX type length payload ETX, and the fields inside a payload (docs/protocol.md, section 1).
 *
 * Nothing here allocates, reads a descriptor or prints. A reader of fields is sticky: after the first bad field every further read gives
 * zeroes, so a decoder reads all its fields and asks once, with fields_end(), whether the payload was exactly that. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FRAME_STX = 0x02, FRAME_ETX = 0x03, FRAME_OVERHEAD = 7, FRAME_HEADER = 6 };

/* One row a message type; a channel is an array of rows ended by name == NULL. */
struct frame_rule {
    uint8_t type;
    uint32_t smallest, largest; /* payload bytes */
    const char *name;
};

struct frame {
    uint8_t type;
    uint32_t length;
    const uint8_t *payload;
};

enum frame_result { FRAME_COMPLETE, FRAME_INCOMPLETE, FRAME_BAD };

const struct frame_rule *frame_rule_of(const struct frame_rule *rules, uint8_t type);

/* Looks at the frame that starts at data[0]. COMPLETE: *out is set and *used is its whole size. BAD: *used is the offset of the wrong byte. */
enum frame_result frame_next(const struct frame_rule *rules, const uint8_t *data, size_t size, struct frame *out, size_t *used);

/* A string inside a payload: bytes[length] is NUL, and no other byte is. */
struct text {
    const char *bytes;
    uint32_t length;
};

struct fields {
    const uint8_t *at, *end;
    bool bad;
};

struct fields fields_of(struct frame frame);
uint8_t field_u8(struct fields *fields);
uint16_t field_u16(struct fields *fields);
uint32_t field_u32(struct fields *fields);
int32_t field_i32(struct fields *fields);
uint64_t field_u64(struct fields *fields);
int64_t field_i64(struct fields *fields);
struct text field_text(struct fields *fields);
const uint8_t *field_bytes(struct fields *fields, size_t size);
/* A count of elements of at least `each` bytes: bad unless that many can still follow. */
uint32_t field_count(struct fields *fields, size_t each);
/* The next nested frame; false at the end of the payload or when bad. */
bool field_frame(struct fields *fields, const struct frame_rule *rules, struct frame *out);
/* True if no field was bad and nothing is left over. */
bool fields_end(const struct fields *fields);

/* Writes frames into a fixed buffer. Sticky too: when it does not fit, `full` is set and the frame that was begun is taken back. */
struct frame_writer {
    uint8_t *buffer;
    size_t capacity, used, begin;
    bool full;
};

void frame_begin(struct frame_writer *writer, uint8_t type);
void put_u8(struct frame_writer *writer, uint8_t value);
void put_u16(struct frame_writer *writer, uint16_t value);
void put_u32(struct frame_writer *writer, uint32_t value);
void put_i32(struct frame_writer *writer, int32_t value);
void put_u64(struct frame_writer *writer, uint64_t value);
void put_bytes(struct frame_writer *writer, const void *bytes, size_t size);
void put_text(struct frame_writer *writer, const char *bytes, size_t length);
/* False if the frame did not fit; the buffer is then as it was before frame_begin. */
bool frame_end(struct frame_writer *writer);
