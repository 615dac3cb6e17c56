#!/usr/bin/env python3
"""Peak memory (VmHWM) and processor time of the program on made configurations.

    cargo build --release && cargo bench --bench load -- --write FOLDER
    benches/memory.py target/release/gatecrash FOLDER

`decide` reads and joins the input and asks one question; `inspect` lays out the whole graph besides, which takes longer than
most have patience for on the large ones: it is measured on a part of them.
"""

import os
import subprocess
import sys
import tempfile

QUESTION = '{"who":"anonymous","can":"s3:GetObject","on":"anonymous","expect":"implicitly_denied"}\n'


def size(folder):
    return sum(os.path.getsize(os.path.join(at, name)) for at, _, names in os.walk(folder) for name in names)


def measure(what, command, folder):
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(program.pid, 0)
    read, peak, seconds = size(folder), usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime
    print(
        f"{what:16} {read / 1e6:6.2f} MB  peak {peak / 1e6:7.1f} MB = {peak / read:5.1f} x"
        f"  {seconds:7.2f} s = {read / 1e6 / seconds:5.2f} MB/s",
        flush=True,
    )


def main():
    binary, made = sys.argv[1], sys.argv[2]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as question:
        question.write(QUESTION)
        question.flush()
        for name in ["many", "big"]:
            folder = os.path.join(made, name)
            measure(f"decide {name}", [binary, "decide", "-i", folder, question.name], folder)
    one = os.path.join(made, "many", "root000")
    measure("inspect one", [binary, "inspect", one], one)


main()
