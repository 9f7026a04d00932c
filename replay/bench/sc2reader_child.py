"""Times sc2reader for the benchmark that starts this.

Asked with a line "LEVEL PATH", it answers with the microseconds of
processor time that load_replay took from memory, or with "error" and the name of what was raised.
"""

import io
import logging
import sys
import time

import sc2reader

logging.disable(logging.CRITICAL)
files = {}
for line in sys.stdin:
    level, path = line.rstrip("\n").split(" ", 1)
    if path not in files:
        with open(path, "rb") as file:
            files[path] = file.read()
    began = time.thread_time()
    try:
        sc2reader.load_replay(io.BytesIO(files[path]), load_level=int(level))
        answer = f"{(time.thread_time() - began) * 1e6:.1f}"
    except Exception as error:  # It raises whatever it meets.
        answer = f"error {type(error).__name__}"
    print(answer, flush=True)
