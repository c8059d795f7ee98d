#!/usr/bin/env python3
"""An agent that is a process: adds up the numbers from 1 to N, and is right however often it is killed on the way.

It needs nothing but Python 3.7. It begins with the checkpoint that the incarnation before it saved, saves one every so many numbers,
and says how far it is. When it is told that it is fenced (409), another process goes on with its work, and it leaves.

    worker.py N [--per-second 1000] [--every 500] [--crash 0.0]

--crash is how likely it dies at each checkpoint, to see it come back. Its environment is set by the silo: docs/PROCESSES.md.
"""

import argparse
import json
import os
import random
import signal
import sys
import time
import urllib.error
import urllib.request

AGENT = f"{os.environ['HEALING_URL']}/api/v1/agents/{os.environ['HEALING_AGENT']}"
INCARNATION = int(os.environ["HEALING_INCARNATION"])
FENCED = 3
STOPPED = 128 + signal.SIGTERM
stopping = []


def call(method, path, body=None):
    """Asks the fleet; again while it is out of reach, since an outage is no reason to crash."""
    request = urllib.request.Request(AGENT + path, method=method)
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    if "HEALING_TOKEN" in os.environ:
        request.add_header("Authorization", "Bearer " + os.environ["HEALING_TOKEN"])
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                text = answer.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            if error.code == 409:
                print("fenced: another incarnation does this work", file=sys.stderr)
                sys.exit(FENCED)
            if error.code not in (429, 503):
                raise
        except OSError:
            if stopping:
                # What was saved before is as good, only further back.
                sys.exit(STOPPED)
        time.sleep(0.2)


def load():
    return call("GET", f"/checkpoint?incarnation={INCARNATION}") or {"done": 0, "sum": 0}


def save(state):
    call("PUT", "/checkpoint", {"incarnation": INCARNATION, "state": state})


def beat(state):
    """One line into the pipe. The same over HTTP: call("POST", "/heartbeat", {"incarnation": INCARNATION, "progress": state})"""
    with open(os.environ["HEALING_HEARTBEAT"], "w") as pipe:
        pipe.write(json.dumps({"progress": state}) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("n", type=int)
    parser.add_argument("--per-second", type=float, default=1000)
    parser.add_argument("--every", type=int, default=500)
    parser.add_argument("--crash", type=float, default=0.0)
    options = parser.parse_args()

    signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
    state = load()
    print(f"incarnation {INCARNATION} goes on at {state['done']}; before it: {os.environ.get('HEALING_PREVIOUS_FAILURE', 'nothing failed')}")
    beat(state)
    while state["done"] < options.n:
        end = min(state["done"] + options.every, options.n)
        state = {"done": end, "sum": state["sum"] + sum(range(state["done"] + 1, end + 1))}
        time.sleep(options.every / options.per_second)
        save(state)
        beat(state)
        if stopping:
            # Not 0: whoever sent the signal, the work is not done.
            sys.exit(STOPPED)
        if random.random() < options.crash:
            raise RuntimeError(f"crashed as asked, after {state['done']} numbers")


if __name__ == "__main__":
    main()
