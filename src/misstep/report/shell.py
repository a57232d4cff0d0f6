"""The frame of every page: one self-contained HTML file, light or dark, that loads nothing."""

from __future__ import annotations

from html import escape


def shell(title: str, version: str, style: str, main: str, script: str = "") -> str:
    """A whole page.

    Args:
        title: As text.
        version: Of the misstep that made it.
        style: Its style sheet.
        main: What it shows, as HTML.
        script: A program that the page brings along, or nothing.
    """
    program = f"<script>\n{script}</script>\n" if script else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="misstep {escape(version)}">
<title>{escape(title)}</title>
<style>
{style}</style>
</head>
<body>
<main>
{main}
</main>
{program}</body>
</html>
"""
