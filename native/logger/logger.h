/* What the logger's files share; each part is described where it begins. */
#pragma once
#include "call.h"
#include "layout.h"
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/types.h>
#include <unistd.h>

/* What launcher and readers may say, and what they are told (docs/protocol.md, sections 7 and 8). */
enum { OPEN = 0x81, FILE_AGAIN, STARTED, CLOSE, CLEAR, FINISH, ROTATE = 0xa1, LOG_EVENT, READ = 0xc1, STOP, DATA = 0xd1, END };
enum event { EVENT_ROTATE, EVENT_LOST, EVENT_DISK_FULL, EVENT_DISK_BACK, EVENT_ROTATED, EVENT_ROTATION_FAILED }; /* the first is a message of its own */
enum { LOG_FILE = 1, LOG_BUFFER, MAX_SLOTS = 65536, LARGEST_OPEN = 27 + 65535 };
extern const struct frame_rule launcher_rules[], reader_rules[];
bool launcher_message(struct frame frame, struct values *out); /* false unless every field is in range */
bool reader_message(struct frame frame, struct values *out);

/* main.c: the event loop. A source of events is the first member of what it is for, and never freed: an event may come when it is closed already. */
struct source {
    int fd; /* -1 = closed */
    uint32_t events;
    void (*ready)(struct source *source);
};
extern uint64_t now;                                        /* milliseconds of the monotonic clock, read once a turn */
extern bool is_finishing;                                   /* after this turn all that is left is read and written, and that is the end */
void watch(struct source *source, uint32_t events);         /* 0 = not any more; if the kernel refuses there is a tick */
void unwatch(struct source *source);                        /* and close */
int shut(int fd);                                           /* closes it if there is one, and gives -1 */
void again(void);                                           /* something failed or has to wait: shortly there is a tick for everything */
void warn(const char *what, const char *detail);            /* one line on standard error */
_Noreturn void fatal(const char *what, const char *detail); /* and the end: the launcher starts a fresh logger */
static inline size_t least(uint64_t a, uint64_t b) { return (size_t)(a < b ? a : b); }

/* ring.c: the newest bytes of a log. Every byte ever appended has a position, counted from 0; the ring holds those from begin up to end. */
struct ring {
    uint8_t *bytes; /* mapped, so that a silent service costs no memory */
    uint32_t size;
    uint64_t begin, end;
};
int ring_resize(struct ring *ring, uint32_t size); /* keeps the newest bytes; without memory: the errno, and a ring of size 0 that only counts */
void ring_append(struct ring *ring, const uint8_t *data, size_t size);
size_t ring_piece(const struct ring *ring, uint64_t position, const uint8_t **piece); /* the bytes in one piece from here; 0 at the end */

/* slot.c: a service's output, from its pipe through the ring to the file and the readers. `ring.end` is the position of the next byte to arrive,
 * `written` of the next that the file needs (without a file it is the end); what lies between waits for the disk. What the ring turns over before it
 * is written is lost, and counted. No service is held up by a full disk; each is, shortly, while its full file is exchanged for a new one. */
struct slot {
    struct source pipe;
    bool is_open, is_file, has_timestamps, is_mid_line;
    bool is_rotating, is_full; /* ROTATE is not carried out yet; the last write failed */
    int file, next_file;       /* next_file waits for the end of a line; -1 = none */
    uint32_t number;
    struct ring ring;
    uint64_t written, lost, told;               /* told: how many of the lost the launcher knows of */
    uint64_t file_size, line_size, rotate_size; /* line_size: of an unfinished last line */
    uint64_t rotate_at;                         /* is_rotating: the pipe is not read before; otherwise: no rotation is asked for before */
};
static inline uint32_t slot_place(uint64_t number) { return (uint32_t)number + 1; } /* up to MAX_SLOTS: reeve's own, UINT32_MAX, is the first */
struct slot *slot_find(uint64_t number);                                            /* NULL if there is none */
void slots_each(void (*visit)(struct slot *slot));
void slot_open(const uint64_t *message, int pipe, int file); /* takes the descriptors; -1 = it came without */
void slot_started(struct slot *slot);
void slot_close(struct slot *slot);
void slot_tick(struct slot *slot); /* tries again what failed or had to wait */

/* sink.c: a log's file. */
void sink_file(struct slot *slot, int file, int error);               /* takes the descriptor; error: there is none, the file stays */
bool sink_write(struct slot *slot, const uint8_t *data, size_t size); /* what comes next; false: not all of it, the disk is full */
bool sink_flush(struct slot *slot);                                   /* the same with what waits in the ring */
void sink_lose(struct slot *slot, uint64_t first_kept);               /* counts what can't be written any more: all before this */

/* channel.c: descriptor 3, and frames on any socket. */
extern struct source channel;
bool tell(const struct slot *slot, enum event event, uint64_t amount, int error); /* false: the launcher is so far behind that no more fits */
void channel_send(void);
enum received { NOTHING, RECEIVED, MALFORMED, ENDED };
enum received receive(int fd, const struct frame_rule *rules, struct frame *frame, int descriptors[2]); /* descriptors: NULL = none are taken */
int send_frames(int fd, struct frame_writer *writer); /* 0 = all is gone, or an errno */

/* reader.c: descriptor 4 and its connections. A slow reader is never waited for, it misses bytes and sees that it did. */
extern struct source listener;
extern uid_t readers_uid; /* accepted besides our own and root */
void readers_pump(void);  /* sends what has come since, as far as each connection takes it */

/* confine.c: what is given up before the first byte is heard. What this kernel can't do is said in one sentence on standard error. */
void confine(void);
