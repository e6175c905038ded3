/* The yardstick of `cargo bench --bench eagi`: reads all of the caller's audio, so many bytes with each read.
 * musl-gcc -O2 -static -s -o c-reader reader.c; c-reader BYTES */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char buffer[1 << 16];

/* Reads Asterisk's environment up to its empty line. */
static int environment(void) {
  size_t have = 0;
  while (have < sizeof buffer) {
    ssize_t got = read(0, buffer + have, sizeof buffer - have);
    if (got <= 0) return -1;
    have += (size_t)got;
    if (have >= 2 && !memcmp(buffer + have - 2, "\n\n", 2)) return 0;
  }
  return -1;
}

int main(int argc, char **argv) {
  size_t most = argc > 1 ? strtoul(argv[1], NULL, 10) : 320;
  unsigned long long bytes = 0;
  ssize_t got;
  int length;
  if (most == 0 || most > sizeof buffer || environment()) return 1;
  (void)fcntl(3, F_SETPIPE_SZ, 1 << 20);
  while ((got = read(3, buffer, most)) > 0) bytes += (unsigned long long)got;
  if (got < 0) return 1;
  length = snprintf(buffer, sizeof buffer, "SET VARIABLE SAMPLES %llu\n", bytes / 2);
  if (write(1, buffer, (size_t)length) != length) return 1;
  return read(0, buffer, sizeof buffer) > 0 ? 0 : 1;
}
