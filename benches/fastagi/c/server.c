/* The yardstick: FastAGI in C by hand, with nothing that the work does not need. A thread a call with 64 KiB of stack,
   one read and one write a command, everything on the stack. Usage: server ten|hold; prints its port. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int hold;

/* Writes all of it: 0 when the call is over. */
static int put(int call, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = send(call, bytes, length, MSG_NOSIGNAL);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return 0;
		bytes += written;
		length -= (size_t) written;
	}
	return 1;
}

/* Reads up to the end that is given: the length, 0 when the call is over or the text is too long. */
static size_t take(int call, char *text, size_t room, const char *end)
{
	size_t length = 0, ending = strlen(end);

	for (;;) {
		ssize_t got = recv(call, text + length, room - length, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return 0;
		length += (size_t) got;
		if (length >= ending && memcmp(text + length - ending, end, ending) == 0)
			return length;
		if (length == room)
			return 0;
	}
}

static void *serve(void *argument)
{
	static const char playing[] = "STREAM FILE \"prompt\" \"\"\n";
	static const char found[] = "200 result=1 (";
	static const char done[] = "200 result=1\n";
	int call = (int) (intptr_t) argument;
	char header[4096], line[256], reply[256];
	size_t length;

	if (take(call, header, sizeof header, "\n\n") == 0)
		goto end;
	if (hold && (!put(call, playing, sizeof playing - 1)
			|| take(call, reply, sizeof reply, "\n") < sizeof "200 result=0"
			|| memcmp(reply, "200 result=0", 12) != 0))
		goto end;
	for (int n = 0; n < 5; n++) {
		memcpy(line, "GET VARIABLE LOAD_0\n", 20);
		line[18] = (char) ('0' + n);
		if (!put(call, line, 20))
			goto end;
		length = take(call, reply, sizeof reply, ")\n");
		if (length < sizeof found + 1 || memcmp(reply, found, sizeof found - 1) != 0)
			goto end;
		length -= sizeof found + 1;
		memcpy(line, "SET VARIABLE ECHO_0 \"", 21);
		line[18] = (char) ('0' + n);
		memcpy(line + 21, reply + sizeof found - 1, length);
		memcpy(line + 21 + length, "\"\n", 2);
		if (!put(call, line, 21 + length + 2))
			goto end;
		length = take(call, reply, sizeof reply, "\n");
		if (length != sizeof done - 1 || memcmp(reply, done, length) != 0)
			goto end;
	}
end:
	close(call);
	return NULL;
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof address;
	pthread_attr_t small;
	int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	hold = argc > 1 && strcmp(argv[1], "hold") == 0;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	signal(SIGPIPE, SIG_IGN);
	if (listener < 0 || bind(listener, (struct sockaddr *) &address, size) != 0
			|| listen(listener, 4096) != 0
			|| getsockname(listener, (struct sockaddr *) &address, &size) != 0) {
		perror("listen");
		return 1;
	}
	printf("%d\n", ntohs(address.sin_port));
	fflush(stdout);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 64 * 1024);
	pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
	for (;;) {
		pthread_t thread;
		int call = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (call < 0)
			continue;
		setsockopt(call, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		if (pthread_create(&thread, &small, serve, (void *) (intptr_t) call) != 0)
			close(call);
	}
}
