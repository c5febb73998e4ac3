"""The application over one archive: wiring only, as a visible list.

app = create_app(open_house(Settings()))
"""

from __future__ import annotations

from flask import Blueprint
from werkzeug.middleware.proxy_fix import ProxyFix

from memorial.house import House
from memorial.web import context, doors, errors, languages, logs, security, static_files, templating
from memorial.web.cache import PageCache
from memorial.web.site import Sites
from memorial.web.spool import FormRequest
from memorial.web.templating import Archive


def create_app(house: House) -> Archive:
    settings = house.settings
    app = Archive("memorial.web", static_folder=None)
    app.request_class = FormRequest
    app.extensions["house"] = house
    app.extensions["site"] = Sites(house)

    logs.configure(settings.log_level)
    security.protect(app, settings)
    logs.set_up(app)
    languages.set_up(app)
    static_files.set_up(app)
    templating.set_up(app)
    context.close_sessions(app)
    errors.set_up(app)
    for room in rooms():
        app.register_blueprint(room)
    doors.check(app)

    app.wsgi_app = PageCache(app.wsgi_app, house)  # type: ignore[assignment]
    if settings.behind_proxy:
        hops = settings.behind_proxy
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    return app


def rooms() -> list[Blueprint]:
    """Every face of the archive."""
    from memorial.web.account import pages as account
    from memorial.web.contribute import pages as contribute
    from memorial.web.desk import pages as desk
    from memorial.web.exchange import api, exchange
    from memorial.web.exchange.iiif import iiif
    from memorial.web.public import machine, media
    from memorial.web.public import pages as public

    return [public, media, machine, exchange, api, iiif, contribute, desk, account]
