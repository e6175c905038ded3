// A call in C, by hand, for the benches' yardsticks: a buffered read, and one write and one read a command. It checks what
// it must to go on, and guards against nothing.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char input[4096];
static size_t begin, end;

// The next line, ended by a NUL.
static char *line(void)
{
	for (;;) {
		char *feed = memchr(input + begin, '\n', end - begin);
		if (feed) {
			char *found = input + begin;
			*feed = 0;
			begin = feed + 1 - input;
			return found;
		}
		memmove(input, input + begin, end - begin);
		end -= begin;
		begin = 0;
		ssize_t some = read(0, input + end, sizeof input - end);
		if (some <= 0)
			exit(1);
		end += some;
	}
}

// Sends a command, and gives what follows "200 result=".
static char *command(const char *text, size_t length)
{
	if (write(1, text, length) != (ssize_t)length)
		exit(1);
	char *reply = line();
	if (strncmp(reply, "200 result=", 11))
		exit(1);
	return reply + 11;
}

#define SEND(text) command(text, sizeof text - 1)
