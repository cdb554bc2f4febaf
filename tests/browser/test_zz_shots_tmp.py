import sys, time
from tests.browser.test_panel import *
from tests.browser.conftest import *
def test_shots(served, new_page):
    for w in (1280, 360):
        desk = served.sit_down(new_page(width=w), "echeng")
        for c,t in (("C9","18"),("D9","1.50"),("C10","20"),("A3","6")):
            desk.fill(c,t) if w==1280 else None
        served.reporter("echeng-head").fill(B=str(w))
        desk.open()
        desk.page.screenshot(path=f"/tmp/shot{w}.png")
        desk.cell("D9").focus(); desk.page.wait_for_timeout(700)
        desk.page.screenshot(path=f"/tmp/shot{w}w.png")
        desk.page.locator("#panel-switch").click() if w==1280 else desk.page.evaluate("document.getElementById('panel-switch').click()")
        desk.page.wait_for_timeout(200)
        desk.cell("D9").focus(); desk.page.wait_for_timeout(700)
        desk.page.screenshot(path=f"/tmp/shot{w}p.png")
