/* The pure parts of the logger against other ways to get the same: the ring against all that was ever appended.
 * Linked with the logger but its main; the last line counts. */
#include "../logger/logger.h"
#include <stdio.h>
#include <stdlib.h>
#undef main /* the logger's was given another name */

static int failed, passed;
static uint64_t seed = 1;

static void check(bool holds, const char *title)
{
    if (!holds)
        printf("failed: %s\n", title);
    *(holds ? &passed : &failed) += 1;
}

static uint32_t any(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

/* True if the ring holds exactly the newest bytes of `all`, piece by piece. */
static bool holds_newest(const struct ring *ring, const uint8_t *all, size_t size, size_t oldest)
{
    const uint8_t *piece = NULL;
    uint64_t at = ring->begin;
    if (ring->end != size || ring->begin != oldest)
        return false;
    for (size_t length; (length = ring_piece(ring, at, &piece)) > 0; at += length)
        if (length > ring->size || memcmp(piece, all + at, length) != 0)
            return false;
    return at == size || ring->size == 0;
}

static bool ring_is_what_was_appended(void)
{
    static uint8_t all[1 << 20];
    struct ring ring = { 0 };
    size_t size = 0, oldest = 0;
    bool holds = true;
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)any(256);
    for (int step = 0; holds && step < 5000; step++) {
        size_t more = any(200);
        if (any(50) == 0)
            ring_resize(&ring, any(300));
        else {
            ring_append(&ring, all + size, more);
            size += more;
        }
        oldest = size - oldest > ring.size ? size - ring.size : oldest;
        holds = holds_newest(&ring, all, size, oldest);
    }
    ring_resize(&ring, 0);
    return holds;
}

/* The frame's payload with one byte changed, or cut short, or with one more. */
static bool open_is(uint8_t log, uint8_t timestamps, uint32_t slot, bool has_more)
{
    uint8_t bytes[64];
    struct frame_writer writer = { .buffer = bytes, .capacity = sizeof bytes };
    struct values message;
    frame_begin(&writer, OPEN);
    put_u32(&writer, slot);
    put_text(&writer, "web", 3);
    put_u8(&writer, log);
    put_u32(&writer, 4096);
    put_u8(&writer, timestamps);
    put_u64(&writer, 1000);
    put_u32(&writer, 3);
    if (has_more)
        put_u8(&writer, 0);
    frame_end(&writer);
    struct frame frame = { OPEN, (uint32_t)writer.used - FRAME_OVERHEAD, bytes + FRAME_HEADER };
    return launcher_message(frame, &message) && message.number[0] == slot && message.number[1] == log && message.number[4] == 1000;
}

int main(void)
{
    check(ring_is_what_was_appended(), "ring_append() and ring_resize() keep exactly the newest bytes");
    check(open_is(LOG_FILE, 1, 7, false), "launcher_message() takes OPEN of a file");
    check(open_is(LOG_BUFFER, 0, UINT32_MAX, false), "launcher_message() takes OPEN of reeve's own buffer");
    check(!open_is(0, 0, 7, false) && !open_is(3, 0, 7, false), "launcher_message() refuses the log types none and pipe");
    check(!open_is(LOG_FILE, 2, 7, false), "launcher_message() refuses timestamps that are neither on nor off");
    check(!open_is(LOG_FILE, 0, MAX_SLOTS, false), "launcher_message() refuses a slot beyond the table");
    check(!open_is(LOG_FILE, 0, 7, true), "launcher_message() refuses what is left over");
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
