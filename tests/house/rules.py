"""The house's rules that import-linter cannot say, read from the syntax tree of each file.

Names are resolved through the file's own imports, so that ``from time import time as t`` does not hide
anything. A finding is ``"path:line: what"``.
"""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

# Other ways out of this machine than veille/net, or around it. Patterns match the module and what is in it.
BANNED = (
    "PySide6.QtNetwork*", "PySide6.QtWeb*", "PySide6.QtHttpServer*", "PySide6.QtMultimedia*",
    "urllib.request", "webbrowser", "http.client", "http.server", "socketserver", "xmlrpc", "ftplib", "smtplib",
    "poplib", "imaplib", "nntplib", "telnetlib", "niquests", "httpx", "httplib2", "aiohttp", "urllib3_future",
    "pycurl", "curl_cffi", "socks",
    "subprocess", "os.system", "os.popen", "os.startfile", "os.exec*", "os.spawn*", "os.posix_spawn*",
)  # fmt: skip

# Only here may a name appear that is banned elsewhere.
ONLY = {"PySide6.QtGui.QDesktopServices": "veille/ui/links.py"}

# Time and chance: app.py hands them out, nobody else has them.
TIME_AND_CHANCE = (
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
    "time.time", "time.time_ns", "time.monotonic*", "time.perf_counter*", "time.process_time*", "time.thread_time*",
    "time.clock_gettime*", "random.*", "numpy.random.*", "secrets.*", "os.urandom", "os.getrandom",
    "uuid.uuid1", "uuid.uuid4",
    "PySide6.QtCore.QDateTime.current*", "PySide6.QtCore.QDate.currentDate", "PySide6.QtCore.QTime.currentTime",
    "PySide6.QtCore.QRandomGenerator",
)  # fmt: skip
NOW_WITHOUT_ARGUMENT = (
    "time.localtime", "time.gmtime", "time.ctime", "time.asctime", "email.utils.localtime", "email.utils.formatdate",
)  # fmt: skip
SQL_NOW = re.compile(
    r"\bcurrent_(timestamp|date|time)\b|'now'|\brandom\(\)|\brandomblob\("
    r"|\b(datetime|date|time|julianday|unixepoch)\(\s*\)",
    re.IGNORECASE,
)
COMPOSITION_ROOT = "veille/app.py"
TRANSLATING = ("_", "ngettext", "N_")


def findings(source: str, path: str) -> list[str]:
    """What ``source``, the text of the file ``path`` (relative to the root, with slashes), does against the rules."""
    tree = ast.parse(source)
    file = _File(tree, path)
    return [f"{path}:{line}: {what}" for line, what in sorted({*file.names(), *file.texts()})]


class _File:
    def __init__(self, tree: ast.Module, path: str) -> None:
        self.path = path
        self.nodes = list(ast.walk(tree))
        self.aliases = dict(_aliases(self.nodes))
        self.docstrings = {id(node.value) for node in self.nodes if isinstance(node, ast.Expr)}
        notes = (getattr(node, name, None) for node in self.nodes for name in ("annotation", "returns"))
        self.annotations = {id(each) for note in notes if note is not None for each in ast.walk(note)}

    def names(self) -> Iterator[tuple[int, str]]:
        """Modules imported and names used that are not this file's to have."""
        for node in self.nodes:
            for name in self._imported(node):
                yield from self._judge(node, name, importing=True)
            if isinstance(node, ast.Name | ast.Attribute) and (name := self._resolved(node)):
                yield from self._judge(node, name, importing=False)
            if isinstance(node, ast.Call) and not (node.args or node.keywords):
                name = self._resolved(node.func)
                if self.path != COMPOSITION_ROOT and name in NOW_WITHOUT_ARGUMENT:
                    yield node.lineno, f"{name}() reads the time"

    def _judge(self, node: ast.AST, name: str, *, importing: bool) -> Iterator[tuple[int, str]]:
        line = getattr(node, "lineno", 0)
        if _matches(name, BANNED):
            yield line, f"{name} is banned everywhere"
        if any(name == only and self.path != place for only, place in ONLY.items()):
            yield line, f"{name} belongs to {ONLY[name]} alone"
        if self.path == COMPOSITION_ROOT or importing:
            return
        annotated = name == "random.Random" and id(node) in self.annotations
        if _matches(name, TIME_AND_CHANCE) and not annotated:
            yield line, f"{name} belongs to {COMPOSITION_ROOT} alone: take a Clock or a random.Random"

    def texts(self) -> Iterator[tuple[int, str]]:
        """SQL that reads the time, and texts that gettext cannot find."""
        for node in self.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in self.docstrings:
                if found := SQL_NOW.search(node.value):
                    yield node.lineno, f"SQL reads the time or draws a number: {found[0]}"
            elif isinstance(node, ast.JoinedStr) and any(map(_is_marked, ast.walk(node))):
                yield node.lineno, "gettext does not look inside an f-string: give the text a name before it"
            elif isinstance(node, ast.Call) and _is_composed(node):
                yield node.lineno, "gettext cannot find a text that is put together: fill it with .format afterwards"

    def _imported(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Call) and self._resolved(node.func) in ("importlib.import_module", "__import__"):
            yield from (str(each.value) for each in node.args if isinstance(each, ast.Constant))

    def _resolved(self, node: ast.AST) -> str:
        """The dotted name behind an expression, through this file's imports; "" when it is not one of a module."""
        if isinstance(node, ast.Attribute):
            before = self._resolved(node.value)
            return f"{before}.{node.attr}" if before else ""
        if isinstance(node, ast.Name):
            return "__import__" if node.id == "__import__" else self.aliases.get(node.id, "")
        return ""


def _aliases(nodes: list[ast.AST]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        if isinstance(node, ast.Import):
            for each in node.names:
                yield (each.asname, each.name) if each.asname else (each.name.split(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((each.asname or each.name, f"{node.module}.{each.name}") for each in node.names)


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) or fnmatchcase(name, f"{pattern}.*") for pattern in patterns)


def _is_marked(node: ast.AST) -> bool:
    """Whether a text is written here that gettext should find."""
    calls = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TRANSLATING
    return calls and any(isinstance(each, ast.Constant) for each in node.args[:1])


def _is_composed(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Name) or call.func.id not in TRANSLATING:
        return False
    formats = any(isinstance(each, ast.Call) and ast.unparse(each.func).endswith(".format") for each in call.args)
    return formats or any(isinstance(each, ast.JoinedStr | ast.BinOp) for each in call.args[:2])


def findings_below(root: Path, folder: str) -> list[str]:
    """The findings in every module below ``root / folder``."""
    modules = sorted((root / folder).rglob("*.py"))
    named = [(module.read_text(encoding="utf-8"), module.relative_to(root).as_posix()) for module in modules]
    return [found for source, path in named for found in findings(source, path)]
