/* The settings file (docs/protocol.md, section 3): read once at start, never again. */
#pragma once
#include "layout.h"

enum { MAX_CONTROLS = 4, MAX_WORDS = 128, SETTINGS_LARGEST = 4 << 20, DIGEST_SIZE = 32 };
enum settings_mode { MODE_USER, MODE_SYSTEM };
enum settings_record { SETTINGS_ENVIRONMENT = 0x06, SETTINGS_SETENV_ALLOW = 0x07, SETTINGS_NAMES = 0x09 };

struct command {
    uint32_t uid, gid;
    const char *argv[MAX_WORDS + 1];
};

struct settings {
    const uint8_t *bytes;
    size_t size;
    uint8_t mode;
    bool foreground;
    const uint8_t *digest;
    const char *run, *cache; /* cache: "" = none */
    struct command daemon, logger, compiler, former_daemon, former_logger; /* of the former ones only argv is meant, empty = none */
    struct {
        const char *path;
        uint32_t mode;
    } control[MAX_CONTROLS];
    uint32_t controls;
    uint64_t acknowledge, compile, first_delay, largest_delay; /* ns */
};

/* NULL, or what is wrong; *offset is then the byte in the file. `bytes` must stay. */
const char *settings_decode(const uint8_t *bytes, size_t size, struct settings *out, size_t *offset);
/* Opens, checks and decodes; NULL, or what is wrong. */
const char *settings_read(const char *path, struct settings *out);
/* The text of the next record of one kind after *at (0 at first); false when there is no more. */
bool settings_next(const struct settings *settings, enum settings_record kind, size_t *at, struct text *out);
