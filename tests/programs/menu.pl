#!/usr/bin/env perl
# A small menu on Debian's libasterisk-agi-perl.
use strict;
use warnings;
use Asterisk::AGI;

my $agi = Asterisk::AGI->new;
my %call = $agi->ReadParse;

# The library calls this where a result is -1.
$agi->setcallback(sub { exit 0 });

$agi->answer;
my $number = $agi->get_data('vm-enter-num-to-call', 5000, 4);
# Nothing dialled is `(timeout)`, of which the library makes what is behind it.
$number = '' unless defined $number && $number =~ /^\d+$/;
$agi->set_variable('DIALLED', $number);
if (length $number) {
    $agi->say_digits($number);
} else {
    $agi->stream_file('invalid');
}
my $key = $agi->stream_file('tt-weasels', '12');
my $choice = $key ? chr $key : 'none';
$agi->database_put('menu', 'choice', $choice);
my $caller = $agi->get_variable('CALLERID(num)');
$agi->verbose("$caller chose $choice", 1);
$agi->execute('NO SUCH COMMAND');
$agi->stream_file('vm-goodbye');
warn "menu: call $call{uniqueid} is over\n";
