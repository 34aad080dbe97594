"""The words of a document that may be names: what the index keeps of them, so that a name is found in any script.

Capital letters tell names where a script has them; elsewhere the names that the pipeline found, and the words of the
beginning. Too many is harmless: a name is found by its key first and compared letter by letter then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from babelscope.languages.names import CASE_ENDINGS, PREFIXES, fold_name, word_pattern
from babelscope.languages.readings import name_keys
from babelscope.model import Document, Mentions, Translation

MAX_NAME_WORDS = 160
"""Different words kept of one document."""
READ_CHARS = 4000
"""Code points of the text, and of the translation, that are looked at."""
UNCASED_CHARS = 400
"""Of a script without capitals every word of the title and of so much text is kept."""
MAX_LETTERS = 40
_WIDE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]{2,}")
_SYLLABIC = re.compile("[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff]")
MAX_KEYS = 8
"""Keys of one word with its bare forms."""


def name_words(document: Document, language: str) -> dict[str, tuple[str, ...]]:
    """Return the words of ``document`` (written in ``language``) that may be names, with their phonetic keys: at most
    ``MAX_NAME_WORDS``, those of names that the pipeline found first.
    """
    mentions, translation = document.layers.get("mentions"), document.layers.get("translation")
    found: dict[str, None] = {}
    for mention in mentions.items if isinstance(mentions, Mentions) else ():
        if mention.kind in ("person", "organisation", "place"):
            found.update(dict.fromkeys(part for part in mention.surface.split() if _is_name(part)))
    text = document.text[:READ_CHARS]
    found.update(dict.fromkeys(_candidates(document.title, text)))
    if isinstance(translation, Translation) and translation.grade != "none" and translation.route != "same":
        found.update(dict.fromkeys(_candidates(translation.title, translation.lead[:READ_CHARS])))
    keyed = ((word, _keys(word, language)) for word in islice(found, MAX_NAME_WORDS))
    return {word: keys for word, keys in keyed if keys}


def bare_forms(word: str, language: str) -> tuple[str, ...]:
    """Return ``word`` and what it may be without the ending of a case or a prefix ("Путина": "Путин")."""
    forms = {word: None}
    folded = fold_name(word)
    least = 2 if is_syllabic(word) else 3
    for ending in CASE_ENDINGS.get(language, ()):
        if folded.endswith(ending) and len(word) - len(ending) >= least:
            forms[word[: -len(ending)]] = None
    for prefix in PREFIXES.get(language, ()):
        if word.startswith(prefix) and len(word) - len(prefix) >= least:
            forms[word[len(prefix) :]] = None
    return tuple(forms)


def _keys(word: str, language: str) -> tuple[str, ...]:
    keys = dict.fromkeys(key for form in bare_forms(word, language) for key in name_keys(form, language))
    return tuple(islice(keys, MAX_KEYS))


def is_syllabic(word: str) -> bool:
    """Say whether ``word`` begins with a sign of a script whose signs are syllables or words (Han, Kana, Hangul)."""
    return bool(_SYLLABIC.match(word))


def _is_name(word: str) -> bool:
    return 2 <= len(word) <= MAX_LETTERS and any(map(str.isalpha, word))


def _candidates(title: str, text: str) -> Iterator[str]:
    """Words with a capital that do not occur without one, and those of scripts without capitals at the beginning."""
    words = [match.group() for match in word_pattern().finditer(f"{title}\n{text}")]
    small = {word for word in words if word[0].islower()}
    for word in words:
        is_name = word[0].isupper() and 2 < len(word) <= MAX_LETTERS and word.lower() not in small
        if is_name and not _WIDE.search(word):
            yield word
    for match in word_pattern().finditer(f"{title}\n{text[:UNCASED_CHARS]}"):
        word = match.group()
        is_cased = word[0].isupper() or word[0].islower()
        if not is_cased and not _WIDE.search(word) and (2 if is_syllabic(word) else 4) <= len(word) <= MAX_LETTERS:
            yield word
    yield from _KATAKANA.findall(f"{title}\n{text}")
