// The yardstick of `cargo bench --bench calls`: one call in C, by hand. A buffered read, and one write and one read a
// command. It checks what it must to go on, and guards against nothing. With -DEAGI it listens, too.
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

int main(void)
{
	char text[128];
	while (*line())
		;
#ifdef EAGI
	if (*SEND("GET VARIABLE EAGI_AUDIO_FORMAT\n") != '0')
		return 1;
	static short frame[160];
	int loudest = 0;
	for (int samples = 0; samples < 8000;) {
		// A frame of 20 ms; the driver writes whole ones.
		ssize_t some = read(3, frame, sizeof frame);
		if (some <= 0)
			return 1;
		for (int at = 0; at < some / 2; at++)
			loudest = frame[at] > loudest ? frame[at] : loudest;
		samples += some / 2;
	}
	command(text, sprintf(text, "SET VARIABLE LOUDEST %d\n", loudest));
#else
	// 1 (value)
	char *value = SEND("GET VARIABLE ACCOUNT\n") + 3;
	value[strcspn(value, ")")] = 0;
	command(text, snprintf(text, sizeof text, "SET VARIABLE BALANCE \"%s\"\n", value));
	SEND("STREAM FILE welcome \"\"\n");
	int key = atoi(SEND("WAIT FOR DIGIT 5000\n"));
	SEND("SAY NUMBER 1204 \"\"\n");
	SEND("EXEC NoOp done\n");
	command(text, sprintf(text, "SET VARIABLE CHOICE \"%c\"\n", key));
#endif
	return 0;
}
