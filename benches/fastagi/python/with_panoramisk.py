"""The package panoramisk at the work of `cargo bench --bench fastagi`. Usage: with_panoramisk.py ten|hold; prints its port."""

import asyncio
import sys

from panoramisk import fast_agi


async def script(request):
    if sys.argv[1] == "hold":
        await request.send_command('STREAM FILE "prompt" ""')
    for n in range(5):
        reply = await request.send_command(f"GET VARIABLE LOAD_{n}")
        token = reply["result"][1]
        await request.send_command(f'SET VARIABLE ECHO_{n} "{token}"')


async def main():
    app = fast_agi.Application(loop=asyncio.get_running_loop())
    app.add_route("ten-commands", script)
    server = await asyncio.start_server(app.handler, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
