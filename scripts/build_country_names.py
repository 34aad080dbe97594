"""Write the names of countries in all languages of CLDR into the package (``country_names.json.gz``).

Needs the package ``babel`` (BSD; its data are from the Unicode CLDR, Unicode License v3) at build time only.
Run: ``python scripts/build_country_names.py``.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from babel import Locale, localedata

UNDERSTAND = Path(__file__).parents[1] / "src" / "babelscope" / "understand"
EXTRA_LOCALES = ("zh_Hant", "sr_Latn", "pt_PT")
CONTINENTS = ("002", "142", "150", "009", "003", "005", "019")


def main() -> None:
    rows = (UNDERSTAND / "countries.tsv").read_text(encoding="utf-8").splitlines()
    wanted = [row.split("\t")[0] for row in rows if row and not row.startswith("#")] + list(CONTINENTS)
    names: dict[str, dict[str, list[str]]] = {}
    locales = sorted(name for name in localedata.locale_identifiers() if "_" not in name)
    for name in [*locales, *EXTRA_LOCALES]:
        locale = Locale.parse(name)
        table = names.setdefault(locale.language, {})
        for code in wanted:
            for variant in (code, f"{code}-alt-short", f"{code}-alt-variant"):
                if variant in locale.territories and locale.territories[variant] not in table.setdefault(code, []):
                    table[code].append(locale.territories[variant])
    text = json.dumps(names, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    target = UNDERSTAND / "country_names.json.gz"
    target.write_bytes(gzip.compress(text.encode("utf-8"), 9, mtime=0))
    print(target, target.stat().st_size, "bytes,", len(names), "languages")


if __name__ == "__main__":
    main()
