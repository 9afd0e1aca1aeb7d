"""Templates and samples of materials that the catalogue names: small files that lie beside it."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from approvals.base.errors import NotFound
from approvals.base.i18n import N_
from approvals.catalogue.queries import known_catalogues
from workflows.config import DATA
from workflows.config.catalogue import Item

FOLDER = DATA / "materials"
TEMPLATE, SAMPLE = N_("Template"), N_("Sample")


@dataclass(frozen=True, slots=True)
class Guide:
    """A file that helps to make a material: what it is (a msgid), and its name."""

    what: str
    file: str


def guides_of(item: Item, material: str) -> tuple[Guide, ...]:
    """The template and the sample of this material, as far as there are any."""
    named = ((TEMPLATE, item.templates.get(material)), (SAMPLE, item.samples.get(material)))
    return tuple(Guide(what, file) for what, file in named if file and (FOLDER / file).is_file())


def guide_path(tx: Connection, file: str) -> Path:
    """Where a file lies that an item of any edition of the catalogue names; NotFound for any other."""
    files = (file for own in known_catalogues(tx).values() for item in own.items.values() for file in _files_of(item))
    if file not in files or not (FOLDER / file).is_file():
        raise NotFound
    return FOLDER / file


def _files_of(item: Item) -> tuple[str, ...]:
    return (*item.templates.values(), *item.samples.values())
