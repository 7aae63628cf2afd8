/* A plan (docs/protocol.md, section 2): validated once, whole and strictly, into a table; afterwards its bytes are trusted.
 * Nothing here does more than read memory. */
#pragma once
#include "layout.h"

enum { ROLE_MAIN, ROLE_STOP, ROLES, MAX_SLOTS = 65536, MAX_ARGUMENTS = 16384, LARGEST_FD = 65535 };

enum op_type {
    OP_CHDIR = 0x20, OP_UMASK, OP_RLIMIT, OP_NICE, OP_IOPRIO, OP_OOM_SCORE_ADJ, OP_GROUPS, OP_GID, OP_UID, OP_NO_NEW_PRIVS, OP_STREAMS, OP_SETSID,
    OP_ENV_CLEAR, OP_ENV_UNSET, OP_ENV_IMPORT, OP_ENV_SET, OP_EXEC, OP_OPEN_LOG, OP_OPEN_SOCKET, OP_PASS_DESCRIPTORS,
};
enum log_type { LOG_NONE, LOG_FILE, LOG_BUFFER, LOG_PIPE };
enum socket_family { SOCKET_NONE, SOCKET_UNIX, SOCKET_INET, SOCKET_INET6 };
enum service_flag { FLAG_PROCESS_ONLY = 1, FLAG_UNMASK_INTERRUPT = 16 };

/* Which step of a program something belongs to. */
struct step {
    uint32_t index;
    uint8_t type; /* 0: none */
};

struct program {
    const uint8_t *ops;
    uint32_t length; /* 0: there is no such program */
    struct step open_log, open_socket, streams;
    uint8_t streams_kind;
};

struct log_spec {
    uint8_t type, timestamps;
    uint32_t buffer, mode, rotate_count;
    int32_t uid, gid;
    uint64_t rotate_size;
    const char *path;
};

struct socket_spec {
    uint8_t family, address[16];
    uint16_t port;
    const char *path;
    uint32_t mode;
    int32_t uid, gid;
};

struct service {
    struct text name, consumes; /* consumes: length 0 = nothing */
    struct program program[ROLES];
    struct log_spec log;
    struct socket_spec socket;
    const char *pidfile; /* NULL: none */
    uint32_t pidfile_owner, flags, slot;
    bool has_readiness;
    int32_t ready_fd;
    const char *ready_variable;
};

struct identity {
    uint8_t kind;
    uint64_t device, inode, size;
    int64_t changed, status_changed;
    const char *path;
};

struct plan {
    uint32_t generation, services, identities, json_bytes;
    const uint8_t *digest;
    const uint8_t *descriptions, *end; /* the DESCRIPTIONS records */
    struct service *service;           /* owned: plan_free */
};

/* NULL, or what is wrong and, in *offset, where. When it is NULL, plan_free is due in the end. */
const char *plan_decode(const uint8_t *bytes, size_t size, struct plan *out, size_t *offset);
void plan_free(struct plan *plan);
/* A zeroed table that costs memory only where it is used, and that a forked child does not have: with thousands of services the copying of page
 * tables is what makes fork slow. NULL with errno: no memory. */
void *plan_table(size_t count, size_t size);
/* The next IDENTITY, or the next piece of DESCRIPTIONS, of a decoded plan. *at is NULL at first. */
bool plan_identity(const struct plan *plan, const uint8_t **at, struct identity *out);
bool plan_description(const struct plan *plan, const uint8_t **at, struct frame *out);
/* The next op of a decoded program. */
bool program_next(struct fields *ops, uint8_t *type, struct values *out);
