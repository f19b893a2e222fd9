"""Form discovery: a book's pages teach the blank form they share, and each page is placed on it."""

from extract.form.book_form import BookForm, Entry, FieldSlot, FoundLabel
from extract.form.discover import DiscoverOptions, discover_form
from extract.form.form_file import load_form, save_form
from extract.form.place import Placement, place_form

__all__ = [
    "BookForm",
    "DiscoverOptions",
    "Entry",
    "FieldSlot",
    "FoundLabel",
    "Placement",
    "discover_form",
    "load_form",
    "place_form",
    "save_form",
]
