"""A JSON message a line on stdin, an answer a line on stdout; what is raised is said and does not end the process."""

import json
import sys


def answer_messages(greeting, answer):
    """Says the greeting, then `answer(message)` for each message."""
    print(json.dumps(greeting), flush=True)
    for line in sys.stdin:
        try:
            answered = answer(json.loads(line))
        except Exception as error:  # the benchmark goes on without this workload
            answered = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answered), flush=True)
