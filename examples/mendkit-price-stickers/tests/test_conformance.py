"""What mendkit checks of any plugin. `mendkit plugins check price_stickers` prints the same as a table."""

from mendkit.testing import assert_plugin_conforms


def test_the_plugin_keeps_what_mendkit_promises_of_it() -> None:
    assert_plugin_conforms("price_stickers")
