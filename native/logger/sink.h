/* The file of a slot: whole lines to a size, an exchange of descriptors when it is reached, patience with a full disk. */
#pragma once
#include "slot.h"

/* Takes the descriptor. error != 0: there is none, and the file stays as it is. */
void sink_file(struct slot *slot, int file, int error);
/* What arrived now, before it goes to the ring. */
void sink_append(struct slot *slot, const uint8_t *data, size_t size);
/* Counts what can't be written any more: all before this position. */
void sink_count_lost(struct slot *slot, uint64_t first_kept);
/* Writes what waits in the ring; true if nothing waits any more. */
bool sink_flush(struct slot *slot);
void sink_close(struct slot *slot);
/* How many bytes may be read before a rotation is due; `most` if none is near. */
size_t sink_room(const struct slot *slot, size_t most);
