"""Draw how often the stage ``language`` is right at each confidence: docs/calibration-language.svg.

python scripts/plot_calibration.py        # reads ../shared/data; the texts that fit_identify.py did not fit on
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fit_identify import ROOT, fitted_on, texts

from babelscope.understand.language import Identifier

SIDE, EDGE, BINS = 300, 40, 10


def measured() -> list[tuple[float, float, int]]:
    """Return (mean confidence, share of right answers, how many) of each of ten equal bins; "und" is no answer."""
    rows = [row for row in texts() if not fitted_on(row[2])]
    identifier = Identifier()
    identifier.load()
    said, right, total = Counter[int](), Counter[int](), Counter[int]()
    for at in range(0, len(rows), 256):
        chosen = rows[at : at + 256]
        for (_, code, _), layer in zip(chosen, identifier.texts([row[2] for row in chosen]), strict=True):
            if layer.code != "und":
                place = min(BINS - 1, int(layer.confidence * BINS))
                total[place] += 1
                right[place] += layer.code == code
                said[place] += round(layer.confidence * 1000)
    return [(said[n] / 1000 / total[n], right[n] / total[n], total[n]) for n in range(BINS) if total[n]]


def drawn(points: list[tuple[float, float, int]]) -> str:
    """Return the reliability diagram (DeGroot and Fienberg 1983) as SVG; the area of a dot is the number of texts."""
    count = sum(number for _, _, number in points)
    error = sum(abs(said - right) * number for said, right, number in points) / count
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE + 2 * EDGE} {SIDE + 2 * EDGE}" '
        'font-family="sans-serif" font-size="12">',
        f"<title>Language: share of right answers by confidence, {count} texts, mean error {error:.3f}</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<path d="M{EDGE} {EDGE + SIDE}L{EDGE + SIDE} {EDGE}" stroke="#999" stroke-dasharray="4"/>',
        f'<path d="M{EDGE} {EDGE}V{EDGE + SIDE}H{EDGE + SIDE}" fill="none" stroke="#333"/>',
    ]
    for tick in range(0, 11, 2):
        at = SIDE * tick / 10
        lines.append(f'<text x="{EDGE + at:.0f}" y="{EDGE + SIDE + 16}" text-anchor="middle">{tick / 10:g}</text>')
        lines.append(f'<text x="{EDGE - 6}" y="{EDGE + SIDE - at + 4:.0f}" text-anchor="end">{tick / 10:g}</text>')
    for said, right, number in points:
        size = 2 + 16 * (number / count) ** 0.5
        lines.append(
            f'<circle cx="{EDGE + SIDE * said:.1f}" cy="{EDGE + SIDE * (1 - right):.1f}" r="{size:.1f}" '
            f'fill="#2266aa" fill-opacity=".6"><title>{number}: said {said:.2f}, right {right:.2f}</title></circle>'
        )
    middle = EDGE + SIDE // 2
    lines.append(f'<text x="{middle}" y="{2 * EDGE + SIDE - 6}" text-anchor="middle">confidence said</text>')
    lines.append(f'<text x="12" y="{middle}" text-anchor="middle" transform="rotate(-90 12 {middle})">right</text>')
    lines.append(f'<text x="{middle}" y="24" text-anchor="middle">{count} texts, mean error {error:.3f}</text></svg>')
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    found = measured()
    for said, right, number in found:
        print(f"{said:.2f} {right:.3f} {number}")
    (ROOT / "docs" / "calibration-language.svg").write_text(drawn(found), encoding="utf-8")
