"""Stage: certificates. Input: an equation and its proven spectrum. Output: the proof as data, to be checked elsewhere.

Every number is exact: "5p-3" is 5 * 2^-3. A contour is a path and where it was cut, so that whoever checks it evaluates
H on the pieces and need not search (verify/certificates/checking.py does, and imports nothing of the search).

    rectangle   the path right, right + i top, line + i top, line around the roots with Re s >= line and Im s >= 0
    disc        line, line + i pi in the plane of log w, w = 1/z, around the zeros of w^n H(1/w) with |w| <= e^line
    polynomial  no path: the balls make up the degree
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sympy as sp

from derive.characteristic import CharacteristicEquation
from numeric.roots.proof import Proof
from numeric.roots.records import Spectrum
from numeric.roots.winding import WHOLE, Contour, Rectangle


def certificate(equation: CharacteristicEquation, found: Spectrum) -> dict[str, Any]:
    """The proof of a spectrum as a JSON object: equation, precision, balls, contours, counts and a digest of it all.

    ``equation``: the one that ``found`` is the spectrum of. Raises ``ValueError`` for a spectrum without a proof.

    Example: ``certificate(delay_equation(1, Constant(1)), spectrum(delay_equation(1, Constant(1))))["unstable_count"]
    == 0``.
    """
    proof = found.proof
    if proof is None:
        raise ValueError(f"nothing is proven: {found.reason}")
    form = "polynomial" if not proof.lines else "disc" if equation.plane == "update-indexed" else "rectangle"
    record = {
        "form": form,
        "equation": statement(equation),
        "precision_bits": proof.precision_bits,
        "roots": [
            {
                "re": [exactly(root.ball.real.mid()), exactly(root.ball.real.rad())],
                "im": [exactly(root.ball.imag.mid()), exactly(root.ball.imag.rad())],
                "multiplicity": root.multiplicity,
                "cluster": index in proof.clusters,
            }
            for index, root in enumerate(proof.roots)
        ],
        "contours": _contours(proof),
        "unstable_count": found.unstable_count,
    }
    return record | {"digest": digest(record)}


def statement(equation: CharacteristicEquation) -> dict[str, str]:
    """What the proof is about, as text; measured data by their digest."""
    data = {str(base): [str(value) for value in values] for base, values in equation.arrays.items()}
    return {
        "function": sp.srepr(equation.function),
        "variable": str(equation.variable),
        "modulus_bound": sp.srepr(equation.modulus_bound),
        "abscissa_of_convergence": str(equation.abscissa_of_convergence),
        "plane": equation.plane,
        "data": digest(data),
    }


def digest(record: dict[str, Any]) -> str:
    """The SHA-256 of a record's canonical JSON."""
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def exactly(number: Any) -> str:
    """An exact real ball as mantissa and binary exponent."""
    mantissa, exponent = number.man_exp()
    return f"{int(mantissa)}p{int(exponent)}"


def _contours(proof: Proof) -> list[dict[str, Any]]:
    regions, paths, made = list(proof.region), list(proof.contours), []
    for line, zeros in zip(proof.lines, proof.winding_numbers, strict=False):  # a polynomial has no line
        one: dict[str, Any] = {"line": exactly(line), "zeros": zeros, "right": None, "top": None, "edges": []}
        path = paths[0] if paths else None
        if path is not None and path.corners[-1].real == line:
            box: Rectangle = regions.pop(0)
            one |= {"right": exactly(box.right), "top": exactly(box.top), "edges": _edges(paths.pop(0))}
        made.append(one)
    return made


def _edges(path: Contour) -> list[list[list[Any]]]:
    return [
        [[_share(end), kind] for end, kind in zip(ends, kinds, strict=True)]
        for ends, kinds in zip(path.ends, path.kinds, strict=True)
    ]


def _share(end: int) -> str:
    """A position on an edge as a share of its length."""
    twos = (end & -end).bit_length() - 1
    return f"{end >> twos}p{twos - WHOLE.bit_length() + 1}"
