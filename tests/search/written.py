"""Texts as people write them, for tests of what a word is: letters and signs that have a meaning to words, mixed."""

from hypothesis import strategies as st

LATIN = "aAéÉBLs'’-‐œßŒþ½²ñ #@_\n. qul19«ﬁªµ\u00a0\u2026’ſ"
OTHER = "e\u0301\u00ad👍🏽👩\u200d🔬\ufe0f\u20e3♀🇫🇷ℹ\U000e0067東京都ｶﾞゔカ゛\u3099々ー한ᄒ\u1161ＡＢ１£―‑㈠΄Ωж™©"
_PIECES = """
    l' L’ qu' jusqu’ 's ’s- c'd' x's's s's ‘a’ e-commerce E‑Commerce covid-19 #Covid-19 porte-avions dit-elle a-t-on
    celui-ci 2024-01-15 a-b-c-d-e - -- été- -été #VilleVerte @Jean_Dupont #TransitionÉnergétique2030-x #COP30Belem cœur
    Straße 東京都 日本Sony株 … — 😀 1️⃣ o ae ss th
"""
PIECES = (*_PIECES.split(), "'s ", "la ville verte", "- ", "\n", "x" * 45)
LATIN_TEXTS = st.lists(st.one_of(st.sampled_from(LATIN), st.sampled_from(PIECES)), max_size=25).map("".join)
ANY = st.one_of(st.sampled_from(LATIN + OTHER), st.sampled_from(PIECES), st.characters())
TEXTS = st.one_of(LATIN_TEXTS, st.lists(ANY, max_size=25).map("".join))
