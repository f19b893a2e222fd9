"""Who is this? A record's person looked for in a list of existing records.

index = PeopleIndex(read_people(Path("existing.csv")))
match_record(record, index)        # [{"id": "…", "score": 0.98}]
"""

from extract.match.index import PeopleIndex
from extract.match.people import Person, read_people
from extract.match.score import Match, MatchOptions, match_person, match_record

__all__ = [
    "Match",
    "MatchOptions",
    "PeopleIndex",
    "Person",
    "match_person",
    "match_record",
    "read_people",
]
