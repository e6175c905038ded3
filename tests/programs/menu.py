#!/usr/bin/env python3
"""A small menu as many first scripts are written: functions around print, and a pattern."""
import re
import sys


def read_environment():
    environment = {}
    for line in iter(sys.stdin.readline, ""):
        line = line.rstrip("\n")
        if not line:
            break
        name, _, value = line.partition(": ")
        environment[name] = value
    return environment


def ask(command):
    print(command)
    sys.stdout.flush()
    reply = sys.stdin.readline()
    found = re.match(r"200 result=(-?\d*)(?: \((.*)\))?", reply)
    result, value = found.groups() if found else ("", None)
    if not reply or result == "-1":
        sys.exit(0)
    return result, value


def say(sound, keys=""):
    return ask('STREAM FILE %s "%s"' % (sound, keys))[0]


environment = read_environment()
ask("ANSWER")
number, _ = ask("GET DATA vm-enter-num-to-call 5000 4")
ask('SET VARIABLE DIALLED "%s"' % number)
if number:
    ask('SAY DIGITS %s ""' % number)
else:
    say("invalid")
choice = {"49": "1", "50": "2"}.get(say("tt-weasels", "12"), "none")
ask("DATABASE PUT menu choice %s" % choice)
_, caller = ask("GET VARIABLE CALLERID(num)")
ask('VERBOSE "%s chose %s" 1' % (caller, choice))
ask("NO SUCH COMMAND")
say("vm-goodbye")
print("menu: call %s is over" % environment["agi_uniqueid"], file=sys.stderr)
