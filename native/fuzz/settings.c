/* The settings file: any bytes are refused, or settings with everything that is needed. */
#include "settings.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct settings settings;
    struct text text;
    size_t offset, at = 0;
    if (settings_decode(data, size, &settings, &offset)) {
        if (offset > size)
            abort();
        return 0;
    }
    const struct command *commands[] = { &settings.daemon, &settings.logger, &settings.compiler };
    for (int i = 0; i < 3; i++)
        if (commands[i]->argv[0][0] != '/')
            abort();
    const struct command *former[] = { &settings.former_daemon, &settings.former_logger };
    for (int i = 0; i < 2; i++)
        if (former[i]->argv[0] && former[i]->argv[0][0] != '/')
            abort();
    if (settings.mode > MODE_SYSTEM || settings.controls > MAX_CONTROLS || !settings.digest || settings.run[0] == 0)
        abort();
    while (settings_next(&settings, SETTINGS_ENVIRONMENT, &at, &text))
        if (text.length != strlen(text.bytes) || !strchr(text.bytes, '='))
            abort();
    return 0;
}
