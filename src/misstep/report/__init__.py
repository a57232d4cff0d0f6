"""Finished objects as text, pages and figures; nothing is computed here."""
