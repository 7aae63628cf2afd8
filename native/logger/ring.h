/* The newest bytes of a log. Every byte ever appended has a position, counted from 0; the ring holds those from begin up to end. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct ring {
    uint8_t *bytes; /* mapped, so that a silent service costs no memory; NULL when size is 0 */
    uint32_t size;
    uint64_t begin, end;
};

/* 0, or the errno: then the ring has size 0 and only counts. */
int ring_open(struct ring *ring, uint32_t size);
void ring_close(struct ring *ring);
/* Takes the newest bytes of an old ring into one of another size, and its positions. 0 or errno as ring_open. */
int ring_resize(struct ring *ring, uint32_t size);
void ring_append(struct ring *ring, const uint8_t *data, size_t size);
/* The bytes in one piece at this position, which is between begin and end; 0 at the end. */
size_t ring_piece(const struct ring *ring, uint64_t position, const uint8_t **piece);
