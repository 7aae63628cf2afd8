/* The logger's parts:
 *
 *     main.c     the event loop: descriptors that are looked at, and one deadline for all that must be tried again
 *     channel.c  descriptor 3: frames with descriptors in, events out
 *     slot.c     a service's output, from its pipe through the ring to the file and the readers
 *     ring.c     the newest bytes of a log, in memory
 *     sink.c     its file: whole lines up to a size, an exchange of descriptors when that is reached, patience with a full disk
 *     reader.c   descriptor 4 and its connections: a slow reader is never waited for, it misses bytes and sees that it did
 *     message.c  what launcher and readers may say
 *     stamp.c    the time of a line
 *     confine.c  what is given up before the first byte is heard */
#pragma once
#include "call.h"
#include "frame.h"
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/types.h>
#include <unistd.h>

enum { CHANNEL = 3, LISTENER = 4, MAX_SLOTS = 65536, CONNECTIONS = 8, AGAIN = 100 }; /* AGAIN: milliseconds after want of memory or descriptors */
#define OWN_SLOT UINT32_MAX /* reeve's own messages */

/* main.c. What epoll gives back is a tag: up to MAX_SLOTS a slot, then these. */
enum { TAG_CHANNEL = MAX_SLOTS + 1, TAG_LISTENER, TAG_CONNECTION };
/* Makes the events looked at on fd `wanted`, from what *events says they are now. If the kernel refuses, a tick will come. */
bool watch(int fd, uint32_t tag, uint32_t *events, uint32_t wanted);
uint64_t now(void);                                       /* milliseconds of the monotonic clock, read once a turn */
void wake_at(uint64_t when);                              /* the next tick is not later; without a call there is none */
void finish(void);                                        /* read what is left, write it, end: in two seconds at the latest */
void warn(const char *what, const char *detail);          /* one line on standard error */
_Noreturn void fatal(const char *what, const char *detail); /* and the end: the launcher starts a fresh logger */

/* message.c: a frame becomes a message whose every field is in range, or is refused. */
enum { OPEN = 0x81, FILE_AGAIN, STARTED, CLOSE, CLEAR, FINISH, ROTATE = 0xa1, LOG_EVENT, READ = 0xc1, STOP, DATA = 0xd1, END };
enum { LOG_FILE = 1, LOG_BUFFER, LARGEST_OPEN = 27 + 65535 };
struct launcher_message {
    uint8_t type, log, timestamps; /* all but type, slot and error: of OPEN */
    uint32_t slot, buffer;
    uint64_t rotate_size; /* 0 = never */
    int error;            /* of FILE_AGAIN; 0 = a descriptor comes with it */
};
struct reader_message {
    uint8_t type, follow;
    uint32_t request, slot, last; /* last: bytes, 0 = all */
};
extern const struct frame_rule launcher_rules[], reader_rules[];
bool launcher_message_of(struct frame frame, struct launcher_message *out);
bool reader_message_of(struct frame frame, struct reader_message *out);

/* ring.c. Every byte ever appended has a position, counted from 0; the ring holds those from begin up to end. */
struct ring {
    uint8_t *bytes; /* mapped, so that a silent service costs no memory */
    uint32_t size;
    uint64_t begin, end;
};
int ring_resize(struct ring *ring, uint32_t size); /* keeps the newest bytes; without memory: the errno, and a ring of size 0 that only counts */
void ring_append(struct ring *ring, const uint8_t *data, size_t size);
size_t ring_piece(const struct ring *ring, uint64_t position, const uint8_t **piece); /* the bytes in one piece from here; 0 at the end */

/* slot.c. `ring.end` is the position of the next byte to arrive, `written` of the next that the file needs; what lies between waits for the disk.
 * What the ring turns over before it is written is lost, and counted. No service is held up by a full disk; each is, shortly, while its full file
 * is exchanged for a new one. */
enum event { EVENT_ROTATE, EVENT_LOST, EVENT_DISK_FULL, EVENT_DISK_BACK, EVENT_ROTATED, EVENT_ROTATION_FAILED, EVENT_COUNT };
struct slot {
    bool is_open, is_mid_line, has_timestamps;
    bool is_rotating, is_full; /* ROTATE is unanswered; the last write failed */
    uint8_t log, owed;         /* owed: events that the launcher has not been sent yet, a bit each */
    int pipe, file, next_file; /* next_file waits for the end of a line; -1 = none */
    uint32_t events, retry_delay;
    struct ring ring;
    uint64_t cleared, lost;    /* readers see nothing before cleared; bytes lost since OPEN */
    uint64_t paused_until, retry_at, rotate_after; /* 0 = the pipe is read; when to write again; no rotation is asked for before */
    uint64_t written, file_size, line_size, rotate_size; /* line_size: of an unfinished last line */
    uint64_t amounts[EVENT_COUNT];
    int errors[EVENT_COUNT];
};
struct slot *slot_find(uint32_t number); /* NULL if there is none */
uint32_t slot_number(const struct slot *slot);
void slots_each(void (*visit)(struct slot *slot));
bool slots_are_pending(void); /* some file has not got all */
void slot_ready(uint32_t tag);
void slot_open(const struct launcher_message *open, int pipe, int file); /* takes the descriptors; -1 = it came without */
void slot_started(struct slot *slot);
void slot_close(struct slot *slot);
void slot_drain(struct slot *slot);            /* reads until the pipe is empty, but no more than the largest pipe holds */
void slot_tick(struct slot *slot);             /* tries again what failed or had to wait, if its time has come */
uint64_t slot_oldest(const struct slot *slot); /* the first position that readers see */

/* sink.c */
void sink_file(struct slot *slot, int file, int error);                /* takes the descriptor; error: there is none, the file stays */
void sink_append(struct slot *slot, const uint8_t *data, size_t size); /* what arrives now, before it goes to the ring */
bool sink_flush(struct slot *slot);                                    /* writes what waits in the ring; true if nothing waits any more */
void sink_lose(struct slot *slot, uint64_t first_kept);                /* counts what can't be written any more: all before this */
void sink_close(struct slot *slot);
size_t sink_room(const struct slot *slot, size_t most); /* how much may be read before a rotation is due */

/* channel.c */
bool channel_open(void);
void channel_receive(void); /* malformed: fatal; its end: finish */
/* Tells the launcher, at once or when it takes it: the same event twice before that is one event, its amounts added. */
void channel_owe(struct slot *slot, enum event event, uint64_t amount, int error);
void channel_report(struct slot *slot);

/* reader.c */
bool readers_open(uid_t daemon); /* accepts this uid, our own and root */
void listener_ready(void);
void connection_ready(uint32_t tag, uint32_t events);
void readers_pump(void); /* sends what has come since, as far as each connection takes it */
void readers_tick(void); /* accepts again after want of descriptors */

/* stamp.c: 2026-11-28T10:11:12.123456Z and a space, always UTC, without a file of time zones */
enum { STAMP_SIZE = 28 };
void stamp_write(int64_t seconds, long nanoseconds, char text[STAMP_SIZE + 1]);
void stamp_now(char text[STAMP_SIZE + 1]);

/* confine.c: what this kernel can't do is said in one sentence on standard error */
void confine(void);
