/* The launcher's channel, descriptor 3: strict frames with descriptors in, few and bounded events out. */
#pragma once
#include "slot.h"

/* False with errno if the channel can't be watched. */
bool channel_open(void);
/* Handles what the launcher sent, if epoll said so in this turn or it is due anyway. Malformed: fatal. Its end: loop_finish. */
void channel_receive(bool is_due);
/* Tells the launcher, at once or as soon as it takes it: the same event twice before that is one event, its amounts added. */
void channel_owe(struct slot *slot, enum log_event event, uint64_t amount, int error);
void channel_flush(void);
