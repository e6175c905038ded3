<?php
// `cargo bench --bench calls` by phpagi. It makes its folder for temporary files: one that is there.
$agi = new AGI(null, ['tempdir' => '/tmp']);
$balance = $agi->get_variable('ACCOUNT', true);
$agi->set_variable('BALANCE', $balance);
$agi->stream_file('welcome');
$key = $agi->wait_for_digit(5000);
$agi->say_number(1204);
$agi->exec('NoOp', 'done');
$agi->set_variable('CHOICE', chr($key['result']));
