/* Those who read logs: connections on the listener, descriptor 4. A slow one is never waited for: it misses bytes, and sees that it did. */
#pragma once
#include "slot.h"
#include <sys/types.h>

/* Accepts this uid, our own and root. False with errno if the listener can't be watched. */
bool readers_open(uid_t daemon);
/* Sends what has come since, as far as each connection takes it. */
void readers_pump(void);
/* Accepts again after want of descriptors. */
void readers_tick(void);
/* The slot ends: what readers have not got of it goes out now or never, then END. */
void readers_forget(struct slot *slot);
