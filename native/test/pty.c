/* Runs a command on a pseudo-terminal: pty [--without-session] COMMAND... Input is typed, what the terminal shows is printed, and the command's status
 * is ours. Without session: the command has the terminal as 0 to 2, but it is nobody's controlling terminal. Line 1 of the output is its name. */
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void run(const char *name, bool with_session, char **command)
{
    setsid();
    int fd = open(name, O_RDWR | O_NOCTTY);
    if (fd < 0 || (with_session && ioctl(fd, TIOCSCTTY, 0) != 0))
        _exit(125);
    for (int i = 0; i < 3; i++)
        dup2(fd, i);
    close(fd);
    execvp(command[0], command);
    _exit(126);
}

int main(int count, char **words)
{
    bool with_session = count < 2 || strcmp(words[1], "--without-session") != 0;
    char **command = words + (with_session ? 1 : 2);
    int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (count < 2 || terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0)
        return 125;
    const char *name = ptsname(terminal);
    dprintf(STDOUT_FILENO, "%s\n", name);
    pid_t child = fork();
    if (child == 0)
        run(name, with_session, command);
    struct pollfd sides[] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = terminal, .events = POLLIN } };
    for (;;) {
        char bytes[4096];
        ssize_t got = 0;
        if (poll(sides, 2, -1) < 0)
            return 125;
        if (sides[1].revents) {
            if ((got = read(terminal, bytes, sizeof bytes)) <= 0)
                break;
            if (write(STDOUT_FILENO, bytes, (size_t)got) != got)
                break;
        }
        if (sides[0].revents) {
            if ((got = read(STDIN_FILENO, bytes, sizeof bytes)) <= 0)
                sides[0].fd = -1;
            else if (write(terminal, bytes, (size_t)got) != got)
                break;
        }
    }
    int status = 0;
    close(terminal);
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
