/* See logger.h. */
#include "logger.h"
#include <sys/mman.h>

int ring_resize(struct ring *ring, uint32_t size)
{
    struct ring old = *ring;
    const uint8_t *piece = NULL;
    if (old.size == size)
        return 0;
    void *bytes = size == 0 ? NULL : CALL(mmap, NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int error = bytes == MAP_FAILED ? errno : 0;
    *ring = (struct ring){ .bytes = error ? NULL : bytes, .size = error ? 0 : size, .begin = old.begin, .end = old.begin };
    for (size_t length; (length = ring_piece(&old, ring->end, &piece)) > 0;)
        ring_append(ring, piece, length);
    if (old.bytes)
        CALL(munmap, old.bytes, old.size);
    return error;
}

void ring_append(struct ring *ring, const uint8_t *data, size_t size)
{
    size_t skipped = size - least(size, ring->size);
    ring->end += skipped;
    for (size_t part; skipped < size; skipped += part, ring->end += part) {
        size_t at = (size_t)(ring->end % ring->size);
        part = least(size - skipped, ring->size - at);
        memcpy(ring->bytes + at, data + skipped, part);
    }
    if (ring->end - ring->begin > ring->size)
        ring->begin = ring->end - ring->size;
}

size_t ring_piece(const struct ring *ring, uint64_t position, const uint8_t **piece)
{
    if (position >= ring->end || ring->size == 0)
        return 0;
    size_t at = (size_t)(position % ring->size);
    *piece = ring->bytes + at;
    return least(ring->end - position, ring->size - at);
}
