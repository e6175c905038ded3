# `cargo bench --bench asterisk` by Asterisk::AGI.
use strict;
use warnings;
use Asterisk::AGI;

my $agi = Asterisk::AGI->new;
$agi->ReadParse;
my $token = $agi->get_variable('TOKEN');
$agi->set_variable('ECHO', $token);
$agi->channel_status;
$agi->noop;
$agi->exec('NoOp', 'done');
my $count = $agi->get_full_variable('$[3+4]');
$agi->set_variable('DONE', $count);
