/* The daemon environment, and what a client may change in it. */
#include "check.h"

static struct text text_of(const char *bytes) { return (struct text){ .bytes = bytes, .length = (uint32_t)strlen(bytes) }; }

void environment_changes(void)
{
    struct frame_writer writer = writer_new();
    const char *allowed[] = { "OK", "LD_X", "PATH" };
    for (int i = 0; i < 3; i++) {
        frame_begin(&writer, SETTINGS_SETENV_ALLOW);
        put_text(&writer, allowed[i], strlen(allowed[i]));
        frame_end(&writer);
    }
    settings = (struct settings){ .bytes = scratch, .size = writer.used, .mode = MODE_SYSTEM };
    CHECK(environment_set(text_of("OK=1")) == 0 && environment_set(text_of("OKAY=1")) == 2 && environment_set(text_of("O=1")) == 2);
    CHECK(environment_set(text_of("LD_X=1")) == 2 && environment_set(text_of("PATH=/x")) == 2 && environment_unset(text_of("PATH")) == 2);
    CHECK(strcmp(environment_find(environment, "OK"), "OK=1") == 0 && !environment_find(environment, "O"));
    CHECK(environment_set(text_of("OK=2")) == 0 && strcmp(environment_find(environment, "OK"), "OK=2") == 0 && !environment[1]);
    CHECK(environment_unset(text_of("OK")) == 1 && !environment[0] && environment_unset(text_of("OK")) == 1);
    settings.mode = MODE_USER;
    CHECK(environment_set(text_of("PATH=/x")) == 0 && environment_set(text_of("=x")) == 2 && environment_set(text_of("x")) == 2);
    int count = 1;
    for (char name[32]; count < 5000; count++) {
        snprintf(name, sizeof name, "V%d=1", count);
        if (environment_set(text_of(name)) != 0)
            break;
    }
    CHECK(count == 1024 && environment_set(text_of("ANOTHER=1")) == 3 && environment_set(text_of("V5=2")) == 0);
    CHECK(strcmp(environment_find(environment, "V5"), "V5=2") == 0);
    CHECK(environment_unset(text_of("V1")) == 1);
    CHECK(!environment_find(environment, "V1") && environment_find(environment, "V1023") && environment_find(environment, "V10"));
    while (environment[0]) {
        char name[32] = "";
        strncat(name, environment[0], strcspn(environment[0], "="));
        CHECK(environment_unset(text_of(name)) == 1);
    }
}
