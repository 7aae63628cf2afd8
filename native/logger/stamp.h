/* The time of a line: 2026-11-28T10:11:12.123456Z and a space, always UTC, never a file of time zones. */
#pragma once
#include <stdint.h>

enum { STAMP_SIZE = 28 };

/* Writes STAMP_SIZE bytes and a NUL for these seconds and nanoseconds since 1970. */
void stamp_write(int64_t seconds, long nanoseconds, char text[STAMP_SIZE + 1]);
void stamp_now(char text[STAMP_SIZE + 1]);
