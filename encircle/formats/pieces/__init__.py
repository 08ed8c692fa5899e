"""What can be asked about on a map of control: pieces of held ground."""

from encircle.formats.pieces.choosing import (
    ask_which_force,
    choose_piece,
    describe,
    drop_area,
    list_near,
    see_from,
)
from encircle.formats.pieces.finding import find_all, find_front, find_pieces, read_pieces
from encircle.formats.pieces.following import find_what_is_left, follow
from encircle.formats.pieces.held import Held, Shares, read_held
from encircle.formats.pieces.piece import FRONT, Found, Piece, Rejection

__all__ = [
    "FRONT",
    "Found",
    "Held",
    "Piece",
    "Rejection",
    "Shares",
    "ask_which_force",
    "choose_piece",
    "describe",
    "drop_area",
    "find_all",
    "find_front",
    "find_pieces",
    "find_what_is_left",
    "follow",
    "list_near",
    "read_held",
    "read_pieces",
    "see_from",
]
