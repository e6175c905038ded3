"""`cargo bench --bench asterisk` in Python alone: standard input and output."""

import sys

read, write = sys.stdin.readline, sys.stdout


def command(text):
    write.write(text + "\n")
    write.flush()
    return read().rstrip("\n")


def value(reply):
    return reply[reply.index("(") + 1 : reply.rindex(")")]


while read().strip():
    pass
token = value(command("GET VARIABLE TOKEN"))
command(f'SET VARIABLE ECHO "{token}"')
command("CHANNEL STATUS")
command("NOOP")
command("EXEC NoOp done")
count = value(command('GET FULL VARIABLE "$[3+4]"'))
command(f'SET VARIABLE DONE "{count}"')
