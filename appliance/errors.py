"""Errors that carry the sentence for the person who has to act on them."""


class ApplianceError(Exception):
    """Something a person must act on; `str(error)` says what is wrong and what to do."""


class ConfigError(ApplianceError):
    """A file the box was given cannot be used; names file, key and remedy.

    `faults` holds one `(file, key, what is wrong, remedy)` a fault, all of them at once, so that
    nobody repairs a file one start at a time.
    """

    def __init__(self, faults: list[tuple[str, str, str, str]]) -> None:
        self.faults = faults
        super().__init__("\n".join(f"{file}: {key}: {what}. {remedy}" for file, key, what, remedy in faults))


class SchemaError(ApplianceError):
    """The database's schema is not the one this version works with."""


class DatabaseTrouble(ApplianceError):
    """The database file cannot be read or written as things stand; nothing was changed by halves.

    `said` is the engine's own complaint, without the file's path.
    """

    def __init__(self, sentence: str, said: str) -> None:
        self.said = said
        super().__init__(sentence)


class Refused(ApplianceError):
    """The act asked for is not allowed as things stand; nothing was changed."""
