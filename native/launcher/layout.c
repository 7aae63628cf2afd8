/* See layout.h. */
#include "layout.h"

static struct list list_of(struct fields *fields, char kind)
{
    struct list list = { .count = field_count(fields, kind == 'S' ? 5 : 4) };
    list.items = *fields;
    for (uint32_t i = 0; i < list.count && !fields->bad; i++) {
        if (kind == 'S')
            field_text(fields);
        else
            field_u32(fields);
    }
    return list;
}

void read_layout(struct fields *fields, const char *layout, struct values *out)
{
    size_t numbers = 0, texts = 0, lists = 0;
    for (; *layout; layout++) {
        switch (*layout) {
        case '1': out->number[numbers++] = field_u8(fields); break;
        case '2': out->number[numbers++] = field_u16(fields); break;
        case '4': out->number[numbers++] = field_u32(fields); break;
        case '8': out->number[numbers++] = field_u64(fields); break;
        case 'D': out->digest = field_bytes(fields, 32); break;
        case 's': out->text[texts++] = field_text(fields); break;
        default: out->list[lists++] = list_of(fields, *layout);
        }
    }
}

bool decode(struct frame frame, const char *layout, struct values *out)
{
    struct fields fields = fields_of(frame);
    *out = (struct values){ 0 };
    read_layout(&fields, layout, out);
    return fields_end(&fields);
}

void put_layout(struct frame_writer *writer, const char *layout, const uint64_t *numbers)
{
    for (; *layout; layout++, numbers++) {
        switch (*layout) {
        case '1': put_u8(writer, (uint8_t)*numbers); break;
        case '2': put_u16(writer, (uint16_t)*numbers); break;
        case '4': put_u32(writer, (uint32_t)*numbers); break;
        default: put_u64(writer, *numbers);
        }
    }
}
