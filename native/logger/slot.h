/* A slot: one service's output, from the pipe through the ring to the file and the readers.
 *
 * Bytes are counted, not copied about: `ring.end` is the position of the next byte to arrive, `written` that of the next byte the file needs.
 * What lies between waits for the disk. If the ring turns over it first, it is lost, and counted. A service is never held up by a
 * full disk; it is held up, shortly, while its full file is being exchanged for a new one. */
#pragma once
#include "loop.h"
#include "message.h"
#include "ring.h"

enum log_event { EVENT_ROTATE, EVENT_LOST, EVENT_DISK_FULL, EVENT_DISK_BACK, EVENT_ROTATED, EVENT_ROTATION_FAILED, EVENT_COUNT };

struct slot {
    struct watched watched;
    uint32_t number;
    struct slot *next; /* in its bucket, or in the list of free records */
    bool is_open, has_timestamps, is_mid_line, has_ended;
    enum log_type log;
    int pipe;
    uint32_t events;       /* what epoll looks at */
    uint64_t paused_until; /* 0 = is read */
    struct ring ring;
    uint64_t cleared; /* readers see nothing before this */
    uint64_t lost;    /* since OPEN */

    int file, next_file;       /* next_file waits for the end of a line; -1 = none */
    uint64_t written;
    uint64_t file_size, next_file_size, line_size; /* line_size: bytes of an unfinished last line */
    uint64_t rotate_size, rotate_after;            /* no rotation is asked for before rotate_after */
    bool is_rotating, is_full, is_losing;          /* ROTATE is unanswered; the last write failed; since then, bytes were lost */
    uint64_t retry_at;
    uint32_t retry_delay;

    uint8_t owed; /* events that the launcher has not been sent yet, a bit each */
    uint64_t amounts[EVENT_COUNT];
    int errors[EVENT_COUNT];
};

struct slot *slot_find(uint32_t number);
/* Takes the descriptors; file is -1 for a buffer. False: the table is full, they were closed. */
bool slot_open(const struct launcher_message *open, int pipe, int file);
void slot_started(struct slot *slot);
void slot_close(struct slot *slot);
/* Reads until the pipe is empty, but no more than the largest pipe holds. */
void slot_drain(struct slot *slot);
/* Tries again what failed or had to wait, if its time has come. */
void slot_tick(struct slot *slot);
bool slot_is_pending(const struct slot *slot);
uint64_t slot_oldest(const struct slot *slot);
void slots_each(void (*visit)(struct slot *slot));
