"""The waiting process: `GET /mailbox?wait=` for thousands of programs at once, under ASGI.

`python -m hhcportal.waiting --port 8001`, beside the WSGI processes; a proxy sends it what waits.
"""
