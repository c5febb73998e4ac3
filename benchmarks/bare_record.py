"""The rows of one testimony by bare Flask and SQLAlchemy: no gate, no frame, no headers.

What a record's page costs at the least when its four kinds of rows are loaded as objects; the
distance of the archive's own page to this one is what consent, words and layout cost.
"""

from __future__ import annotations

from flask import Flask
from jinja2 import Environment
from sqlalchemy.orm import Session

from config import Settings
from memorial.db import make_engine
from memorial.gate.rows import MEDIA, NAMES, TEXTS
from memorial.services.reading import one_of

PAGE = """<h1>{{ names[0].text }}</h1>
{% for text in texts %}<p>{{ text.body }}</p>{% endfor %}{% for medium in media %}<img>{% endfor %}"""


def application() -> Flask:
    app = Flask("bare", static_folder=None)
    engine = make_engine(Settings().database)
    template = Environment(autoescape=True).from_string(PAGE)

    @app.get("/<public_id>")
    def record(public_id: str) -> str:
        with Session(engine) as session:
            found = session.scalars(one_of("testimony"), {"public_id": public_id}).one()
            return template.render(
                texts=session.scalars(TEXTS, {"record": found.id}).all(),
                media=session.scalars(MEDIA, {"record": found.id, "contribution": None}).all(),
                names=session.scalars(NAMES, {"person": found.testimony.person_id}).all(),
            )

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    return app
