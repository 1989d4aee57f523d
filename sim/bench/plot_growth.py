# SPDX-License-Identifier: Apache-2.0
"""Draws growth.json as an SVG, one panel a size, and fits seconds = a + b * size to each.

usage: plot_growth.py growth.json growth.svg README.md

Both axes are logarithmic, points are measured, dashes are the fit. What was fitted, and the cost of
10,000 ranks by it, is written into the page between its two `growth` comments."""
import json
import math
import sys

WIDTH, HEIGHT = 860, 640
PANEL_WIDTH, PANEL_HEIGHT = 350, 230
LEFT, TOP, ACROSS, DOWN = 70, 50, 430, 310
INK, FAINT, LINE = "#222", "#ccc", "#1f6feb"
MANY_RANKS = 10_000
BEGIN, END = "<!-- growth: written by plot_growth.py -->\n", "<!-- end of growth -->\n"


def fitted(points):
    """a and b of a + b * size with the least squares of relative errors."""
    rows = [(1 / seconds, at / seconds) for at, seconds in points]
    ones = sum(u * u for u, _ in rows)
    cross = sum(u * v for u, v in rows)
    squares = sum(v * v for _, v in rows)
    left, right = sum(u for u, _ in rows), sum(v for _, v in rows)
    determinant = ones * squares - cross * cross
    return ((left * squares - right * cross) / determinant,
            (right * ones - left * cross) / determinant)


def told(seconds):
    for unit, factor in (("s", 1), ("ms", 1e3), ("us", 1e6), ("ns", 1e9)):
        if abs(seconds) * factor >= 1 or unit == "ns":
            return f"{seconds * factor:.3g} {unit}"
    raise AssertionError


def decades(values):
    low = math.floor(math.log10(min(values)))
    high = math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def seconds_text(exponent):
    units = {-9: "1 ns", -8: "10 ns", -7: "100 ns", -6: "1 us", -5: "10 us", -4: "100 us",
             -3: "1 ms", -2: "10 ms", -1: "100 ms", 0: "1 s", 1: "10 s"}
    return units[exponent]


def panel(curve, left, top):
    points = curve["points"]
    x_low = math.floor(math.log2(points[0][0]))
    most = MANY_RANKS if curve["along"] == "ranks" else points[-1][0]
    x_high = math.ceil(math.log2(most))
    a, b = fitted(points)
    model = [(most * (points[0][0] / most) ** (i / 40), 0) for i in range(41)]
    model = [(at, a + b * at) for at, _ in model]
    y_low, y_high = decades([seconds for _, seconds in points + model])

    def place(at, seconds):
        x = left + PANEL_WIDTH * (math.log2(at) - x_low) / (x_high - x_low)
        y = top + PANEL_HEIGHT * (y_high - math.log10(seconds)) / (y_high - y_low)
        return f"{x:.1f}", f"{y:.1f}"

    lines = [f'<text x="{left}" y="{top - 22}" font-weight="bold">{curve["along"]}</text>',
             f'<text x="{left}" y="{top - 8}" fill="#666">{curve["fixed"]}</text>',
             f'<rect x="{left}" y="{top}" width="{PANEL_WIDTH}" height="{PANEL_HEIGHT}" '
             f'fill="none" stroke="{FAINT}"/>']
    for exponent in range(y_low, y_high + 1):
        _, y = place(points[0][0], 10.0 ** exponent)
        lines.append(f'<path d="M{left} {y}h{PANEL_WIDTH}" stroke="{FAINT}"/>')
        lines.append(f'<text x="{left - 6}" y="{float(y) + 4:.1f}" text-anchor="end">'
                     f'{seconds_text(exponent)}</text>')
    step = 2 if x_high - x_low > 6 else 1
    for exponent in range(x_low, x_high + 1, step):
        x, _ = place(2.0 ** exponent, points[0][1])
        lines.append(f'<text x="{x}" y="{top + PANEL_HEIGHT + 16}" text-anchor="middle">'
                     f'{2 ** exponent}</text>')
    path = "L".join(" ".join(place(*point)) for point in model)
    lines.append(f'<path d="M{path}" fill="none" stroke="{LINE}" stroke-dasharray="5 3"/>')
    for point in points:
        x, y = place(*point)
        lines.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{LINE}"/>')
    return lines


def table(growth):
    """The rows of the page: what was fitted, and how far the points are from it."""
    lines = ["| along | fixed | seconds = a + b * size | farthest point |", "| --- | --- | --- | --- |"]
    for curve in growth["curves"]:
        a, b = fitted(curve["points"])
        farthest = max(abs(seconds / (a + b * at) - 1) for at, seconds in curve["points"])
        lines.append(f'| {curve["along"]} | {curve["fixed"]} | {told(a)} + {told(b)} * size '
                     f'| {100 * farthest:.0f} % |')
    points = next(curve["points"] for curve in growth["curves"] if curve["along"] == "ranks")
    a, b = fitted(points)
    lines += ["", f"Measured {growth['date']}. By the first row a case on {MANY_RANKS:,} ranks takes "
              f"{told(a + b * MANY_RANKS)}, {(a + b * MANY_RANKS) / points[0][1]:.0f} times that on "
              "one."]
    return "\n".join(lines) + "\n"


def main():
    source, target, page = sys.argv[1:]
    with open(source, encoding="utf-8") as stream:
        growth = json.load(stream)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
             f'font-family="sans-serif" font-size="11" fill="{INK}">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>']
    for i, curve in enumerate(growth["curves"]):
        lines += panel(curve, LEFT + i % 2 * ACROSS, TOP + i // 2 * DOWN)
    lines += [f'<text x="{LEFT}" y="{HEIGHT - 10}" fill="#666">{growth["says"]}; '
              f'{growth["date"]}</text>', "</svg>"]
    with open(target, "w", encoding="utf-8") as stream:
        stream.write("\n".join(lines) + "\n")
    with open(page, encoding="utf-8") as stream:
        before, rest = stream.read().split(BEGIN)
        after = rest.split(END)[1]
    with open(page, "w", encoding="utf-8") as stream:
        stream.write(before + BEGIN + table(growth) + END + after)


if __name__ == "__main__":
    main()
