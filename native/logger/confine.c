/* See confine.h. The filter is written out by hand: libseccomp is larger than the whole logger. */
#include "confine.h"
#include "call.h"
#include "loop.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
enum { ARCHITECTURE = AUDIT_ARCH_X86_64, FOREIGN = 0x40000000 }; /* from there: the x32 calls */
#elif defined(__aarch64__)
enum { ARCHITECTURE = AUDIT_ARCH_AARCH64, FOREIGN = 0x7fffffff };
#else
enum { ARCHITECTURE = 0, FOREIGN = 0 };
#endif

/* The sanitizers and the fault log need calls of their own. */
#if defined(__SANITIZE_ADDRESS__) || defined(REEVE_FAULTS) || defined(REEVE_UNCONFINED)
enum { IS_FILTERED = 0 };
#else
enum { IS_FILTERED = 1 };
#endif

/* A call, and if mask is not 0 a condition: (arguments[argument] & mask) == value. */
static const struct {
    uint32_t number, argument, mask, value;
} permitted[] = {
    { __NR_read, 0, 0, 0 },        { __NR_write, 0, 0, 0 },  { __NR_recvmsg, 0, 0, 0 },       { __NR_accept4, 0, 0, 0 },
    { __NR_epoll_ctl, 0, 0, 0 },   { __NR_close, 0, 0, 0 },  { __NR_lseek, 0, 0, 0 },         { __NR_munmap, 0, 0, 0 },
    { __NR_exit_group, 0, 0, 0 },  { __NR_geteuid, 0, 0, 0 }, { __NR_clock_gettime, 0, 0, 0 }, { __NR_restart_syscall, 0, 0, 0 },
    { __NR_epoll_pwait, 0, 0, 0 },
#ifdef __NR_epoll_wait
    { __NR_epoll_wait, 0, 0, 0 },
#endif
    { __NR_mmap, 2, PROT_EXEC, 0 },
    { __NR_getsockopt, 1, UINT32_MAX, SOL_SOCKET },
    { __NR_fcntl, 1, UINT32_MAX, F_GETFL },
    { __NR_fcntl, 1, UINT32_MAX, F_SETFL },
};

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offsetof(struct seccomp_data, field))
#define JUMP(test, value, yes, no) BPF_JUMP(BPF_JMP | BPF_K | (test), (value), (yes), (no))
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, (action))

static int filter_calls(void)
{
    enum { ROWS = sizeof permitted / sizeof *permitted };
    struct sock_filter code[5 + 6 * ROWS + 1] = { LOAD(arch), JUMP(BPF_JEQ, ARCHITECTURE, 1, 0), ANSWER(SECCOMP_RET_KILL_PROCESS), LOAD(nr),
                                                  JUMP(BPF_JGE, FOREIGN, 6 * ROWS, 0) };
    for (size_t i = 0; i < ROWS; i++) { /* little endian: the low half of an argument comes first */
        uint32_t argument = (uint32_t)(offsetof(struct seccomp_data, args) + 8 * permitted[i].argument);
        const struct sock_filter row[6] = { JUMP(BPF_JEQ, permitted[i].number, 0, 5), BPF_STMT(BPF_LD | BPF_W | BPF_ABS, argument),
                                            BPF_STMT(BPF_ALU | BPF_AND | BPF_K, permitted[i].mask), JUMP(BPF_JEQ, permitted[i].value, 0, 1),
                                            ANSWER(SECCOMP_RET_ALLOW), LOAD(nr) };
        memcpy(&code[5 + 6 * i], row, sizeof row);
    }
    code[5 + 6 * ROWS] = (struct sock_filter)ANSWER(SECCOMP_RET_KILL_PROCESS);
    struct sock_fprog program = { .len = sizeof code / sizeof *code, .filter = code };
    return CALL(prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

/* Rights that this kernel's Landlock knows, by its ABI; no rule grants any of them. The attribute grew with the ABI, as did the headers. */
static int forbid_paths(void)
{
    static const uint64_t file_rights[] = { 0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff };
    struct {
        uint64_t files, ports, scopes;
    } rules = { 0 };
    long abi = CALL(syscall, __NR_landlock_create_ruleset, NULL, 0, 1);
    if (abi < 1)
        return -1;
    rules.files = file_rights[abi < 5 ? abi : 5];
    rules.ports = abi >= 4 ? 3 : 0;
    rules.scopes = abi >= 6 ? 3 : 0;
    int set = (int)CALL(syscall, __NR_landlock_create_ruleset, &rules, abi >= 6 ? 24 : abi >= 4 ? 16 : 8, 0);
    if (set < 0)
        return -1;
    long result = CALL(syscall, __NR_landlock_restrict_self, set, 0);
    CALL(close, set);
    return (int)result;
}

void confine(void)
{
    if (CALL(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        warn("cannot give up new privileges", strerror(errno));
    if (forbid_paths() != 0)
        warn("runs without Landlock", strerror(errno));
    if (IS_FILTERED && (ARCHITECTURE == 0 || filter_calls() != 0))
        warn("runs without a system call filter", ARCHITECTURE == 0 ? "unknown architecture" : strerror(errno));
}
