/* See logger.h. */
#include "logger.h"
#include <fcntl.h>
#include <stdio.h>
#include <time.h>

enum { CHUNK = 65536, LARGEST_PIPE = 1 << 20, LARGEST_STAMP = 40 };

static struct slot slots[MAX_SLOTS + 1]; /* touched as far as it is used */
static uint32_t used;

struct slot *slot_find(uint64_t number)
{
    uint32_t place = slot_place(number);
    return place <= MAX_SLOTS && slots[place].is_open ? &slots[place] : NULL;
}

void slots_each(void (*visit)(struct slot *slot))
{
    for (uint32_t i = 0; i < used; i++)
        if (slots[i].is_open)
            visit(&slots[i]);
}

/* Puts the time before each line: of its first byte's arrival, 2026-11-28T10:11:12.123456Z. */
static size_t stamp_lines(uint8_t *out, const uint8_t *data, size_t size, bool is_mid_line)
{
    static struct timespec time;
    struct tm date = { 0 };
    char stamp[LARGEST_STAMP];
    CALL(clock_gettime, CLOCK_REALTIME, &time); /* if that fails, the time of the last lines is good enough */
    gmtime_r(&time.tv_sec, &date);
    int length = snprintf(stamp, sizeof stamp, "%04d-%02d-%02dT%02d:%02d:%02d.%06ldZ ", date.tm_year + 1900, date.tm_mon + 1, date.tm_mday,
                          date.tm_hour, date.tm_min, date.tm_sec, time.tv_nsec / 1000);
    uint8_t *at = out;
    for (const uint8_t *end = data + size; data < end; is_mid_line = false) {
        const uint8_t *newline = memchr(data, '\n', (size_t)(end - data));
        size_t part = (size_t)((newline ? newline + 1 : end) - data);
        at = mempcpy(at, stamp, is_mid_line ? 0 : least((uint64_t)length, sizeof stamp - 1));
        at = mempcpy(at, data, part);
        data += part;
    }
    return (size_t)(at - out);
}

static void take(struct slot *slot, const uint8_t *data, size_t size)
{
    static uint8_t lines[CHUNK * (1 + LARGEST_STAMP)]; /* enough if every byte is a line; touched as far as it is used */
    if (slot->has_timestamps) {
        size = stamp_lines(lines, data, size, slot->is_mid_line);
        data = lines;
    }
    slot->is_mid_line = data[size - 1] != '\n';
    if (slot->is_file && sink_flush(slot))
        sink_write(slot, data, size);
    ring_append(&slot->ring, data, size);
    if (!slot->is_file)
        slot->written = slot->ring.end;
    sink_lose(slot, slot->ring.begin);
}

/* How much came; what failed counts as a byte, so that a drain goes on and ends. */
static size_t read_once(struct slot *slot)
{
    static uint8_t chunk[CHUNK];
    uint64_t filled = slot->next_file < 0 ? slot->file_size : 0;
    uint64_t room = slot->rotate_size > filled ? slot->rotate_size - filled : CHUNK; /* so that a file ends where it should */
    ssize_t size = slot->pipe.fd < 0 ? 0 : CALL(read, slot->pipe.fd, chunk, least(room, CHUNK));
    if (size > 0)
        take(slot, chunk, (size_t)size);
    if (size == 0) /* nobody can write any more */
        unwatch(&slot->pipe);
    return size >= 0 ? (size_t)size : errno != EAGAIN;
}

static void pipe_ready(struct source *source)
{
    struct slot *slot = (struct slot *)source;
    read_once(slot);
    slot_tick(slot);
}

/* Reads until the pipe is empty, but no more than the largest pipe holds. */
static void drain(struct slot *slot)
{
    for (size_t total = 0, size; total < LARGEST_PIPE && (size = read_once(slot)) > 0;)
        total += size;
}

void slot_tick(struct slot *slot)
{
    bool is_paused = slot->is_rotating && now < slot->rotate_at;
    sink_flush(slot);
    sink_lose(slot, 0);
    watch(&slot->pipe, is_paused ? 0 : EPOLLIN);
    if (is_paused)
        again();
}

static void close_all(struct slot *slot)
{
    drain(slot);
    unwatch(&slot->pipe);
    sink_flush(slot);
    slot->file = shut(slot->file);
    slot->next_file = shut(slot->next_file);
    slot->is_full = slot->is_rotating = false;
}

void slot_open(const uint64_t *message, int pipe, int file)
{
    uint32_t place = slot_place(message[0]);
    struct slot *slot = &slots[place];
    used = place >= used ? place + 1 : used;
    if (slot->is_open) /* with new settings: what is in the ring stays */
        close_all(slot);
    else
        *slot = (struct slot){ .is_open = true, .number = (uint32_t)message[0], .file = -1, .next_file = -1 };
    slot->is_file = message[1] == LOG_FILE;
    slot->has_timestamps = message[3];
    slot->rotate_size = slot->is_file ? message[4] : 0;
    slot->pipe = (struct source){ .fd = pipe, .ready = pipe_ready };
    int error = ring_resize(&slot->ring, (uint32_t)message[2]);
    sink_lose(slot, slot->is_file ? slot->ring.begin : slot->ring.end);
    if (CALL(fcntl, pipe, F_SETFL, O_RDONLY | O_NONBLOCK) != 0) {
        error = pipe < 0 ? EMFILE : errno;
        unwatch(&slot->pipe);
    }
    if (error) /* it runs without its ring or its pipe */
        tell(slot, EVENT_LOST, 0, error);
    sink_file(slot, file, 0);
    slot_tick(slot);
}

void slot_started(struct slot *slot)
{
    static const uint8_t note[] = "\n(reeve: note: service restarted)\n";
    drain(slot);
    bool is_empty = !slot->is_file && slot->ring.end == slot->ring.begin;
    if (slot->is_mid_line && !is_empty)
        take(slot, note, 1);
    if (!slot->is_file && !is_empty)
        take(slot, note + 1, sizeof note - 2);
    slot->is_mid_line = false;
}

void slot_close(struct slot *slot)
{
    close_all(slot);
    sink_lose(slot, slot->ring.end);
    readers_pump();
    ring_resize(&slot->ring, 0);
    slot->is_open = false;
}
