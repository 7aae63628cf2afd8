/* The settings file: taken whole or not at all. */
#include "check.h"

static struct frame_writer writer;

static void head(uint32_t version, uint8_t mode)
{
    uint8_t digest[DIGEST_SIZE] = { 5 };
    frame_begin(&writer, 1);
    put_u32(&writer, version);
    put_u8(&writer, mode);
    put_bytes(&writer, digest, sizeof digest);
    put_text(&writer, "/run/x", 6);
    put_text(&writer, "", 0);
    frame_end(&writer);
}

static void program(uint8_t type, const char *path, uint32_t words)
{
    frame_begin(&writer, type);
    put_layout(&writer, "444", (const uint64_t[]){ 1, 2, words });
    for (uint32_t i = 0; i < words; i++)
        put_text(&writer, path, strlen(path));
    frame_end(&writer);
}

static void former(uint8_t type, const char *path)
{
    frame_begin(&writer, type);
    put_u32(&writer, 1);
    put_text(&writer, path, strlen(path));
    frame_end(&writer);
}

static void text(uint8_t type, const char *bytes)
{
    frame_begin(&writer, type);
    put_text(&writer, bytes, strlen(bytes));
    frame_end(&writer);
}

static void control(uint32_t mode)
{
    frame_begin(&writer, 5);
    put_text(&writer, "/run/x/control", 14);
    put_u32(&writer, mode);
    put_text(&writer, "varlink", 7);
    frame_end(&writer);
}

static void limits(uint32_t first, uint32_t largest)
{
    frame_begin(&writer, 8);
    put_layout(&writer, "4444", (const uint64_t[]){ 3, 4, first, largest });
    frame_end(&writer);
}

static void end(void)
{
    frame_begin(&writer, 0x0d);
    frame_end(&writer);
}

static void begin(void)
{
    writer = writer_new();
    head(1, MODE_SYSTEM);
    for (uint8_t type = 2; type <= 4; type++)
        program(type, "/bin/x", type);
    limits(10, 20);
}

static bool is_taken(void)
{
    struct settings out;
    size_t offset;
    return settings_decode(scratch, writer.used, &out, &offset) == NULL;
}

void settings_whole(void)
{
    struct settings out;
    struct text name;
    size_t offset, at = 0;
    begin();
    text(6, "A=1");
    text(9, "one");
    text(7, "B");
    text(9, "two");
    control(0660);
    former(0x0e, "/run/x/d");
    end();
    CHECK(settings_decode(scratch, writer.used, &out, &offset) == NULL && offset == writer.used);
    CHECK(out.mode == MODE_SYSTEM && strcmp(out.run, "/run/x") == 0 && out.cache[0] == 0 && out.digest[0] == 5 && !out.foreground);
    CHECK(out.logger.uid == 1 && out.logger.gid == 2 && strcmp(out.logger.argv[2], "/bin/x") == 0 && !out.logger.argv[3]);
    CHECK(strcmp(out.former_daemon.argv[0], "/run/x/d") == 0 && !out.former_daemon.argv[1] && !out.former_logger.argv[0]);
    CHECK(out.controls == 1 && out.control[0].mode == 0660 && strcmp(out.control[0].path, "/run/x/control") == 0);
    CHECK(out.acknowledge == 3000000 && out.first_delay == 10000000 && out.largest_delay == 20000000);
    CHECK(settings_next(&out, SETTINGS_NAMES, &at, &name) && strcmp(name.bytes, "one") == 0);
    CHECK(settings_next(&out, SETTINGS_NAMES, &at, &name) && strcmp(name.bytes, "two") == 0);
    CHECK(!settings_next(&out, SETTINGS_NAMES, &at, &name));
    for (size_t size = 0; size < writer.used; size++)
        CHECK(settings_decode(scratch, size, &out, &offset) != NULL);
}

void settings_refused(void)
{
    begin();
    end();
    CHECK(is_taken());
    begin();
    limits(10, 20);
    end();
    CHECK(!is_taken()); /* twice */
    begin();
    former(0x0f, "not/absolute");
    end();
    CHECK(!is_taken());
    begin();
    control(010000);
    end();
    CHECK(!is_taken());
    begin();
    for (int i = 0; i < MAX_CONTROLS + 1; i++)
        control(0600);
    end();
    CHECK(!is_taken());
    begin();
    text(6, "=value");
    end();
    CHECK(!is_taken());
    writer = writer_new();
    limits(10, 20);
    head(1, 0);
    end();
    CHECK(!is_taken()); /* the head is first */
    const struct {
        uint32_t version, words, first;
        uint8_t mode;
        const char *path;
        bool fits;
    } cases[] = {
        { 1, 1, 5, 0, "/bin/x", true },  { 2, 1, 5, 0, "/bin/x", false }, { 1, 0, 5, 0, "/bin/x", false },           { 1, MAX_WORDS, 5, 0, "/x", true },
        { 1, 1, 30, 0, "/bin/x", false }, { 1, 1, 5, 2, "/bin/x", false }, { 1, MAX_WORDS + 1, 5, 0, "/x", false }, { 1, 1, 5, 0, "bin/x", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        writer = writer_new();
        head(cases[i].version, cases[i].mode);
        for (uint8_t type = 2; type <= 4; type++)
            program(type, cases[i].path, cases[i].words);
        limits(cases[i].first, 20);
        end();
        CHECK(is_taken() == cases[i].fits);
    }
}
