"""A family at a browser: fills in forms by their names, as a person without scripts would."""

from __future__ import annotations

import io
import re
from html import unescape

from PIL import Image

TOLD = {
    "words": {"words": "Synthetic words, told by nobody.", "title": ""},
    "told": {"told_when": "3 May 2026", "told_where": "synthetic town"},
    "stood": {"stood": "survivor"},
    "people": {"people": "", "children": "no"},
    "photographs": {"act": "continue"},
    "name": {"your_name": "Synthetic Real Name", "name_shown": "full"},
    "reach": {"contact": "", "safe": ""},
    "audience": {"audience": "everyone"},
    "consents": {"keep": "yes", "show": "yes", "reuse": "no"},
}
REMEMBERED = {
    "person": {"person": "Synthetic Person", "spellings": "Sintetik Şəxs"},
    "born": {"born": "about 1950"},
    "lived": {"lived": "synthetic town"},
    "fate": {"fate": "died"},
    "known": {"known": "A synthetic neighbour told us."},
    "life": {"life": "A synthetic life."},
    "photographs": {"act": "continue"},
    "people": {"people": "", "children": "no"},
    "name": {"your_name": "", "name_shown": "not_shown"},
    "reach": {"contact": "", "safe": ""},
    "audience": {"audience": "everyone"},
    "consents": {"keep": "yes", "show": "yes", "reuse": "no"},
}
JOURNEYS = {"testimony": TOLD, "remembrance": REMEMBERED}
CODE = re.compile(r'class="return-code"[^>]*>([\d ]{24})<')


class Family:
    """One browser. `at` is the path of the page that is open, `page` its text."""

    def __init__(self, app, lang="en"):
        self.client = app.test_client()
        self.lang = lang
        self.page = ""
        self.at = ""
        self.status = 0

    def open(self, path):
        return self._seen(self.client.get(f"/{self.lang}{path}", follow_redirects=True))

    def post(self, path, *, token=True, **fields):
        if token:
            fields.setdefault("csrf_token", self.token)
        return self._seen(self.client.post(f"/{self.lang}{path}", data=fields, follow_redirects=True))

    def _seen(self, answer):
        self.page, self.status, self.at = (
            answer.get_data(as_text=True),
            answer.status_code,
            answer.request.path,
        )
        self.answer = answer
        return self

    @property
    def token(self):
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        return found[1] if found else ""

    @property
    def text(self):
        return unescape(re.sub(r"<[^>]+>", " ", self.page))

    @property
    def title(self):
        return unescape(re.search(r"<title>(.*?)</title>", self.page, re.S)[1])

    @property
    def code(self):
        found = CODE.search(self.page)
        return found[1] if found else ""

    @property
    def send_key(self):
        return re.search(r'name="send_key" value="([^"]+)"', self.page)[1]

    @property
    def ref(self):
        return re.search(r"/my/([0-9a-z]+)", self.page)[1]

    def begin(self, task):
        self.open("/contribute")
        return self.post("/contribute", task=task)

    def answer_all(self, task, **changed):
        """From the start to "check your answers"; returns the code."""
        journey = {name: {**fields, **changed.get(name, {})} for name, fields in JOURNEYS[task].items()}
        self.begin(task)
        code = ""
        for name, fields in journey.items():
            assert self.at == f"/{self.lang}/contribute/{name}", (self.at, name, self.text)
            self.post(f"/contribute/{name}", **fields)
            if self.code:
                code = self.code
                self.post("/contribute/code")
        assert self.at.endswith("/contribute/check"), self.text
        return code

    def send(self, task, **changed):
        """A whole journey; leaves the browser on "sent" and returns (ref, code)."""
        code = self.answer_all(task, **changed)
        self.post("/contribute/send", send_key=self.send_key)
        assert self.at.endswith("/contribute/sent"), self.text
        return self.ref, code

    def come_back(self, code):
        self.open("/return")
        return self.post("/return", code=code)

    def add(self, *files, **fields):
        self.open("/contribute/photographs")
        uploads = [(io.BytesIO(content), name) for content, name in files]
        return self.post("/contribute/photographs", photographs=uploads, act="add", **fields)


def status_of(client, address):
    """The status of a file, its stream closed again."""
    with client.get(address) as answer:
        return answer.status_code


def a_photograph(kind="JPEG", width=900, height=600, *, gps=True):
    """A plain synthetic picture that carries what cameras write into it."""
    # Smooth, so that the form stays in memory; with noise the test's own client spools it to a file.
    picture = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    exif = Image.Exif()
    if gps:
        exif[0x0110] = "CANARY-CAMERA"
        exif[0x8825] = {1: "N", 2: (39.0, 54.0, 36.0), 3: "E", 4: (46.0, 47.0, 24.0)}
    held = io.BytesIO()
    picture.save(held, kind, exif=exif)
    return held.getvalue()
