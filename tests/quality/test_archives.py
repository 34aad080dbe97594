"""Archives and PDFs of other tools: every good record is read, every bad one told; papers give readable text."""

from __future__ import annotations

import io
from collections import Counter

import pytest

from babelscope.collect.archives.outcomes import Outcome
from babelscope.collect.archives.records import Damage, Record, read_records
from babelscope.collect.archives.warcs import read_warc
from babelscope.extract.pdf import PdfReader, has_text, pdf_article
from babelscope.flow.errors import BadInput
from babelscope.flow.shapes import Exchange, Refusal
from babelscope.model import Hints
from reading_cases import evaluation_set
from warc_records import reading

READING = reading(10 << 20)
# file -> records that can be read, places that are broken, pages that become captures
EXPECTED = {
    "ia_warc/alexa_short_header.arc.gz": (2, 0, 0),
    "ia_warc/crlf_at_1k_boundary.warc.gz": (1, 0, 1),
    "jwarc/cc.warc.gz": (1, 0, 1),
    "jwarc/gzip_extra_sl.warc.gz": (1, 0, 0),
    "warcio/bad.arc": (1, 2, 0),  # lengths -1 and "abc"; the one good record is a text of one byte
    "warcio/example-bad-non-chunked.warc.gz": (6, 0, 1),
    "warcio/example-bad.warc.gz.bad": (6, 0, 1),
    "warcio/example-digest.warc": (4, 0, 0),
    "warcio/example-iana.org-chunked.warc": (3, 0, 1),
    "warcio/example-resource.warc.gz": (3, 0, 1),
    "warcio/example-space-in-target-uri.warc.gz": (2, 0, 0),
    "warcio/example-space-in-url.arc": (1, 1, 0),  # announces 12 bytes more than the file has
    "warcio/example-trunc.warc": (3, 1, 0),  # does not fit its digest
    "warcio/example-wget-bad-target-uri.warc.gz": (6, 0, 1),
    "warcio/example-wrong-chunks.warc.gz": (1, 2, 0),  # a record over two members, with a length of neither
    "warcio/example.arc": (2, 0, 1),
    "warcio/example.arc.gz": (2, 0, 1),
    "warcio/example.warc": (6, 0, 1),
    "warcio/example.warc.gz": (6, 0, 1),
    "warcio/post-test.warc.gz": (6, 0, 0),
}


def test_every_record_of_other_tools_is_read_and_every_fault_told() -> None:
    measured = {}
    for row in evaluation_set("warc_samples"):
        found = Counter(type(one) for one in read_records(io.BytesIO(row["data"]), READING.limit))
        held: list[Outcome] = list(read_warc(io.BytesIO(row["data"]), row["name"], READING))
        pages = sum(isinstance(one, Exchange) for one in held)
        assert sum(isinstance(one, Refusal) for one in held) == found[Damage]
        measured[row["name"]] = (found[Record], found[Damage], pages)
    assert measured == EXPECTED
    assert sum(records for records, _, _ in measured.values()) == 63


# file -> where its text begins, something far down, and the title
REPORT = "90-Day Summary Report for Child Death, Serious Injury or Egregious Incident"
PAPERS = {
    "150109DSP-Milw-505-90D.pdf": (
        "Reports submitted to the Division",
        "On January 10, 2015, the agency received a report",
        REPORT,
    ),
    "2023-06-20-PV.pdf": (
        "COMITÉ DE DÉMOLITION",
        "la démolition partielle d’un bâtiment, soit la partie arrière",
        "Comité de démolition - Procès-verbal de la séance publique du 20 juin 2023",
    ),
    "issue-13-151201DSP-Fond-581-90D.pdf": (
        "Reports submitted to the Division",
        "On December 1, 2015, the agency received",
        REPORT,
    ),
    "issue-71-duplicate-chars.pdf": ("项目描述", "提出一种适用于高塑低强岩石隧洞开挖掏槽爆破设计方案", ""),
    "pr-138-example.pdf": ("Effective as at 9 April 2019", "2 Year Fixed Rate 3.94%", "Home Loan Interest Rates"),
    "senate-expenditures.pdf": ("DOCUMENT NO. DATE PAYEE NAME", "BAIN, J MATTHEW DISTRICT DIRECTOR 37,499.96", ""),
    "issue-140-example.pdf": ("Line no UPC code", "0085648100305 CENTRAL KMA LILYS 40% SLTD ALMND CHOC 637", ""),
    "issue-1054-example.pdf": ("HERAUSGEBER:", "Alt-Moabit 101 D, 10559 Berlin (Hausanschrift)", ""),
}
WITHOUT_TEXT = {"malformed-from-issue-932.pdf"}
"""Seven digits and nothing else."""


def test_papers_give_readable_text_or_a_reason() -> None:
    reader = PdfReader()
    for row in evaluation_set("pdf_samples"):
        name = row["name"]
        if name == "empty.pdf":
            with pytest.raises(BadInput):
                reader.read(row["data"])
            continue
        found = reader.read(row["data"])
        article, sheets = pdf_article(found, Hints())
        assert has_text(found) == (name not in WITHOUT_TEXT), name
        assert len(sheets.starts) == found.pages and list(sheets.starts) == sorted(sheets.starts)
        spelled = sum(c.isprintable() or c == "\n" for c in article.text)
        assert (article.text and article.title) or name in WITHOUT_TEXT
        assert spelled == len(article.text), name
        begins, holds, title = PAPERS.get(name, ("", "", ""))
        assert article.text[:400].find(begins) >= 0, name
        assert holds in article.text, name
        assert title in article.title, name
    reader.close()
