/* The frame codec against the vectors that the one in TypeScript is tested against too. */
#include "check.h"
#include <ctype.h>

enum { LARGEST = 1 << 20, MOST_RULES = 8 };

/* The number or text after "key": at or after `at`; NULL if there is none before `end`. */
static const char *value_of(const char *at, const char *end, const char *key)
{
    char quoted[32];
    snprintf(quoted, sizeof quoted, "\"%s\":", key);
    const char *found = strstr(at, quoted);
    if (!found || found >= end)
        return NULL;
    found += strlen(quoted);
    while (*found == ' ' || *found == '"')
        found++;
    return found;
}

static size_t bytes_of(const char *hex, uint8_t *out)
{
    size_t size = 0;
    for (; isxdigit((unsigned char)hex[0]) && isxdigit((unsigned char)hex[1]); hex += 2)
        out[size++] = (uint8_t)strtol((const char[]){ hex[0], hex[1], 0 }, NULL, 16);
    return size;
}

static void rules_of(const char *at, const char *end, struct frame_rule *out)
{
    for (int i = 0; i < MOST_RULES - 1 && (at = value_of(at, end, "type")); i++)
        out[i] = (struct frame_rule){ .type = (uint8_t)atoi(at), .name = "rule",
                                      .smallest = (uint32_t)atol(value_of(at, end, "smallest")), .largest = (uint32_t)atol(value_of(at, end, "largest")) };
}

static bool is_as_told(const struct frame_rule *rules, const char *line, const char *end)
{
    static uint8_t bytes[LARGEST], payload[LARGEST];
    size_t size = bytes_of(value_of(line, end, "hex"), bytes), at = 0, used;
    const char *told = strstr(line, "\"frames\""), *error = value_of(line, end, "error"), *pending = value_of(line, end, "pending");
    struct frame frame;
    enum frame_result result;
    while ((result = frame_next(rules, bytes + at, size - at, &frame, &used)) == FRAME_COMPLETE) {
        told = value_of(told, end, "type");
        if (!told || atoi(told) != frame.type)
            return false;
        told = value_of(told, end, "payload");
        if (bytes_of(told, payload) != frame.length || memcmp(payload, frame.payload, frame.length) != 0)
            return false;
        at += used;
    }
    if (value_of(told, end, "type"))
        return false; /* more was told than came */
    return result == FRAME_BAD ? error && (size_t)atol(error) == at + used : pending && (size_t)atol(pending) == size - at;
}

void frame_vectors(void)
{
    static char text[LARGEST];
    struct frame_rule rules[MOST_RULES] = { 0 };
    FILE *file = fopen(vectors_path, "r");
    size_t size = file ? fread(text, 1, sizeof text - 1, file) : 0;
    const char *vectors = strstr(text, "\"vectors\"");
    int count = 0;
    CHECK(size > 0 && size < sizeof text - 1 && vectors);
    if (file)
        fclose(file);
    if (!vectors)
        return;
    rules_of(text, vectors, rules);
    for (const char *line = strchr(vectors, '\n'); line && (line = value_of(line, text + size, "title")); count++) {
        const char *end = strchr(line, '\n');
        if (!is_as_told(rules, line, end)) {
            fprintf(stderr, "vector: %.60s\n", line);
            CHECK(!"as the vector tells");
        }
        CHECK(end);
        line = end;
    }
    CHECK(count > 30);
}

void frame_writer_fields(void)
{
    uint8_t bytes[64];
    struct frame_writer writer = { .buffer = bytes, .capacity = sizeof bytes };
    const struct frame_rule rules[] = { { 9, 0, 64, "NINE" }, { 0, 0, 0, NULL } };
    struct frame frame;
    size_t used;
    frame_begin(&writer, 9);
    put_u8(&writer, 1);
    put_u16(&writer, 0x0302);
    put_u32(&writer, 0x07060504);
    put_i32(&writer, -2);
    put_u64(&writer, 0x0f0e0d0c0b0a0908);
    put_text(&writer, "abc", 3);
    CHECK(frame_end(&writer));
    CHECK(frame_next(rules, bytes, writer.used, &frame, &used) == FRAME_COMPLETE && used == writer.used);
    struct fields fields = fields_of(frame);
    CHECK(field_u8(&fields) == 1 && field_u16(&fields) == 0x0302 && field_u32(&fields) == 0x07060504);
    CHECK(field_i32(&fields) == -2 && field_u64(&fields) == 0x0f0e0d0c0b0a0908);
    CHECK(!fields_end(&fields));
    CHECK(strcmp(field_text(&fields).bytes, "abc") == 0 && fields_end(&fields));
    size_t before = writer.used;
    frame_begin(&writer, 9);
    put_bytes(&writer, scratch, sizeof bytes);
    CHECK(!frame_end(&writer) && writer.used == before);
    frame_begin(&writer, 9);
    CHECK(frame_end(&writer) && writer.used == before + FRAME_OVERHEAD);
}

void frame_reader_refuses(void)
{
    const uint8_t inner_nul[] = { 3, 0, 0, 0, 'a', 0, 'b', 0 }, no_nul[] = { 1, 0, 0, 0, 'a', 'b' }, huge[] = { 255, 255, 255, 255, 'a', 0 };
    const uint8_t *texts[] = { inner_nul, no_nul, huge };
    const size_t sizes[] = { sizeof inner_nul, sizeof no_nul, sizeof huge };
    for (int i = 0; i < 3; i++) {
        struct fields fields = { .at = texts[i], .end = texts[i] + sizes[i] };
        CHECK(field_text(&fields).length == 0 && fields.bad && field_u8(&fields) == 0 && !fields_end(&fields));
    }
    struct fields count = { .at = huge, .end = huge + sizeof huge };
    CHECK(field_count(&count, 4) == 0 && count.bad);
}
