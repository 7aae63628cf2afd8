/* The tables of slots and pids. */
#include "check.h"

static struct text text_of(const char *bytes) { return (struct text){ .bytes = bytes, .length = (uint32_t)strlen(bytes) }; }

void slots_by_name(void)
{
    enum { MANY = 20000 };
    CHECK(slots_begin());
    for (uint32_t i = 0; i < MANY; i++) {
        char name[16];
        snprintf(name, sizeof name, "service-%u", i);
        if (slot_of_name(text_of(name)) != i)
            CHECK(!"a new name has the next slot");
    }
    for (uint32_t i = 0; i < MANY; i++) {
        char name[16];
        snprintf(name, sizeof name, "service-%u", i);
        if (slot_of_name(text_of(name)) != i)
            CHECK(!"a known name keeps its slot");
    }
    CHECK(slot_count == MANY && service_of_slot(0) == NULL && service_of_slot(MANY) == NULL);
}

void slots_full(void)
{
    while (slot_count < MAX_SLOTS) {
        char name[16];
        snprintf(name, sizeof name, "more-%u", slot_count);
        if (slot_of_name(text_of(name)) == NO_INDEX)
            break;
    }
    CHECK(slot_count == MAX_SLOTS && slot_of_name(text_of("one too many")) == NO_INDEX && slot_of_name(text_of("service-5")) == 5);
    for (uint32_t i = 0; i < slot_count; i++)
        free(slots[i].name);
}

void processes_by_pid(void)
{
    uint32_t slot;
    uint8_t role;
    for (uint32_t i = 0; i < 100; i++) { /* many in one bucket */
        slots[i].process[i % ROLES].pid = (pid_t)(7 + 4096 * i);
        process_enter(i, (uint8_t)(i % ROLES));
    }
    CHECK(process_of_pid(7 + 4096 * 50, &slot, &role) && slot == 50 && role == 0);
    CHECK(process_of_pid(7 + 4096 * 51, &slot, &role) && slot == 51 && role == 1);
    for (uint32_t i = 0; i < 100; i += 3)
        process_leave(i, (uint8_t)(i % ROLES));
    for (uint32_t i = 0; i < 100; i++)
        CHECK((process_of_pid((pid_t)(7 + 4096 * i), &slot, &role) != NULL) == (i % 3 != 0));
    CHECK(!process_of_pid(8, &slot, &role));
}
