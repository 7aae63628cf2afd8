/* No new privileges, no path, no port, and no system call but a dozen. The filter is written by hand: libseccomp is larger than the whole logger. */
#include "logger.h"
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
enum { ARCHITECTURE = AUDIT_ARCH_X86_64, FOREIGN = 0x40000000 }; /* from there: the x32 calls */
#elif defined(__aarch64__)
enum { ARCHITECTURE = AUDIT_ARCH_AARCH64, FOREIGN = 0x7fffffff };
#else
enum { ARCHITECTURE = 0, FOREIGN = 0 };
#endif

/* The sanitizers and the fault log need more: there the same calls are made, and forbid next to nothing. */
#if defined(__SANITIZE_ADDRESS__) || defined(REEVE_FAULTS) || defined(REEVE_UNCONFINED)
enum { OTHERWISE = SECCOMP_RET_ALLOW, FILE_RIGHTS = 1 << 11, PORT_RIGHTS = 0, SCOPES = 0 };
#else
enum { OTHERWISE = (int)SECCOMP_RET_KILL_PROCESS, FILE_RIGHTS = 0xffff, PORT_RIGHTS = 3, SCOPES = 3 };
#endif

/* A call, and if mask is not 0 a condition: (arguments[argument] & mask) == value. */
static const struct {
    uint32_t number, argument, mask, value;
} permitted[] = {
    { __NR_read, 0, 0, 0 },       { __NR_write, 0, 0, 0 },   { __NR_recvmsg, 0, 0, 0 },       { __NR_accept4, 0, 0, 0 },
    { __NR_epoll_ctl, 0, 0, 0 },  { __NR_close, 0, 0, 0 },   { __NR_lseek, 0, 0, 0 },         { __NR_munmap, 0, 0, 0 },
    { __NR_exit_group, 0, 0, 0 }, { __NR_geteuid, 0, 0, 0 }, { __NR_clock_gettime, 0, 0, 0 }, { __NR_epoll_pwait, 0, 0, 0 },
#ifdef __NR_epoll_wait
    { __NR_epoll_wait, 0, 0, 0 },
#endif
    { __NR_mmap, 2, PROT_EXEC, 0 },
    { __NR_getsockopt, 1, UINT32_MAX, SOL_SOCKET },
    { __NR_fcntl, 1, UINT32_MAX, F_GETFL },
    { __NR_fcntl, 1, UINT32_MAX, F_SETFL },
};

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offset))
#define LOAD_NUMBER LOAD(offsetof(struct seccomp_data, nr))
#define JUMP(test, value, yes, no) BPF_JUMP(BPF_JMP | BPF_K | (test), (value), (yes), (no))
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, (uint32_t)(action))

static int filter_calls(void)
{
    enum { ROWS = sizeof permitted / sizeof *permitted };
    struct sock_filter code[5 + 6 * ROWS + 1] = { LOAD(offsetof(struct seccomp_data, arch)), JUMP(BPF_JEQ, ARCHITECTURE, 1, 0), ANSWER(OTHERWISE),
                                                  LOAD_NUMBER, JUMP(BPF_JGE, FOREIGN, 6 * ROWS, 0) };
    for (size_t i = 0; i < ROWS; i++) {
        const struct sock_filter row[6] = { JUMP(BPF_JEQ, permitted[i].number, 0, 5),
                                            LOAD(offsetof(struct seccomp_data, args) + 8 * permitted[i].argument), /* the low half */
                                            BPF_STMT(BPF_ALU | BPF_AND | BPF_K, permitted[i].mask),
                                            JUMP(BPF_JEQ, permitted[i].value, 0, 1),
                                            ANSWER(SECCOMP_RET_ALLOW),
                                            LOAD_NUMBER };
        memcpy(&code[5 + 6 * i], row, sizeof row);
    }
    code[5 + 6 * ROWS] = (struct sock_filter)ANSWER(OTHERWISE);
    struct sock_fprog program = { .len = sizeof code / sizeof *code, .filter = code };
    return CALL(prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

/* Denies all rights that this kernel's Landlock knows. What it may be told grew with its versions, as did the structure. */
static int forbid_paths(void)
{
    static const uint64_t known[] = { 0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff };
    long version = CALL(syscall, __NR_landlock_create_ruleset, NULL, 0, 1);
    const uint64_t rules[3] = { version < 1 ? 0 : known[version < 5 ? version : 5] & FILE_RIGHTS, PORT_RIGHTS, SCOPES };
    int set = version < 1 ? -1 : (int)CALL(syscall, __NR_landlock_create_ruleset, rules, version >= 6 ? 24 : version >= 4 ? 16 : 8, 0);
    int result = set < 0 ? -1 : (int)CALL(syscall, __NR_landlock_restrict_self, set, 0);
    if (set >= 0)
        CALL(close, set);
    return result;
}

void confine(void)
{
    if (CALL(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        warn("cannot give up new privileges", strerror(errno));
    if (forbid_paths() != 0)
        warn("runs without Landlock", strerror(errno));
    if (ARCHITECTURE == 0 || filter_calls() != 0)
        warn("runs without a system call filter", ARCHITECTURE == 0 ? "unknown architecture" : strerror(errno));
}
