/* Layouts: a payload is exactly the fields of its word, or it is refused. */
#include "check.h"

static struct frame frame_with(size_t size) { return (struct frame){ .type = 1, .length = (uint32_t)size, .payload = scratch }; }

void layout_exact(void)
{
    struct frame_writer writer = writer_new();
    struct values v;
    put_layout(&writer, "1248", (const uint64_t[]){ 1, 0x202, 0x40404, 0x8000000000000008 });
    put_text(&writer, "text", 4);
    put_u32(&writer, 2);
    put_text(&writer, "a", 1);
    put_text(&writer, "", 0);
    put_u32(&writer, 1);
    put_u32(&writer, 77);
    CHECK(decode(frame_with(writer.used), "1248sSL", &v));
    CHECK(v.number[0] == 1 && v.number[1] == 0x202 && v.number[2] == 0x40404 && v.number[3] == 0x8000000000000008);
    CHECK(strcmp(v.text[0].bytes, "text") == 0 && v.list[0].count == 2 && v.list[1].count == 1);
    CHECK(strcmp(field_text(&v.list[0].items).bytes, "a") == 0 && field_text(&v.list[0].items).length == 0);
    CHECK(field_u32(&v.list[1].items) == 77);
    for (size_t size = 0; size < writer.used; size++)
        CHECK(!decode(frame_with(size), "1248sSL", &v));
    CHECK(!decode(frame_with(writer.used + 1), "1248sSL", &v));
    CHECK(!decode(frame_with(writer.used), "1248sS", &v));
    CHECK(decode(frame_with(0), "", &v) && !decode(frame_with(31), "D", &v) && decode(frame_with(32), "D", &v) && v.digest == scratch);
}
