"""The signs that Confluence draws itself, as those that every font has. Pure functions."""

from __future__ import annotations

from typing import Final

_SIGNS: Final = {
    **dict.fromkeys(("tick", "check_mark"), "✅"),
    **dict.fromkeys(("cross", "cross_mark"), "❌"),
    **dict.fromkeys(("warning", "exclamation"), "⚠️"),
    **dict.fromkeys(("information", "info"), "\u2139\ufe0f"),
    **dict.fromkeys(("plus", "plus_sign"), "\u2795"),
    **dict.fromkeys(("minus", "minus_sign"), "\u2796"),
    **dict.fromkeys(("question", "question_mark"), "❓"),
    **dict.fromkeys(("light-on", "light_bulb_on"), "💡"),
    **dict.fromkeys(("yellow-star", "yellow_star"), "⭐"),
    **dict.fromkeys(("thumbs-up", "thumbs_up"), "👍"),
    **dict.fromkeys(("thumbs-down", "thumbs_down"), "👎"),
    "smile": "🙂",
    "sad": "🙁",
    "cheeky": "😛",
    "laugh": "😀",
    "wink": "😉",
    "heart": "❤️",
}


def sign(name: str, fallback: str, alternative: str) -> str:
    """What stands for an emoticon.

    Args:
        name: Its name.
        fallback: What is to be shown where Confluence is not: the sign itself, or a name between colons.
        alternative: What is taken where neither is known.
    """
    between = fallback.strip(":") if fallback[:1] == ":" else ""
    if fallback and not between:
        return fallback
    return _SIGNS.get(between) or _SIGNS.get(name) or alternative or fallback
