"""What a user says about the case, as one of the answers that the rules know."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from xlmodel.catalog.load import read_rows
from xlmodel.catalog.lookup import normalise
from xlmodel.errors import BadValueError, NotAvailableError

# an amount between two answers of the documents, which nobody says in words
BETWEEN = "between"
PATH = Path(__file__).parent / "data" / "answers.csv"


class Answer(NamedTuple):
    """One answer to one question.

    Args:
        question: key of the question, which is the name of the argument.
        key: key of the answer.
        low: from this number on, where a number is an answer.
        high: below this number.
        zh: in words.
        en: in words.
        aliases: other ways to write it.
    """

    question: str
    key: str
    low: float | None
    high: float | None
    zh: str
    en: str
    aliases: tuple[str, ...]

    def words(self, lang: str) -> str:
        """Return the answer in words."""
        return self.zh if lang == "zh" else self.en


@lru_cache(maxsize=1)
def answers() -> dict[str, dict[str, Answer]]:
    """Return the answers by question and key, in the order of the file."""
    found: dict[str, dict[str, Answer]] = {}
    for row in read_rows(PATH):
        low, high = (float(row[end]) if row[end] else None for end in ("low", "high"))
        aliases = tuple(each.strip() for each in row["aliases"].split(";"))
        answer = Answer(row["question"], row["answer"], low, high, row["zh"], row["en"], aliases)
        found.setdefault(answer.question, {})[answer.key] = answer
    return found


def read_answer(question: str, given: float | str) -> str:
    """Return the key of the answer to a question, given as its key, a word for it or a number.

    Args:
        question: key of the question.
        given: text, or a number where the question has numbers: seconds, CNY, calls.

    Raises:
        BadValueError: a negative number, or one where words are asked for.
        NotAvailableError: a word that is no answer; the message lists them.
    """
    known = answers()[question]
    if isinstance(given, str):
        asked = normalise(given)
        for answer in known.values():
            if asked in {normalise(each) for each in (answer.key, answer.zh, answer.en, *answer.aliases)}:
                return answer.key
        raise NotAvailableError(
            f"{question}: '{given}' is no answer; write {', '.join(_asked(known))}"
            + (" or a number" if _numeric(known) else "")
        )
    if not _numeric(known):
        raise BadValueError(f"{question}: {given:g} is no answer; write {', '.join(_asked(known))}")
    for answer in known.values():
        if answer.low is not None and answer.high is not None and answer.low <= given < answer.high:
            return answer.key
    raise BadValueError(f"{question}: {given:g} is outside what can be answered; give a number of at least 0")


def _numeric(known: dict[str, Answer]) -> bool:
    return any(answer.low is not None for answer in known.values())


def _asked(known: dict[str, Answer]) -> list[str]:
    """Return the answers that a person would give in words: not those between two of the documents'."""
    return [key for key in known if key != BETWEEN]
