"""The bare page everything is measured beside: Flask, one route, one word."""

from __future__ import annotations

from flask import Flask


def application() -> Flask:
    app = Flask("hello", static_folder=None)

    @app.get("/")
    def hello() -> str:
        return "hello"

    return app
