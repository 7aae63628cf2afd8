/* The one thread's event loop: descriptors that are looked at, and one deadline for everything that must be tried again. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* The first member of whatever owns a descriptor. Owners live in fixed tables, so an event that outlives its descriptor finds a valid one. */
struct watched {
    void (*ready)(struct watched *self, uint32_t events);
};

/* Makes the events looked at on fd `wanted`, from what *events says they are now. False if the kernel refused (then *events is unchanged). */
bool loop_watch(int fd, struct watched *watched, uint32_t *events, uint32_t wanted);
/* Milliseconds of the monotonic clock, read once a turn. */
uint64_t loop_now(void);
/* The next tick of everything is not later than this. Without a call there is no tick, and no wake-up. */
void loop_wake_at(uint64_t when);
/* Read what is left, write it, end; at the latest two seconds from now. */
void loop_finish(void);
/* One line on standard error, and the end: the launcher starts a fresh logger. */
_Noreturn void fatal(const char *what, const char *detail);
void warn(const char *what, const char *detail);
