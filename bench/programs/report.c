/* A service for measuring: writes its service's name and its pid as one line into a FIFO as its first act, then waits for its end. usage: report FIFO NAME */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char line[256];
	if (argc != 3)
		return 2;
	int size = snprintf(line, sizeof line, "%s %d\n", argv[2], (int)getpid());
	int fifo = open(argv[1], O_WRONLY | O_CLOEXEC);
	if (fifo < 0 || size >= (int)sizeof line || write(fifo, line, (size_t)size) != size)
		return 1;
	close(fifo);
	for (;;)
		pause();
}
