/* The floor for any supervisor: forks, executes a program and waits for it, so many times one after the other. usage: fork-loop COUNT PROGRAM */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	char *words[] = {argv[2], NULL};
	char *none[] = {NULL};
	for (int left = atoi(argv[1]); left > 0; left--) {
		int status;
		pid_t pid = fork();
		if (pid == 0) {
			execve(argv[2], words, none);
			_exit(127);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
			return 1;
	}
	return 0;
}
