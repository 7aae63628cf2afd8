/* A test is one function with a sentence for a title; it has passed if none of its checks failed. main.c has the table of all. */
#pragma once
#include "launcher.h"
#include <stdio.h>

extern int checks_failed;
#define CHECK(what) ((what) ? (void)0 : (void)(checks_failed++, fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #what)))

extern const char *vectors_path;
void frame_vectors(void), frame_writer_fields(void), frame_reader_refuses(void);
void layout_exact(void);
void settings_whole(void), settings_refused(void);
void plan_whole(void), plan_damaged(void), plan_ops(void), plan_structure(void);
void slots_by_name(void), processes_by_pid(void), slots_full(void);
void environment_changes(void);
void numbers_to_text(void), numbers_of_pid_files(void);

/* A frame with the fields that a layout and its numbers say, for texts use put_* between frame_begin and frame_end. */
extern uint8_t scratch[1 << 21];
struct frame_writer writer_new(void);
