"""`cargo bench --bench calls` by pyst2."""

from asterisk.agi import AGI

agi = AGI()
balance = agi.get_variable("ACCOUNT")
agi.set_variable("BALANCE", balance)
agi.stream_file("welcome")
key = agi.wait_for_digit(5000)
agi.say_number(1204)
agi.appexec("NoOp", "done")
agi.set_variable("CHOICE", key)
