"""Is this an article at all? Consent walls, empty shells and error pages are not."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

MIN_WEIGHT = 100
"""Least weight of an article's text (about characters of a Latin script)."""
MIN_DECLARED_WEIGHT = 40
"""Least weight if the page declares itself an article, or the feed announced it under the same title."""
_CONSENT = re.compile(
    r"cookie|consent|gdpr|rgpd|dsgvo|privacy|personali[sz]|datenschutz|einwilligung|zustimm|confidentialité|privacidad|"
    r"privacidade|consentement|consentimiento|consentimento|toestemming|prywatno|súhlas|souhlas|samtyck|samtykk|"
    r"informativa|конфиденциальн|куки|файлы cookie|çerez|gizlilik|"
    r"ملفات تعريف|الخصوصية|隐私|隱私|同意|クッキー|プライバシー|쿠키|개인정보",
    re.IGNORECASE,
)
_WIDE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CONSENT_SHARE = 0.5
_CONSENT_MAX = 6_000
_CONSENT_EVERY = 250


def weight(text: str) -> int:
    """Return the length of ``text``, counting characters of scripts that write a word in one or two as three."""
    return len(text) + 2 * len(_WIDE.findall(text))


def is_article(text: str, title: str, *, declared: bool, announced: str = "") -> bool:
    """Say whether ``text`` under ``title`` may pass as an article.

    ``declared``: the page calls itself an article (JSON-LD or Open Graph); ``announced``: the feed's title.
    """
    known = declared or bool(announced and title and fuzz.token_set_ratio(announced, title) >= 80)
    if weight(text) < (MIN_DECLARED_WEIGHT if known and title else MIN_WEIGHT):
        return False
    return declared or not _is_consent(text)


def _is_consent(text: str) -> bool:
    """Say whether a short text is about consent to the use of data: by several words, often, in half of its lines."""
    if len(text) > _CONSENT_MAX:
        return False
    words = [word.casefold() for word in _CONSENT.findall(text)]
    if len(set(words)) < 2 or len(words) * _CONSENT_EVERY < weight(text):
        return False
    lines = [line for line in text.split("\n") if line.strip()]
    about = sum(len(line) for line in lines if _CONSENT.search(line))
    return about >= _CONSENT_SHARE * sum(map(len, lines))
