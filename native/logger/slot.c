/* See slot.h. */
#include "slot.h"
#include "call.h"
#include "channel.h"
#include "reader.h"
#include "sink.h"
#include "stamp.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { SLOTS = 16384, BUCKETS = 4096, CHUNK = 65536, LARGEST_PIPE = 1 << 20, READ_AGAIN = 1000, WATCH_AGAIN = 100 };
static const char restarted[] = "(reeve: note: service restarted)\n";

static struct slot slots[SLOTS]; /* touched as far as it is used */
static struct slot *buckets[BUCKETS], *unused;
static size_t used;
static uint8_t chunk[CHUNK];

struct slot *slot_find(uint32_t number)
{
    struct slot *slot = buckets[number % BUCKETS];
    while (slot && slot->number != number)
        slot = slot->next;
    return slot;
}

void slots_each(void (*visit)(struct slot *slot))
{
    for (size_t i = 0; i < used; i++)
        if (slots[i].is_open)
            visit(&slots[i]);
}

bool slot_is_pending(const struct slot *slot) { return slot->log == LOG_FILE && slot->written < slot->ring.end; }

uint64_t slot_oldest(const struct slot *slot) { return slot->ring.begin > slot->cleared ? slot->ring.begin : slot->cleared; }

/* Makes epoll look at the pipe exactly while it is to be read. */
static void rewatch(struct slot *slot)
{
    bool is_read = slot->pipe >= 0 && !slot->has_ended && slot->paused_until == 0;
    if (slot->pipe >= 0 && !loop_watch(slot->pipe, &slot->watched, &slot->events, is_read ? EPOLLIN : 0))
        loop_wake_at(loop_now() + WATCH_AGAIN);
}

static void append(struct slot *slot, const uint8_t *data, size_t size)
{
    if (slot->log == LOG_FILE)
        sink_append(slot, data, size);
    ring_append(&slot->ring, data, size);
    if (slot->log == LOG_FILE)
        sink_count_lost(slot, slot->ring.begin);
}

/* Each line gets the time at which its first byte was read. */
static void take(struct slot *slot, const uint8_t *data, size_t size)
{
    static uint8_t lines[CHUNK];
    char stamp[STAMP_SIZE + 1];
    size_t length = 0;
    bool is_mid_line = slot->is_mid_line;
    slot->is_mid_line = data[size - 1] != '\n';
    if (!slot->has_timestamps) {
        append(slot, data, size);
        return;
    }
    stamp_now(stamp);
    while (size > 0) {
        if (sizeof lines - length <= STAMP_SIZE) {
            append(slot, lines, length);
            length = 0;
        }
        if (!is_mid_line) {
            memcpy(lines + length, stamp, STAMP_SIZE);
            length += STAMP_SIZE;
        }
        size_t most = sizeof lines - length < size ? sizeof lines - length : size;
        const uint8_t *newline = memchr(data, '\n', most);
        size_t part = newline ? (size_t)(newline - data) + 1 : most;
        memcpy(lines + length, data, part);
        length += part;
        data += part;
        size -= part;
        is_mid_line = !newline;
    }
    append(slot, lines, length);
}

static size_t read_once(struct slot *slot)
{
    size_t room = slot->log == LOG_FILE ? sink_room(slot, sizeof chunk) : sizeof chunk;
    ssize_t size = slot->pipe < 0 ? 0 : CALL(read, slot->pipe, chunk, room);
    if (size > 0)
        take(slot, chunk, (size_t)size);
    if (size == 0)
        slot->has_ended = true;
    if (size < 0 && errno != EAGAIN && errno != EINTR) {
        slot->paused_until = loop_now() + READ_AGAIN;
        loop_wake_at(slot->paused_until);
    }
    return size > 0 ? (size_t)size : 0;
}

static void pipe_ready(struct watched *watched, uint32_t events)
{
    struct slot *slot = (struct slot *)watched;
    (void)events;
    if (!slot->is_open || slot->events == 0)
        return;
    read_once(slot);
    rewatch(slot);
}

void slot_drain(struct slot *slot)
{
    for (size_t total = 0, size; total < LARGEST_PIPE && (size = read_once(slot)) > 0;)
        total += size;
}

static struct slot *new_slot(uint32_t number)
{
    struct slot *slot = unused ? unused : used < SLOTS ? &slots[used++] : NULL;
    if (!slot)
        return NULL;
    unused = unused ? unused->next : NULL;
    *slot = (struct slot){ .watched = { pipe_ready }, .number = number, .next = buckets[number % BUCKETS], .pipe = -1, .file = -1, .next_file = -1 };
    slot->is_open = true;
    return buckets[number % BUCKETS] = slot;
}

static void close_pipe(struct slot *slot)
{
    if (slot->pipe < 0)
        return;
    loop_watch(slot->pipe, &slot->watched, &slot->events, 0);
    CALL(close, slot->pipe);
    slot->pipe = -1;
    slot->events = 0;
}

bool slot_open(const struct launcher_message *open, int pipe, int file)
{
    struct slot *slot = slot_find(open->slot);
    if (slot) { /* other settings: what is in the ring stays */
        slot_drain(slot);
        close_pipe(slot);
        if (slot->log == LOG_FILE)
            sink_flush(slot);
    } else if (!(slot = new_slot(open->slot))) {
        if (pipe >= 0)
            CALL(close, pipe);
        if (file >= 0)
            CALL(close, file);
        return false;
    }
    int error = ring_resize(&slot->ring, open->buffer);
    sink_close(slot);
    if (slot->log == LOG_FILE)
        sink_count_lost(slot, open->log == LOG_FILE ? slot->ring.begin : slot->ring.end);
    else
        slot->written = slot->ring.end;
    slot->log = open->log;
    slot->has_timestamps = open->has_timestamps;
    slot->rotate_size = open->rotate_size;
    slot->is_rotating = slot->has_ended = false;
    slot->paused_until = slot->line_size = 0;
    if (file >= 0)
        sink_file(slot, file, 0);
    slot->pipe = pipe;
    int flags = pipe < 0 ? -1 : CALL(fcntl, pipe, F_GETFL);
    if (flags < 0 || CALL(fcntl, pipe, F_SETFL, flags | O_NONBLOCK) < 0)
        error = pipe < 0 ? EMFILE : errno;
    if (error != 0)
        channel_owe(slot, EVENT_LOST, 0, error);
    slot->is_full = open->log == LOG_FILE && file < 0;
    if (slot->is_full)
        channel_owe(slot, EVENT_DISK_FULL, 0, EMFILE);
    rewatch(slot);
    return true;
}

void slot_started(struct slot *slot)
{
    slot_drain(slot);
    bool is_empty = slot->log == LOG_BUFFER && slot->ring.end == slot_oldest(slot);
    if (slot->is_mid_line && !is_empty)
        take(slot, (const uint8_t *)"\n", 1);
    if (slot->log == LOG_BUFFER && !is_empty)
        take(slot, (const uint8_t *)restarted, sizeof restarted - 1);
    slot->has_ended = slot->is_mid_line = false;
    rewatch(slot);
}

void slot_close(struct slot *slot)
{
    slot_drain(slot);
    close_pipe(slot);
    if (slot->log == LOG_FILE && !sink_flush(slot))
        sink_count_lost(slot, slot->ring.end);
    if (slot->amounts[EVENT_LOST] > 0)
        channel_owe(slot, EVENT_LOST, 0, 0);
    sink_close(slot);
    readers_forget(slot);
    ring_close(&slot->ring);
    struct slot **link = &buckets[slot->number % BUCKETS];
    while (*link != slot)
        link = &(*link)->next;
    *link = slot->next;
    slot->is_open = false;
    slot->next = unused;
    unused = slot;
}

void slot_tick(struct slot *slot)
{
    if (slot->paused_until != 0 && loop_now() >= slot->paused_until)
        slot->paused_until = 0;
    if (slot->paused_until != 0)
        loop_wake_at(slot->paused_until);
    if (slot_is_pending(slot) && loop_now() >= slot->retry_at)
        sink_flush(slot);
    if (slot_is_pending(slot))
        loop_wake_at(slot->retry_at);
    rewatch(slot);
}
