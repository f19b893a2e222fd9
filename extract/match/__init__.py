"""Who is this? A person looked for in a list of millions of existing records.

build_index(read_people(Path("existing.csv")), folder)
index = PeopleIndex.open(folder)
match_people(queries, index)        # [[Match("P12", 0.98)], []]
"""

from extract.match.build import build_index, index_of, update_index
from extract.match.index import PeopleIndex
from extract.match.people import Person
from extract.match.score import (
    Match,
    Matcher,
    MatchOptions,
    match_people,
    match_person,
    match_record,
    resolve,
)
from extract.match.table import read_people

__all__ = [
    "Match",
    "MatchOptions",
    "Matcher",
    "PeopleIndex",
    "Person",
    "build_index",
    "index_of",
    "match_people",
    "match_person",
    "match_record",
    "read_people",
    "resolve",
    "update_index",
]
