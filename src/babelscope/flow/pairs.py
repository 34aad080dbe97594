"""Translation models that the user supplied: folders named by the pair, and models of his own manifest."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

from babelscope.flow.config import Config
from babelscope.flow.manifest import HASH_PREFIX, ModelState, UserPair
from babelscope.flow.own_manifest import own_pairs, pair_of
from babelscope.flow.weights import check, locate, sha256, user_roots


def user_pair(source: str, target: str, config: Config) -> UserPair | None:
    """Return the user's own translation model from ``source`` to ``target``, if it is there as a whole.

    A folder ``<xx>-<yy>`` wins over a model of ``models.manifest``. Raises ``ModelDamaged`` if a file of the latter is
    not the pinned one. Nothing is fetched.
    """
    return folder_pair(source, target, config) or _listed_pair(source, target, config)


def user_pairs(config: Config) -> list[UserPair]:
    """Return all of the user's own translation models, sorted by source and target; raises ``ModelDamaged``."""
    names = _folder_names(config) | {entry.pair for entry in own_pairs(config) if entry.pair}
    return [pair for source, target in sorted(names) if (pair := user_pair(source, target, config))]


def folder_pair(source: str, target: str, config: Config) -> UserPair | None:
    """Return the model in a folder ``<source>-<target>`` of the user, if the folder is complete."""
    for root, _ in user_roots(config):
        folder = root / f"{source}-{target}"
        if folder.is_dir() and (pair := _read_pair(sorted(folder.iterdir()), source, target)):
            return pair
    return None


def folder_states(config: Config) -> list[ModelState]:
    """Return the rows of ``babelscope doctor`` for the user's folders."""
    pairs = [pair for source, target in sorted(_folder_names(config)) if (pair := folder_pair(source, target, config))]
    return [_state(pair) for pair in pairs]


def _listed_pair(source: str, target: str, config: Config) -> UserPair | None:
    for entry in own_pairs(config):
        found = locate(entry, config) if entry.pair == (source, target) else None
        if found is not None:
            check(entry, found.folder)
            if pair := _read_pair([found.folder / file.name for file in entry.files], source, target):
                return pair
    return None


def _folder_names(config: Config) -> set[tuple[str, str]]:
    folders = (f for root, _ in user_roots(config) if root.is_dir() for f in root.iterdir() if f.is_dir())
    return {pair for folder in folders if (pair := pair_of(folder.name))}


def _read_pair(files: Sequence[Path], source: str, target: str) -> UserPair | None:
    model, lexicon, shared, *split = (
        [file for file in files if fnmatch(file.name, pattern)]
        for pattern in ("model.*.bin", "lex.*.bin", "vocab.*.spm", "srcvocab.*.spm", "trgvocab.*.spm")
    )
    vocabularies = (shared[0], shared[0]) if shared else (split[0][0], split[1][0]) if all(split) else None
    if not model or vocabularies is None:
        return None
    return UserPair(
        source=source,
        target=target,
        model=model[0],
        lexicon=lexicon[0] if lexicon else None,
        source_vocabulary=vocabularies[0],
        target_vocabulary=vocabularies[1],
        mark=sha256(model[0])[:HASH_PREFIX],
    )


def _state(pair: UserPair) -> ModelState:
    folder = pair.model.parent
    return ModelState(
        capability="translate",
        languages=f"{pair.source}→{pair.target}",
        model=f"{pair.source}-{pair.target}",
        source="user",
        sha256=pair.mark,
        weights_licence="unknown (user-supplied)",
        state="ok",
        ok=True,
        folder=str(folder),
        size=sum(f.stat().st_size for f in folder.iterdir() if f.is_file()),
    )
