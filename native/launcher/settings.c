/* See settings.h. */
#include "settings.h"
#include "call.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SETTINGS = 1, DAEMON, LOGGER, COMPILER, CONTROL, ENVIRONMENT, SETENV_ALLOW, LIMITS, NAMES, DIRECTORY, OPTION, FOREGROUND, END, FORMER_DAEMON, FORMER_LOGGER };
enum { LARGEST = 65536, REPEATED = 1 << CONTROL | 1 << ENVIRONMENT | 1 << SETENV_ALLOW | 1 << NAMES | 1 << DIRECTORY | 1 << OPTION };
enum { NEEDED = 1 << SETTINGS | 1 << DAEMON | 1 << LOGGER | 1 << COMPILER | 1 << LIMITS };

static const struct frame_rule rules[] = {
    { SETTINGS, 47, LARGEST, "SETTINGS" }, { DAEMON, 12, LARGEST, "DAEMON" },
    { LOGGER, 12, LARGEST, "LOGGER" },     { COMPILER, 12, LARGEST, "COMPILER" },
    { CONTROL, 14, LARGEST, "CONTROL" },   { ENVIRONMENT, 5, 1 << 20, "ENVIRONMENT" },
    { SETENV_ALLOW, 5, LARGEST, "ALLOW" }, { LIMITS, 16, 16, "LIMITS" },
    { NAMES, 5, LARGEST, "NAMES" },        { DIRECTORY, 5, LARGEST, "SERVICE_DIRECTORY" },
    { OPTION, 5, LARGEST, "OPTION" },      { FOREGROUND, 0, 0, "FOREGROUND" },
    { END, 0, 0, "END" },                  { FORMER_DAEMON, 4, LARGEST, "FORMER_DAEMON" },
    { FORMER_LOGGER, 4, LARGEST, "FORMER_LOGGER" }, { 0, 0, 0, NULL },
};

static const char *const layouts[] = { "", "41Dss", "44S", "44S", "44S", "s4s", "s", "s", "4444", "s", "s", "s", "", "", "S", "S" };

static bool command_of(struct values *values, struct command *out)
{
    struct list *words = &values->list[0];
    if (words->count == 0 || words->count > MAX_WORDS)
        return false;
    *out = (struct command){ .uid = (uint32_t)values->number[0], .gid = (uint32_t)values->number[1] };
    for (uint32_t i = 0; i < words->count; i++)
        out->argv[i] = field_text(&words->items).bytes;
    return out->argv[0] && out->argv[0][0] == '/';
}

static bool take(uint8_t type, struct values *v, struct settings *out)
{
    const uint64_t ms = 1000000;
    switch (type) {
    case SETTINGS:
        out->mode = (uint8_t)v->number[1];
        out->digest = v->digest;
        out->run = v->text[0].bytes;
        out->cache = v->text[1].bytes;
        return v->number[0] == 1 && out->mode <= MODE_SYSTEM && v->text[0].length > 0;
    case DAEMON: return command_of(v, &out->daemon);
    case LOGGER: return command_of(v, &out->logger);
    case COMPILER: return command_of(v, &out->compiler);
    case FORMER_DAEMON: return command_of(v, &out->former_daemon);
    case FORMER_LOGGER: return command_of(v, &out->former_logger);
    case CONTROL:
        if (out->controls == MAX_CONTROLS)
            return false;
        out->control[out->controls].path = v->text[0].bytes;
        out->control[out->controls++].mode = (uint32_t)v->number[0];
        return (v->number[0] & ~0777ULL) == 0;
    case ENVIRONMENT: return strchr(v->text[0].bytes, '=') > v->text[0].bytes;
    case LIMITS:
        out->acknowledge = v->number[0] * ms;
        out->compile = v->number[1] * ms;
        out->first_delay = v->number[2] * ms;
        out->largest_delay = v->number[3] * ms;
        return out->first_delay <= out->largest_delay;
    case FOREGROUND: out->foreground = true; return true;
    default: return true;
    }
}

const char *settings_decode(const uint8_t *bytes, size_t size, struct settings *out, size_t *offset)
{
    uint32_t seen = 0;
    *out = (struct settings){ .bytes = bytes, .size = size };
    for (*offset = 0; *offset < size;) {
        struct frame frame;
        struct values values;
        size_t used;
        if (frame_next(rules, bytes + *offset, size - *offset, &frame, &used) != FRAME_COMPLETE)
            return "not a settings file";
        if ((seen & ~(uint32_t)REPEATED & 1U << frame.type) || (*offset == 0) != (frame.type == SETTINGS))
            return "a record is where it does not belong";
        if (!decode(frame, layouts[frame.type], &values) || !take(frame.type, &values, out))
            return "a record has a bad value";
        *offset += used;
        seen |= 1U << frame.type;
        if (frame.type == END)
            return *offset != size ? "something follows the end" : (seen & NEEDED) != NEEDED ? "a needed record is missing" : NULL;
    }
    return "the end is missing";
}

const char *settings_read(const char *path, struct settings *out)
{
    static uint8_t bytes[SETTINGS_LARGEST];
    const char *wrong = NULL;
    struct stat about;
    size_t size = 0, offset;
    ssize_t got = 1;
    int fd = CALL(open, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return strerror(errno);
    if (CALL(fstat, fd, &about) != 0)
        wrong = strerror(errno);
    else if (!S_ISREG(about.st_mode) || about.st_uid != geteuid() || (about.st_mode & 022))
        wrong = "must be a regular file of the user that runs reeve, and nobody else may write it";
    while (!wrong && got > 0 && size < sizeof bytes) {
        got = CALL(read, fd, bytes + size, sizeof bytes - size);
        if (got < 0)
            wrong = strerror(errno);
        else
            size += (size_t)got;
    }
    close(fd);
    return wrong ? wrong : settings_decode(bytes, size, out, &offset);
}

bool settings_next(const struct settings *settings, enum settings_record kind, size_t *at, struct text *out)
{
    struct frame frame;
    size_t used;
    while (*at < settings->size && frame_next(rules, settings->bytes + *at, settings->size - *at, &frame, &used) == FRAME_COMPLETE) {
        *at += used;
        struct fields fields = fields_of(frame);
        *out = frame.type == kind ? field_text(&fields) : *out;
        if (frame.type == kind)
            return true;
    }
    return false;
}
