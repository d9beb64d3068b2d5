"""Runs two commands in turn, A B A B ..., and prints one row: medians and the median of the pairwise ratios B / A.

A command's time is its wall time, or, with --inside-a / --inside-b, the second number of the last line that begins with
two numbers on its stdout (what a script measured inside itself, without its imports).
"""
import argparse
import re
import shlex
import statistics
import subprocess
import time


def timed(command, inside):
    start = time.perf_counter()
    done = subprocess.run(["/bin/bash", "-c", command], capture_output=True, text=True)
    wall = time.perf_counter() - start
    if done.returncode not in (0, 3):
        raise SystemExit(f"{command}\n{done.stdout}{done.stderr}")
    if not inside:
        return wall
    lines = [line for line in done.stdout.splitlines() if re.match(r"^\d+ [\d.]+$", line)]
    return float(lines[-1].split()[1])


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("name")
parser.add_argument("a", help="songmap's command")
parser.add_argument("b", help="the other side's command")
parser.add_argument("-n", "--runs", type=int, default=5)
parser.add_argument("--cpus", default="0", help="processors both sides are pinned to; empty: not pinned")
parser.add_argument("--inside-a", action="store_true")
parser.add_argument("--inside-b", action="store_true")
arguments = parser.parse_args()

pin = f"taskset -c {shlex.quote(arguments.cpus)} " if arguments.cpus else ""
a_times, b_times = [], []
for run in range(arguments.runs + 1):
    a = timed(pin + arguments.a, arguments.inside_a)
    b = timed(pin + arguments.b, arguments.inside_b)
    if run > 0:  # the first pair warms the caches
        a_times.append(a)
        b_times.append(b)
ratios = [b / a for a, b in zip(a_times, b_times)]
print(
    f"| {arguments.name} | {statistics.median(a_times):.3f} s | {statistics.median(b_times):.3f} s | "
    f"{statistics.median(ratios):.1f} ({min(ratios):.1f}-{max(ratios):.1f}) |",
    flush=True,
)
