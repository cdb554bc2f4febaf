"""What the desk does in these stories: freeze an edition, have a report corrected."""

EDITIONS = "/consolidation/editions"


def hidden(page, action):
    """The hidden fields of the form that posts to an action."""
    form = next(f for f in page.all("form") if f.get("action").endswith(action))
    fields = {each.get("name"): each.get("value", "") for each in form.root.iter("input")}
    return {name: text for name, text in fields.items() if name and name != "csrf_token"}


def shown(city, scope="submitted"):
    """What the freeze button of the consolidation page posts."""
    return hidden(city.page(city.url(f"/consolidation?scope={scope}")), EDITIONS)


def freeze(city, scope="submitted", **changed):
    """锁定本版, as the desk does from its page."""
    return city.post(city.url(EDITIONS), **(shown(city, scope) | changed))


def correct(city, character, *, reason="请核对 C9。", until="", **figures):
    """Send a report back, and have it handed in with other figures."""
    report = character.current
    way = "reopening" if report.state == "accepted" else "return"
    back = city.post(
        city.url(f"/report/{way}", code=character.home),
        number=str(report.submissions),
        reason=reason,
        until=until,
    )
    assert back.status_code == 303, back.text
    for code, text in figures.items():
        assert character.save(code, text).status_code == 200
    assert character.submit().status_code == 303
