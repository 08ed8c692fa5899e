"""What a key may be called."""

import pytest

from encircle.store.keys import KeyNameError, make_key
from encircle.store.opening import open_store


@pytest.mark.parametrize("name", ["", " ", "\u200b", "local", " Local"])
def test_a_key_is_called_after_somebody(name):
    """`local` is who posts from the machine itself: nobody else's posts are told as its."""
    with pytest.raises(KeyNameError), open_store().writing() as connection:
        make_key(connection, name, "admin")
