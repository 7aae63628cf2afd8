/* See ring.h. */
#include "ring.h"
#include "call.h"
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

int ring_open(struct ring *ring, uint32_t size)
{
    *ring = (struct ring){ 0 };
    if (size == 0)
        return 0;
    void *bytes = CALL(mmap, NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED)
        return errno;
    ring->bytes = bytes;
    ring->size = size;
    return 0;
}

void ring_close(struct ring *ring)
{
    if (ring->bytes)
        CALL(munmap, ring->bytes, ring->size);
    *ring = (struct ring){ 0 };
}

int ring_resize(struct ring *ring, uint32_t size)
{
    if (ring->size == size)
        return 0;
    struct ring old = *ring;
    int error = ring_open(ring, size);
    ring->begin = ring->end = old.begin;
    const uint8_t *piece = NULL;
    for (size_t length; (length = ring_piece(&old, ring->end, &piece)) > 0;)
        ring_append(ring, piece, length);
    ring_close(&old);
    return error;
}

void ring_append(struct ring *ring, const uint8_t *data, size_t size)
{
    size_t kept = size < ring->size ? size : ring->size;
    data += size - kept;
    ring->end += size;
    if (ring->end - ring->begin > ring->size)
        ring->begin = ring->end - ring->size;
    if (kept == 0)
        return;
    size_t at = (size_t)((ring->end - kept) % ring->size);
    size_t first = kept < ring->size - at ? kept : ring->size - at;
    memcpy(ring->bytes + at, data, first);
    if (kept > first)
        memcpy(ring->bytes, data + first, kept - first);
}

size_t ring_piece(const struct ring *ring, uint64_t position, const uint8_t **piece)
{
    if (position >= ring->end || ring->size == 0)
        return 0;
    size_t at = (size_t)(position % ring->size), rest = (size_t)(ring->end - position);
    *piece = ring->bytes + at;
    return rest < ring->size - at ? rest : ring->size - at;
}
