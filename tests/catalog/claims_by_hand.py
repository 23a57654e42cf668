"""The documents' claims worked out by hand, from the documents' own figures: low, middle, high in the row's unit."""

from __future__ import annotations

USER_MONTH = 30 * (800 * 2 + 400 * 8) / 1e6  # CNY at DeepSeek V3, as at V4-Pro: 800 x 3 + 400 x 6
USER_MONTH_QWEN_PLUS = 30 * (800 * 0.8 + 400 * 2) / 1e6
USER_YEARS = 36 * USER_MONTH
USERS_180 = 180 * 86_400 / 400  # whom 180 output tokens a second serve at 400 a day
FP16_MACHINES = 16 * 193 / 8  # two machines of 8×H20

CLAIMS: dict[str, tuple[float | None, float | None, float | None]] = {
    "load B": (None, 520_000 / USER_YEARS * 400 / 86_400, None),
    "load C": (None, 5_180_000 / USER_YEARS * 400 / 86_400, None),
    "rent at 180 token/s A": (None, USERS_180 * USER_MONTH_QWEN_PLUS, None),
    "rent at 180 token/s B": (None, 2 * USERS_180 * USER_MONTH, None),
    "rent at 180 token/s C": (None, 8 * USERS_180 * USER_MONTH, None),
    "matrix rent from": (None, 6_500 / USER_MONTH, None),
    "matrix own from": (None, (77.5 + 3 * 48) * 1e4 / 36 / USER_MONTH, None),
    "two thresholds": (None, 50_000 * 30, None),
    "hybrid best": (None, 0, None),  # 0.12 + 7.82 + 125.52 against 0.35
    "hardware light tier": (10, 15, 20),
    "hardware 7B-14B": (1.0, 10, 10),
    "hardware cluster tier": (None, 8 * 22, None),
    "card A": (None, 12 * 0.32, None),
    "model B": (None, 671.03, None),
    "model C": (None, 1_600, None),
    "rate Claude": (None, 15 * 7.2, None),
    "price V4-Flash input": (None, 0.14 * 7.2, None),
    "price V4-Flash output": (None, 0.28 * 7.2, None),
    "price Kimi input": (None, 0.6 * 7.2, None),
    "price Kimi output": (None, 3 * 7.2, None),
    "staff of rent": (None, 3 * (7.8 + 20), None),
    "two sites": (8 + 5, 11.5 + 6.5, 15 + 8),
    "two teams": (30, 30, 30),
    "accuracy 70B": (None, 88, None),
    "accuracy of the author": (None, 88, None),
    "accuracy FP16 of FP8": (None, 95, None),
    "accuracy retail": (None, 92, None),
    "accuracy voting": (None, 98, None),
    "gain of 671B": (95 - 88, 98 - 88, 99 - 88),
    "speed of FP8": (1.5, 1.75, 2),
    "loss of FP8": (2, 2, 2),
    "bytes per parameter": (None, 64 / 32 * 671, None),
    "MoE hardware": (None, 671.03, None),
    "cards for 7B-13B": (None, 1, None),  # 15 GB in 48
    "cards distributed": (None, 24, None),  # 671 GB and a cache in 24 x 48, after 16 x 48 = 768 are too few
    "runs V3 FP8 in plan 2": (None, 0, None),  # 671 GB in 384
    "runs 671B FP16 in plan 3": (None, 0, None),  # 1,342 GB in 640
    "runs V3 in the tests": (None, 0, None),
    "V3 in vLLM 0.5": (None, 6, None),
    "plan 1": (10 + 30, 55, 20 + 50),
    "plan 2": (50 + 50, 150, 100 + 100),
    "plan 3": (200 + 80, 340, 250 + 150),
    "plan 1 hardware": (0.8, 1.6, 2.4),
    "plan 2 hardware": (60, 90, 120),
    "plan 3 hardware": (193 + 30, 193 + 40, 193 + 50),
    "tree and part 7": (None, 70, None),
    "dialogue": (None, 70, None),
    "question 3 secret": (None, FP16_MACHINES, None),
    "operations of 671B": (None, (80 + 150) / 2, None),
    "operations of 671B, question 5": (None, 150, None),
    "case retail lines": (60 + 30, 110, 80 + 50),
    "case retail as reference": (150, 165, 180),
    "case retail quarter": (None, 70 / 193, None),
    "case finance lines": (193 + 30 + 30, 278, 193 + 50 + 60),
    "case unquantised": (None, FP16_MACHINES, None),
    "GPU use": (None, 75, None),
    "file split": (None, 50, None),
    "answer measured": (None, 2 * 60, None),
}
# their parts rest on assumed power, load and PUE
ASSUMED = {"power standard", "power enterprise", "tree 671B FP8"}
# these rest on the fitted sizing
FITTED = {"engine spread", "answer 70B"}
