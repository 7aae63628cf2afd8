/* Every system call of the launcher and the logger that can fail goes through CALL.
 *
 *     int fd = CALL(open, path, O_RDONLY | O_CLOEXEC);
 *
 * In a normal build that is the plain call. In the fault-injection build (-DREEVE_FAULTS) it is counted, and the one that REEVE_FAULT names
 * returns -1 (MAP_FAILED for mmap and mremap) with the errno asked for, without being made; CALL_MEMORY, for what allocates, returns NULL. A call that
 * is not in the table does not compile there.
 *
 *     REEVE_FAULT=open:3:24       the third open of this process fails with errno 24
 *     REEVE_FAULT=any:17:12:5     the 17th call of any kind and the four after it
 *     REEVE_FAULT=child/open:1:13 the first open in a process forked from it (and not yet executed)
 *     REEVE_FAULT_SKIP=3          with child/: not in the first three processes forked from it
 *     REEVE_FAULT_LOG=PATH        a line is appended there for each call that was made to fail: a walk ends when there is none */
#pragma once

#define CALL_TABLE(row)                                                                                                                            \
    row(accept4) row(bind) row(calloc) row(chdir) row(clock_gettime) row(close) row(connect) row(dup3) row(epoll_create1) row(epoll_ctl)           \
    row(epoll_wait) row(execve) row(fchmod) row(fchown) row(fcntl) row(fork) row(fstat) row(fstatat) row(ftruncate) row(getrlimit) row(getsockopt) \
    row(ioctl) row(kill) row(lchown) row(listen) row(lseek) row(lstat) row(malloc) row(memfd_create) row(mkdir) row(mmap) row(mremap) row(munmap)  \
    row(open) row(openat) row(pipe2) row(poll) row(prctl) row(pread) row(pwrite) row(read) row(readlink) row(readv) row(realloc) row(recv)         \
    row(recvmsg) row(rename) row(send) row(sendmsg) row(setgid) row(setgroups) row(setpgid) row(setpriority) row(setresgid) row(setresuid)         \
    row(setrlimit) row(setsid) row(setsockopt) row(sigaction) row(signalfd) row(sigprocmask) row(socket) row(socketpair) row(splice) row(stat)     \
    row(strdup) row(syscall) row(tcsetpgrp) row(tee) row(timerfd_create) row(timerfd_settime) row(unlink) row(wait4) row(waitid) row(write)        \
    row(writev)

#ifdef REEVE_FAULTS
#include <stdbool.h>
#define CALL_ROW(name) CALL_##name,
enum call { CALL_TABLE(CALL_ROW) CALL_COUNT };
/* True if this call is the one that must fail; errno is set then. */
bool call_must_fail(enum call call);
#define CALL(name, ...) (call_must_fail(CALL_##name) ? (__typeof__(name(__VA_ARGS__)))-1 : name(__VA_ARGS__))
#define CALL_MEMORY(name, ...) (call_must_fail(CALL_##name) ? NULL : name(__VA_ARGS__))
#else
#define CALL(name, ...) name(__VA_ARGS__)
#define CALL_MEMORY(name, ...) name(__VA_ARGS__)
#endif
