import subprocess
import sys

LATE = ("whoosh", "requests", "urllib3", "feedparser", "nh3", "PySide6", "concurrent.futures.process")


def test_the_core_is_imported_without_what_is_slow():
    """The first paint waits for these imports; app.py and the faces import them all."""
    code = (
        "import sys; import veille.core.services, veille.core.sample; "
        f"print([name for name in {LATE!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
