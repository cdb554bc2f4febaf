"""The parser of the tests: strict with whole pages, so that no template leaves a page broken."""

import pytest

from tests.markup import Page

PAGE = (
    '<!doctype html><html lang="zh"><head><title>表</title></head><body><h1>表</h1>{}</body></html>'
)


@pytest.mark.parametrize(
    "broken",
    [
        "<div>",
        "</div>",
        "<p><div></div></p>",
        '<a id="a" id="b">x</a>',
        "<table><div></div></table>",
        "<div/>",
        "<b><i></b></i>",
        "<form><form></form></form>",
        "<button><button></button></button>",
        "&nosuch;",
        "a\0b",
    ],
)
def test_a_page_that_is_no_html_is_refused(broken):
    with pytest.raises(Exception, match=r".") as refused:
        Page.of(PAGE.format(broken))

    assert type(refused.value).__name__ == "ParseError"


@pytest.mark.parametrize("whole", ["<ul><li>一<li>二</ul>", "<p>一<p>二", "a & b", "<br>"])
def test_what_the_standard_allows_is_read(whole):
    assert Page.of(PAGE.format(whole)).one("h1").text == "表"
