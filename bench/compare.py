"""Runs two commands in turn, A B A B ..., and prints one row of a Markdown table: name, target, medians of A and B and
the median (and range) of the pairwise ratios B / A. With one command alone: its median, and the peak memory of it.

A command's time is its wall time, or, with --inside, what it measured itself: the last line on stdout of the form
"<count> <wall seconds> <processor seconds>". SONGMAP_BENCH_CLOCK=cpu takes processor time instead of wall time, for
machines that have other work to do; children that a command waited for are counted.
"""
import argparse
import os
import re
import statistics
import subprocess
import tempfile
import time

CLOCK = os.environ.get("SONGMAP_BENCH_CLOCK", "wall")


def measured(command, inside):
    """Seconds and peak memory in MB."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as messages:
        start = time.perf_counter()
        process = subprocess.Popen(command, shell=True, executable="/bin/bash", stdout=output, stderr=messages)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        messages.seek(0)
        text = output.read()
        if process.returncode != 0:
            raise SystemExit(f"compare: status {process.returncode} of: {command}\n{text}{messages.read()}")
    if CLOCK == "cpu":
        seconds = usage.ru_utime + usage.ru_stime
    if inside:
        times = re.findall(r"^\d+ ([\d.]+) ([\d.]+)$", text, re.MULTILINE)
        if not times:
            raise SystemExit(f"compare: no '<count> <wall> <processor>' in the output of: {command}\n{text}")
        seconds = float(times[-1][CLOCK == "cpu"])
    return seconds, usage.ru_maxrss / 1024


def shown(seconds):
    return f"{1000 * seconds:.1f} ms" if seconds < 0.2 else f"{seconds:.2f} s"


def ratio(value):
    return f"{value:.2f}" if value < 2 else f"{value:.1f}"


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("name")
parser.add_argument("a")
parser.add_argument("b", nargs="?")
parser.add_argument("--target", default="", help="printed beside the ratio")
parser.add_argument("--before", help="command run before each measurement, untimed")
parser.add_argument("--runs", type=int, default=5)
parser.add_argument("--cpu", default="0", help="the processors that both sides are pinned to: 0 or 0,1")
parser.add_argument("--inside", action="store_true")
arguments = parser.parse_args()

assert CLOCK in ("wall", "cpu"), "SONGMAP_BENCH_CLOCK is wall or cpu"
os.sched_setaffinity(0, {int(cpu) for cpu in arguments.cpu.split(",")})  # children inherit it
commands = [command for command in (arguments.a, arguments.b) if command]
measurements = [[] for _ in commands]
for run in range(arguments.runs + 1):
    for command, results in zip(commands, measurements):
        if arguments.before:
            subprocess.run(arguments.before, shell=True, executable="/bin/bash", check=True)
        result = measured(command, arguments.inside)
        if run > 0 or arguments.runs == 0:  # the first pair warms the caches
            results.append(result)
medians = [statistics.median(seconds for seconds, _ in results) for results in measurements]
peaks = [max(peak for _, peak in results) for results in measurements]
cells = [arguments.name, arguments.target, *map(shown, medians)]
if arguments.b:
    ratios = [b / a for (a, _), (b, _) in zip(*measurements)]
    cells.append(f"**{ratio(statistics.median(ratios))}** ({ratio(min(ratios))}-{ratio(max(ratios))})")
cells.append(" / ".join(f"{peak:.0f} MB" for peak in peaks))
print("| " + " | ".join(cells) + " |", flush=True)
