"""The benchmarks run, small, and their last line has the keys that the issues name."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.corpora import corpus

ROOT = Path(__file__).parents[2]
REFRESH = "items first_s unchanged_s one_new_s download_s peak_mb late_ms"
START = "first_paint_ms bare_ms ratio list_ms peak_mb"
POSTS = "requests naive_requests billed duplicates missed dollars cap median_delay_s p95_delay_s small_cap_dollars"
SEARCH = (
    "worst_ratio_fts5 worst_ratio_tantivy typing_p95_ms cold_first_ms save_found_ms build_ratio_fts5 index_mb "
    "at500k_p95_ms"
)
IMPORT = "rows accounted bookmarks_s archive_s peak_mb"
EXTRACT = "f1 precision recall s_page"
BACKUP = "items backup_s copy_s restore_s mb verified"
CURATE = "sources open_ms sort_ms publish_ms accept_ms"
RELEVANCE = "cranfield orangesum_abstracts orangesum_titles"

NEEDED = {"relevance": "F_search", "extract": "D_articles"}


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("name", "options", "keys"),
    [
        ("refresh", ["--feeds", "4", "--alone"], REFRESH),
        ("start", ["--items", "300", "--rounds", "1"], START),
        ("search", ["--items", "300", "--large", "600"], SEARCH),
        ("backup", ["--items", "300", "--rounds", "1"], BACKUP),
        ("relevance", ["--questions", "3"], RELEVANCE),
        ("import", ["--bookmarks", "300", "--posts", "300"], IMPORT),
        ("extract", ["--pages", "4"], EXTRACT),
        ("curate", ["--sources", "60", "--items", "300", "--published", "20", "--rounds", "1"], CURATE),
        ("posts", ["--accounts", "4", "--days", "1", "--minutes", "120"], POSTS),
    ],
)
def test_a_small_run_gives_every_key(name: str, options: list[str], keys: str, tmp_path: Path) -> None:
    if name in ("start", "search", "backup", "curate"):
        options = [*options, "--folder", str(tmp_path)]
    if name in NEEDED:
        corpus(NEEDED[name])  # skips the test where there is none
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bench", name, *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    first, *values = ran.stdout.splitlines()[-1].split()
    assert first == name
    figures = dict(each.split("=") for each in values)
    assert set(keys.split()) <= set(figures)
    assert all(float(figures[key]) >= 0 for key in keys.split())
