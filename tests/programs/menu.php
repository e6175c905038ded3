#!/usr/bin/env php
<?php
// A small menu by fgets and fwrite.

$call = [];
while (($line = fgets(STDIN)) !== false && $line !== "\n") {
    [$name, $value] = explode(': ', rtrim($line, "\n"), 2) + [1 => ''];
    $call[$name] = $value;
}

// Sends a command, gives its result and what stands behind it in parentheses.
function agi(string $command): array
{
    fwrite(STDOUT, $command . "\n");
    fflush(STDOUT);
    $reply = fgets(STDIN);
    $found = preg_match('/^200 result=(-?\d*)(?: \((.*)\))?/', (string) $reply, $parts);
    if ($reply === false || ($found && $parts[1] === '-1')) {
        exit(0);
    }
    return [$parts[1] ?? '', $parts[2] ?? ''];
}

agi('ANSWER');
[$number] = agi('GET DATA vm-enter-num-to-call 5000 4');
agi("SET VARIABLE DIALLED \"$number\"");
if ($number !== '') {
    agi("SAY DIGITS $number \"\"");
} else {
    agi('STREAM FILE invalid ""');
}
[$key] = agi('STREAM FILE tt-weasels "12"');
$choice = $key === '0' ? 'none' : chr((int) $key);
agi("DATABASE PUT menu choice $choice");
[, $caller] = agi('GET VARIABLE CALLERID(num)');
agi("VERBOSE \"$caller chose $choice\" 1");
agi('NO SUCH COMMAND');
agi('STREAM FILE vm-goodbye ""');
fwrite(STDERR, "menu: call {$call['agi_uniqueid']} is over\n");
