"""Stage: source code at work. Input: a source file and points. Output: what each of its functions returns there.

A small main program in each language reads the function's number and its arguments, and prints the value. A language
runs only where its compiler or interpreter is installed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from numeric.source.code import SourceFile

LONGEST = 1800  # seconds that a program may take: Octave loops a thousand times slower than the others
Call = tuple[int, Sequence[float]]  # the number of a function in its file, and its arguments


@dataclass(frozen=True)
class Runner:
    """How a language runs: its programs, the main program, and the commands that compile and run it.

    ``call`` is one case of the choice among functions, with {number}, {name} and {arguments} of ``item``.
    """

    programs: tuple[str, ...]
    main: str
    call: str
    item: str
    file: str
    commands: tuple[tuple[str, ...], ...]
    first: int = 0


RUNNERS = {
    "python": Runner(
        (sys.executable,),
        "import sys\nfrom closed_forms import *\ncalls = [{calls}]\nfor line in open('points.txt'):\n"
        "    number, *v = line.split()\n    f = calls[int(number)]\n"
        "    print(repr(f(*map(float, v[:f.__code__.co_argcount]))))\n",
        "{name}, ", "v[{0}]", "main.py", ((sys.executable, "main.py"),),
    ),
    "c": Runner(
        ("gcc", "cc", "clang"),
        '#include <stdio.h>\n#include "closed_forms.c"\nint main(void) {{\n    int number; double v[{most}], r;\n'
        '    while (scanf("%d", &number) == 1) {{\n'
        '        for (int k = 0; k < {most}; k++) if (scanf("%lf", v + k) != 1) return 1;\n'
        "        r = NAN;\n        switch (number) {{\n{calls}        }}\n"
        '        printf("%.17g\\n", r);\n    }}\n    return 0;\n}}\n',
        "        case {number}: r = {name}({arguments}); break;\n", "v[{0}]", "main.c",
        (("{program}", "-O2", "-std=c99", "-o", "main", "main.c", "-lm"), ("./main",)),
    ),
    "fortran": Runner(
        ("gfortran",),
        "include 'closed_forms.f90'\nprogram main\n    use closed_forms\n    integer :: number, status\n"
        "    double precision :: v({most}), r\n    do\n        read (*, *, iostat=status) number, v\n"
        "        if (status /= 0) exit\n        r = 0.0d0\n        select case (number)\n{calls}        end select\n"
        "        print '(es25.17e3)', r\n    end do\nend program main\n",
        "        case ({number})\n            r = {name}({arguments})\n", "v({0})", "main.f90",
        (("{program}", "-O2", "-o", "main", "main.f90"), ("./main",)), 1,
    ),
    "julia": Runner(
        ("julia",),
        'include("closed_forms.jl")\nfor line in eachline("points.txt")\n    words = split(line)\n'
        "    number = parse(Int, words[1])\n"
        "    v = parse.(Float64, words[2:end])\n    r = NaN\n    if number < 0\n{calls}    end\n    println(r)\nend\n",
        "    elseif number == {number}\n        r = {name}({arguments})\n", "v[{0}]", "main.jl",
        (("{program}", "main.jl"),), 1,
    ),
    "octave": Runner(
        ("octave-cli", "octave"),
        'source("closed_forms.m");\npoints = dlmread("points.txt");\nfor row = 1:rows(points)\n'
        "    number = points(row, 1);\n"
        "    v = points(row, 2:end);\n    r = NaN;\n    switch number\n{calls}    end\n"
        '    printf("%.17g\\n", r);\nend\n',
        "    case {number}\n        r = {name}({arguments});\n", "v({0})", "main_program.m",
        (("{program}", "--no-gui", "--quiet", "main_program.m"),), 1,
    ),
    "javascript": Runner(
        ("node",),
        'const f = require("./closed_forms.js");\nconst calls = [{calls}];\n'
        'for (const line of require("fs").readFileSync("points.txt", "utf8").trim().split("\\n")) {{\n'
        '    const [number, ...v] = line.split(" ").map(Number);\n    console.log(calls[number](...v));\n}}\n',
        "f.{name}, ", "v[{0}]", "main.js", (("{program}", "main.js"),),
    ),
    "rust": Runner(
        ("rustc",),
        "mod closed_forms;\nuse closed_forms::*;\nuse std::io::BufRead;\nfn main() {{\n"
        "    for line in std::io::stdin().lock().lines() {{\n"
        "        let v: Vec<f64> = line.unwrap().split(' ').map(|x| x.parse().unwrap()).collect();\n"
        "        let r = match v[0] as i32 {{\n{calls}            _ => f64::NAN,\n        }};\n"
        '        println!("{{:e}}", r);\n    }}\n}}\n',
        "            {number} => {name}({arguments}),\n", "v[{0}]", "main.rs",
        (("{program}", "-O", "-o", "main", "main.rs"), ("./main",)), 1,
    ),
}  # fmt: skip


def program_of(language: str) -> str | None:
    """The compiler or interpreter that is installed for a language; None where there is none."""
    return next((found for name in RUNNERS[language].programs if (found := shutil.which(name))), None)


def run_source(source: SourceFile, calls: Sequence[Call], folder: Path) -> list[float]:
    """Compile and run the file on every call, in a folder that it may write to; the values in order.

    Raises ``RuntimeError`` with the compiler's words where it fails, ``FileNotFoundError`` where there is none.
    """
    runner, program = RUNNERS[source.language], program_of(source.language)
    if program is None:
        raise FileNotFoundError(f"not installed: {' or '.join(runner.programs)}")
    most = max(len(function.arguments) for function in source.functions)
    cases = "".join(
        runner.call.format(
            number=number,
            name=function.name,
            arguments=", ".join(runner.item.format(runner.first + at) for at in range(len(function.arguments))),
        )
        for number, function in enumerate(source.functions)
    )
    lines = (
        f"{number} {' '.join(repr(float(v)) for v in [*values, *[0.0] * (most - len(values))])}"
        for number, values in calls
    )
    points = "\n".join(lines) + "\n"
    (folder / "points.txt").write_text(points)
    (folder / f"closed_forms.{source.suffix}").write_text(source.text)
    (folder / runner.file).write_text(runner.main.format(calls=cases, most=max(most, 1)))
    for command in runner.commands:
        words = [word.format(program=program) for word in command]
        done = subprocess.run(
            words, cwd=folder, input=points, capture_output=True, text=True, timeout=LONGEST, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{source.language}: {(done.stderr or done.stdout)[-500:]}")
    return [float(line) for line in done.stdout.split()]
