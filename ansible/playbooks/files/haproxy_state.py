#!/usr/bin/env python3
"""Tells HAProxy of a node: haproxy_state.py NODE drain|ready. A drained node ends what it does; this waits until it has."""

import socket
import sys
import time

PATIENCE_SECONDS = 60
CURRENT_SESSIONS = 4


def ask(command):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as admin:
        admin.connect("/run/haproxy-admin.sock")
        admin.sendall(command.encode() + b"\n")
        answer = b""
        while part := admin.recv(65536):
            answer += part
    return answer.decode()


node, state = sys.argv[1:]
complaint = ask(f"set server flexo/{node} state {state}").strip()
if complaint and state == "ready":
    sys.exit(complaint)
if state == "drain":
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        lines = [line.split(",") for line in ask("show stat").splitlines()]
        if all(line[CURRENT_SESSIONS] == "0" for line in lines if line[:2] == ["flexo", node]):
            break
        time.sleep(0.2)
