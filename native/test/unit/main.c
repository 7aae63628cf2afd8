/* Runs every unit test; argument 1 is test/frame/vectors.json. */
#include "check.h"
#undef main /* the launcher's was given another name */

int checks_failed;
uint8_t scratch[1 << 21];
const char *vectors_path = "test/frame/vectors.json";

struct frame_writer writer_new(void) { return (struct frame_writer){ .buffer = scratch, .capacity = sizeof scratch }; }

static const struct {
    void (*run)(void);
    const char *title;
} tests[] = {
    { frame_vectors, "frame_next() finds what the vectors tell, and refuses what they refuse" },
    { frame_writer_fields, "a frame writer writes what a reader reads, or takes the frame back" },
    { frame_reader_refuses, "a reader of fields refuses texts and counts that do not fit, and stays so" },
    { layout_exact, "decode() takes a payload only if it is exactly the layout" },
    { settings_whole, "settings_decode() takes a whole file, and no part of it" },
    { settings_refused, "settings_decode() refuses values out of range and records out of place" },
    { plan_whole, "plan_decode() makes the table of a whole plan" },
    { plan_damaged, "plan_decode() survives every damaged byte and refuses every part of a plan" },
    { plan_ops, "plan_decode() checks every op" },
    { plan_structure, "plan_decode() refuses records that are missing, doubled or out of order" },
    { slots_by_name, "slot_of_name() gives each name one slot for good" },
    { processes_by_pid, "process_of_pid() finds who entered and has not left" },
    { slots_full, "slot_of_name() refuses a name when the table is full" },
    { environment_changes, "environment_set() allows what the settings allow and never what a loader obeys" },
    { numbers_to_text, "digits() writes every number" },
    { numbers_of_pid_files, "pid_of_text() reads what a pid file may contain" },
};

int main(int count, char **words)
{
    int passed = 0, failed = 0;
    if (count == 2)
        vectors_path = words[1];
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        int before = checks_failed;
        tests[i].run();
        passed += checks_failed == before;
        failed += checks_failed != before;
        if (checks_failed != before)
            printf("failed: %s\n", tests[i].title);
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
