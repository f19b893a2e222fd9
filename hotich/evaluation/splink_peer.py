"""Runs in an environment of its own that has splink 5 (see `peers`), not in ours.

    python splink_peer.py EXISTING.csv QUERIES.csv OUT.csv

links queries to existing records with splink on DuckDB, set up as its documentation advises:
Jaro-Winkler levels for names with term frequencies, a comparison for dates, blocking on date, on
name with year and on parents, u from random pairs and m by expectation maximisation. Prints its
seconds of CPU as JSON: training, and predicting.
"""

from __future__ import annotations

import json
import sys
import time

import splink.comparison_library as cl  # type: ignore[import-not-found]
from splink import (
    DuckDBAPI,
    Linker,
    SettingsCreator,
    block_on,
)


def main(existing: str, queries: str, out: str) -> None:
    database = DuckDBAPI()
    database.duckdb_con.execute("SET threads TO 1")
    for name, path in (("existing", existing), ("queries", queries)):
        database.duckdb_con.execute(
            f"CREATE TABLE {name} AS "
            f"SELECT * FROM read_csv('{path}', all_varchar=true, header=true)"
        )
    frames = [
        database.register(name, table_name=f"{name}_rows") for name in ("existing", "queries")
    ]
    names = [
        cl.JaroWinklerAtThresholds(column, [0.95, 0.88, 0.7]).configure(
            term_frequency_adjustments=True
        )
        for column in ("surname", "middle", "given", "father", "mother")
    ]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            *names,
            cl.LevenshteinAtThresholds("birth", [1, 2]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("sex"),
            cl.JaroWinklerAtThresholds("place", [0.9, 0.7]),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("birth"),
            block_on("surname", "given", "year"),
            block_on("surname", "middle", "given"),
            block_on("father", "mother"),
            block_on("given", "father"),
            block_on("given", "mother"),
        ],
    )
    began = time.process_time()
    linker = Linker(frames, settings, log_level=40)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("birth", "surname", "given"), block_on("father", "mother", "given")], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for rule in (block_on("birth"), block_on("father", "mother")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    trained = time.process_time()
    found = linker.inference.predict(threshold_match_probability=0.01)
    database.duckdb_con.execute(
        f"COPY (SELECT unique_id_l, unique_id_r, match_probability FROM {found.physical_name}) "
        f"TO '{out}' (HEADER)"
    )
    done = time.process_time()
    sys.stdout.write(json.dumps({"training": trained - began, "predicting": done - trained}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])
