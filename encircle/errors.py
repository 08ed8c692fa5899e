"""What can go wrong, as a tree; a verdict is never an error.

* EncircleError
  x SituationError (also ValueError)   the input is not a situation: every fault at once
    + MissingFileError                 (also FileNotFoundError) there is no such file
    + UnknownForceError                no position belongs to the force asked for
    + UnknownFeatureError              no feature has an id to be left out or assumed
    + OptionsError                     a parameter cannot be used
  x QuestionError                      what was asked is not one thing: the asker is asked back
  x CertificateError (also ValueError) a judgement handed to verify is not one
  x KernelsMissingError (also ImportError) a network so wide needs compiled code, and there is none
  x CheckedClaimsError (also ValueError) checked claims, or their log, are not what they should be
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "CertificateError",
    "CheckedClaimsError",
    "EncircleError",
    "InputFault",
    "KernelsMissingError",
    "MissingFileError",
    "OptionsError",
    "QuestionError",
    "SituationError",
    "UnknownFeatureError",
    "UnknownForceError",
]


@dataclass(frozen=True, slots=True)
class InputFault:
    """One thing wrong with an input: where it stands, whose it is, what to do."""

    pointer: str
    """JSON pointer (RFC 6901) into the document; empty for the whole of it."""
    message: str
    remedy: str
    feature: str | None = None
    """Id of the feature, where it has one."""

    def __str__(self) -> str:
        whose = f"feature {self.feature!r}, " if self.feature else ""
        stop = "" if self.message.endswith(("?", "!", ".")) else "."
        return f"{whose}at {self.pointer or '/'}: {self.message}{stop} {self.remedy}"


class EncircleError(Exception):
    """Anything this library raises on purpose."""


class SituationError(EncircleError, ValueError):
    """The input is not a situation; `faults` holds everything wrong with it."""

    def __init__(self, faults: Sequence[InputFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class MissingFileError(SituationError, FileNotFoundError):
    """There is no such file, or it is a folder."""

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        super().__init__([InputFault("", f"cannot read {name}", why)])


class UnknownForceError(SituationError):
    """No position belongs to the force asked for."""

    def __init__(self, force: str | None, known: Sequence[str]) -> None:
        self.force, self.known = force, tuple(known)
        names = ", ".join(map(repr, known))
        asked = f"no position belongs to force {force!r}" if force else "no force is named"
        remedy = (
            f"Name one of the forces of this situation ({names}), by --force or situation.force"
            if known
            else 'No position names a force: give those to be judged one, like "force": "group"'
        )
        super().__init__([InputFault("/situation/force", asked, remedy)])


MOST_NAMED = 40
"""As many known ids are named when one is unknown."""


class UnknownFeatureError(SituationError):
    """No feature has an id that is to be left out or assumed."""

    def __init__(self, names: Sequence[str], known: Sequence[str]) -> None:
        self.names, self.known = tuple(names), tuple(known)
        listed = ", ".join(known[:MOST_NAMED])
        more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
        asked = " or ".join(map(repr, names))
        remedy = f"Name features of this situation ({listed}{more})"
        super().__init__([InputFault("/options", f"no feature is called {asked}", remedy)])


class OptionsError(SituationError):
    """A parameter of a judgement is not one that can be used."""

    def __init__(self, name: str, wanted: str) -> None:
        self.name = name
        message = f"the option {name} cannot be used"
        super().__init__([InputFault(f"/options/{name}", message, f"Give {wanted}")])


class QuestionError(EncircleError):
    """
    What was asked can mean several things: nothing is judged, and the asker is asked back.

    The command line prints the question and ends with 3; HTTP answers 409 with the same document.
    """

    def __init__(self, document: dict[str, Any], words: str) -> None:
        self.document = document
        """`{"question": "which_force" | "which_place", ..., "answer_with": "..."}`."""
        self.words = words
        """The same for people, with every choice and how to give it."""
        super().__init__(words)


class CertificateError(EncircleError, ValueError):
    """A judgement handed in for verification is not shaped like one."""


class CheckedClaimsError(EncircleError, ValueError):
    """Checked claims, or the log of their corrections, cannot be read; `faults` says why."""

    def __init__(self, faults: Sequence[InputFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def say_install(extra: str, *packages: str) -> str:
    """
    Say how to install the packages of an extra: this library is on no registry.

    Examples
    --------
    >>> say_install("gis", "pyogrio")
    "pip install pyogrio (or pip install '.[gis]' from a checkout)"
    """
    return f"pip install {' '.join(packages)} (or pip install '.[{extra}]' from a checkout)"


class KernelsMissingError(EncircleError, ImportError):
    """What was asked needs compiled kernels, and numba, which compiles them, is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "a road network as wide as this, and drawing worlds, needs compiled kernels, "
            f"and numba is not installed: {say_install('fast', 'numba')}. "
            "Judging without --samples does not need it"
        )


def refusal(message: str, remedy: str, pointer: str = "") -> SituationError:
    """Say what is wrong with an input as a whole, or with what was asked of it, and the remedy."""
    return SituationError([InputFault(pointer, message, remedy)])
