/* What a reader may send to the logger: any bytes give messages in range or a refusal. */
#include "../logger/logger.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct frame frame;
    struct values message;
    for (size_t at = 0, used = 0; frame_next(reader_rules, data + at, size - at, &frame, &used) == FRAME_COMPLETE; at += used) {
        if (used > size - at)
            abort();
        if (!reader_message(frame, &message))
            break;
        if (message.number[3] > 1 || (frame.type != READ && frame.type != STOP))
            abort();
    }
    return 0;
}
