/* The launcher's channel, descriptor 3: strict frames with descriptors in, few and bounded events out. */
#pragma once
#include "slot.h"

/* False with errno if the channel can't be watched. */
bool channel_open(void);
bool channel_is(const struct watched *watched);
/* Handles what the launcher sent. Malformed: fatal. Its end: loop_finish. */
void channel_receive(void);
/* Tells the launcher, at once or as soon as it takes it: the same event twice before that is one event, its amounts added. */
void channel_owe(struct slot *slot, enum log_event event, uint64_t amount, int error);
void channel_flush(void);
