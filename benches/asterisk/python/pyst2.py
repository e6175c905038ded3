"""`cargo bench --bench asterisk` by pyst2."""

from asterisk.agi import AGI

agi = AGI()
token = agi.get_variable("TOKEN")
agi.set_variable("ECHO", token)
agi.channel_status()
agi.noop()
agi.appexec("NoOp", "done")
count = agi.get_full_variable("$[3+4]")
agi.set_variable("DONE", count)
