/* What the logger is told: by the launcher on descriptor 3, by readers on the connections of descriptor 4 (docs/protocol.md, sections 7 and 8).
 * Pure: a frame becomes a message whose every field is in range, or is refused. */
#pragma once
#include "frame.h"

enum {
    MESSAGE_OPEN = 0x81, MESSAGE_FILE, MESSAGE_STARTED, MESSAGE_CLOSE, MESSAGE_CLEAR, MESSAGE_FINISH,
    MESSAGE_ROTATE = 0xa1, MESSAGE_LOG_EVENT,
    MESSAGE_READ = 0xc1, MESSAGE_STOP,
    MESSAGE_DATA = 0xd1, MESSAGE_END
};
enum log_type { LOG_FILE = 1, LOG_BUFFER = 2 };
enum { OPEN_LARGEST = 27 + 65535, READ_SIZE = 13 };

struct launcher_message {
    uint8_t type;
    uint32_t slot;
    int error;          /* FILE: 0 = a descriptor comes with it */
    enum log_type log;  /* OPEN, and all below */
    uint32_t buffer;
    bool has_timestamps;
    uint64_t rotate_size; /* 0 = never */
};

struct reader_message {
    uint8_t type;
    uint32_t request, slot, last; /* last: bytes, 0 = all */
    bool is_follow;
};

extern const struct frame_rule launcher_rules[], reader_rules[];
bool launcher_message_of(struct frame frame, struct launcher_message *out);
bool reader_message_of(struct frame frame, struct reader_message *out);
