/* What the launcher may send to the logger: any bytes give messages in range or a refusal, and no byte is looked at twice. */
#include "../logger/logger.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct frame frame;
    struct values message;
    for (size_t at = 0, used = 0; frame_next(launcher_rules, data + at, size - at, &frame, &used) == FRAME_COMPLETE; at += used) {
        if (used > size - at || frame.length > LARGEST_OPEN)
            abort();
        if (!launcher_message(frame, &message))
            break;
        if (frame.type == OPEN && message.number[1] != LOG_FILE && message.number[1] != LOG_BUFFER)
            abort();
    }
    return 0;
}
