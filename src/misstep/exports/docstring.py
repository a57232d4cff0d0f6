"""Any text as part of a docstring: what is printed is the text, and nothing in it ends the string."""

from __future__ import annotations

from collections.abc import Sequence


def escape(text: str) -> str:
    r'''The text as it is written between triple quotes: printable, with quotes and backslashes escaped.

    >>> print(escape('a """ b'))
    a \"\"\" b
    '''
    return "".join(_escape_one(character) for character in text)


def _escape_one(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    # Whatever does not print, among it halves of surrogate pairs and the marks that turn the direction of writing.
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")


def one_line(text: str) -> str:
    r"""The text with every run of white space, line ends among it, as one space.

    >>> one_line(" a\n b ")
    'a b'
    """
    return " ".join(text.split())


def module_docstring(title: str, paragraphs: Sequence[str], facts: Sequence[str]) -> str:
    """A module's docstring: a sentence, paragraphs, and a list of facts.

    Args:
        title: One sentence, of any characters.
        paragraphs: Text that is wrapped as it shall stand.
        facts: Lines of text, of any characters.
    """
    blocks = [escape(one_line(title))]
    if facts:
        blocks.append("\n".join(f"* {escape(one_line(fact))}" for fact in facts))
    blocks[1:1] = ["\n".join(map(escape, paragraph.splitlines())) for paragraph in paragraphs]
    return '"""' + "\n\n".join(blocks) + '\n"""'
