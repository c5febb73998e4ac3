"""A family at a browser: fills in forms by their names, as a person without scripts would."""

from __future__ import annotations

import io
import re
from html import unescape

from PIL import Image

NOBODY = {"people": "", "people_know": "", "children": "no"}
CONSENTED = {
    "audience": {"audience": "everyone"},
    "parts": {},
    "consents": {"keep": "yes", "show": "yes", "reuse": "no"},
}
REACHED = {"reach": {"contact": "", "safe": ""}}
# What a synthetic person answers, by page; a page that is not named here is left empty.
TOLD = {
    "way": {"way": "write"},
    "words": {"words": "Synthetic words, told by nobody.", "title": ""},
    "told": {"told_when": "3 May 2026", "told_where": "synthetic town"},
    "stood": {"stood": "survivor"},
    "photographs": {"act": "continue"},
    "recording": {"act": "continue"},
    "people": NOBODY,
    "name": {"your_name": "Synthetic Real Name", "name_shown": "full"},
    **REACHED,
    **CONSENTED,
}
REMEMBERED = {
    "find": {"looked": ""},
    "person": {"person": "Synthetic Person", "spellings": "Sintetik Şəxs"},
    "born": {"born": "about 1950"},
    "lived": {"lived": "synthetic town"},
    "fate": {"fate": "died"},
    "known": {"known": "A synthetic neighbour told us."},
    "way": {"way": "write"},
    "life": {"life": "A synthetic life."},
    "photographs": {"act": "continue"},
    "recording": {"act": "continue"},
    "people": NOBODY,
    "name": {"your_name": "", "name_shown": "not_shown"},
    **REACHED,
    **CONSENTED,
}
SENT_IN = {
    "find": {"looked": ""},
    "shows": {"title": "A synthetic street", "description": "Synthetic words about it."},
    "photographs": {"act": "continue"},
    "recording": {"act": "continue"},
    "people": NOBODY,
    "name": {"your_name": "", "name_shown": "relative"},
    **REACHED,
    **CONSENTED,
}
LEFT = {  # a memory: begun from somebody's page
    "memory": {"memory": "Synthetic memory of nobody.", "sign": "candle"},
    "photographs": {"act": "continue"},
    "people": NOBODY,
    "name": {"your_name": "", "name_shown": "relative"},
    **REACHED,
    **CONSENTED,
}
CORRECTED = {
    "find": {"looked": ""},
    "wrong": {"passage": "a synthetic passage", "wrong": "It was another synthetic year."},
    "how_known": {"how_known": "A synthetic paper."},
    "name": {"your_name": ""},
    **REACHED,
}
REMOVED = {
    "find": {"looked": ""},
    "ground": {"ground": "privacy", "wrong": "A synthetic sentence tells too much."},
    "how_known": {"how_known": ""},
    "who": {"who_you_are": "named"},
    "name": {"your_name": ""},
    **REACHED,
}
JOURNEYS = {
    "testimony": TOLD,
    "remembrance": REMEMBERED,
    "media": SENT_IN,
    "memory": LEFT,
    "correction": CORRECTED,
    "removal": REMOVED,
}
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

    def begin(self, task, **about):
        """`about`: what the page that led here says (page, passage, sign)."""
        self.open("/contribute")
        return self.post("/contribute", task=task, **about)

    def answer_all(self, task, *, about=None, **changed):
        """From the start to "check your answers"; returns the code."""
        self.begin(task, **(about or {}))
        code = ""
        while not self.at.endswith("/contribute/check"):
            if self.code:
                code = self.code
                self.post("/contribute/code", after=self.after)
                continue
            name = self.at.rsplit("/", 1)[-1]
            before = self.at
            self.post(f"/contribute/{name}", **{**JOURNEYS[task].get(name, {}), **changed.get(name, {})})
            assert self.at != before or self.code, (name, self.text)
        return code

    @property
    def after(self):
        return re.search(r'name="after" value="([^"]*)"', self.page)[1]

    def send(self, task, *, about=None, **changed):
        """A whole journey; leaves the browser on "sent" and returns (ref, code)."""
        code = self.answer_all(task, about=about, **changed)
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
