"""A survey's script as data: its questions, what counts as an answer, and what an answer leaves out.

Answers are stored as one number each: a rating from 1 to 5, 1 for yes and 2 for no, the place of a choice
from 1, or the number itself; 0 is a question that was skipped.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Kind = Literal["rating", "yes_no", "choice", "number", "open"]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,23}$")]
Choice = Annotated[str, Field(min_length=1, max_length=80)]

YES, NO = 1, 2

_REPROMPTS = {"yes_no": "reprompt_yes_no", "choice": "reprompt_number", "number": "reprompt_number"}
_OWN_KEYS = {"overall": "rating", "comment": "open"}
"""Keys the report knows; another kind under them would be mixed with what it stands for."""


class Question(BaseModel):
    """One question. A rating runs from 1 to 5; `skip` lets 0 mean "skip this one".

    `choices` are the words of each answer of a choice, separated by "|", the first one for the report.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    key: Key
    text: str
    kind: Kind
    skip: bool = False
    zero_skips: Annotated[tuple[Key, ...], Field(strict=False)] = ()
    skips: dict[str, Annotated[tuple[Key, ...], Field(strict=False)]] = Field(default_factory=dict)
    choices: Annotated[tuple[Choice, ...], Field(strict=False)] = ()
    low: Annotated[int, Field(ge=1)] = 1
    high: Annotated[int, Field(ge=1, le=9_999)] = 999

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError("choices belong to a question of kind choice, and to no other")
        if self.kind == "choice" and not 2 <= len(self.choices) <= 9:
            raise ValueError("a choice has 2 to 9 answers: each is given as one digit")
        if self.low > self.high:
            raise ValueError("low lies above high")
        if _OWN_KEYS.get(self.key, self.kind) != self.kind:
            raise ValueError(f"{self.key} is a question of kind {_OWN_KEYS[self.key]}; choose another key")
        if self.zero_skips and not self.skip:
            raise ValueError(f"{self.key} has zero_skips but offers no 0; set skip = true")
        unknown = [said for said in self.skips if said not in self.answers()]
        if unknown:
            known = ", ".join(self.answers()) or "none for this kind"
            raise ValueError(f"skips of {self.key} names {unknown[0]!r}, which is no answer: {known}")
        return self

    def answers(self) -> tuple[str, ...]:
        """What `skips` can name, in the order of the numbers they are stored as, from 1."""
        if self.kind == "rating":
            return ("1", "2", "3", "4", "5")
        if self.kind == "yes_no":
            return ("yes", "no")
        return tuple(str(place) for place, _ in enumerate(self.choices, start=1))

    def left_out(self, score: int) -> frozenset[str]:
        """The later questions that are not asked after this answer."""
        if score == 0:
            return frozenset(self.zero_skips)
        known = self.answers()
        return frozenset(self.skips.get(known[score - 1], ())) if score <= len(known) else frozenset()

    @property
    def reprompt(self) -> str:
        """The text that asks once more."""
        if self.kind == "rating":
            return "reprompt" if self.skip else "reprompt_overall"
        return _REPROMPTS[self.kind]

    def labels(self) -> dict[int, str]:
        """What the report calls each stored answer; empty where the number speaks for itself."""
        if self.kind == "yes_no":
            return {YES: "yes", NO: "no"}
        return {place: words.split("|")[0].strip() for place, words in enumerate(self.choices, start=1)}


class Script(BaseModel):
    """[scripts.NAME]: the questions in the order they are asked, one text each.

    `several` lets a resident answer several ratings in one text ("5 5 4 5"); they are asked whether that
    was meant before anything is scored.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    questions: Annotated[tuple[Question, ...], Field(strict=False, min_length=1, max_length=12)]
    several: bool = True

    @model_validator(mode="after")
    def _is_askable(self) -> Self:
        keys = [question.key for question in self.questions]
        if len(set(keys)) < len(keys):
            raise ValueError("a question stands twice")
        for place, question in enumerate(self.questions):
            named = {*question.zero_skips, *(key for left in question.skips.values() for key in left)}
            if not named <= set(keys[place + 1 :]):
                raise ValueError(f"{question.key} leaves out a question that does not come later")
        return self

    def question(self, key: str) -> Question:
        """The question with this key; KeyError if the script has none."""
        for question in self.questions:
            if question.key == key:
                return question
        raise KeyError(key)

    def ratings_from(self, key: str) -> tuple[Question, ...]:
        """The ratings that stand together from this question on: what one text may answer at once."""
        place = [question.key for question in self.questions].index(key)
        run: list[Question] = []
        for question in self.questions[place:]:
            if question.kind != "rating":
                break
            run.append(question)
        return tuple(run)
