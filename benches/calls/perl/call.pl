# `cargo bench --bench calls` by Asterisk::AGI.
use strict;
use warnings;
use Asterisk::AGI;

my $agi = Asterisk::AGI->new;
$agi->ReadParse;
my $balance = $agi->get_variable('ACCOUNT');
$agi->set_variable('BALANCE', $balance);
$agi->stream_file('welcome');
my $key = $agi->wait_for_digit(5000);
$agi->say_number(1204);
$agi->exec('NoOp', 'done');
$agi->set_variable('CHOICE', chr $key);
