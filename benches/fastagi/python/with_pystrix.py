"""The package pystrix at the work of `cargo bench --bench fastagi`. Usage: with_pystrix.py ten|hold; prints its port."""

import sys

from pystrix.agi import core
from pystrix.agi.fastagi import FastAGIServer


def script(agi, args, kwargs, match, path):
    if sys.argv[1] == "hold":
        agi.execute(core.StreamFile("prompt"))
    for n in range(5):
        token = agi.execute(core.GetVariable(f"LOAD_{n}"))
        agi.execute(core.SetVariable(f"ECHO_{n}", token))


server = FastAGIServer(port=0)
server.register_script_handler(None, script)
print(server.server_address[1], flush=True)
server.serve_forever()
