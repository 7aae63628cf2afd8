/* What a reader may send to the logger: any bytes give messages in range or a refusal. */
#include "../logger/logger.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct frame frame;
    struct reader_message message;
    for (size_t at = 0, used = 0; frame_next(reader_rules, data + at, size - at, &frame, &used) == FRAME_COMPLETE; at += used) {
        if (used > size - at)
            abort();
        if (!reader_message_of(frame, &message))
            break;
        if (message.follow > 1 || (message.type != READ && message.type != STOP))
            abort();
    }
    return 0;
}
