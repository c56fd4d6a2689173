"""From what went wrong below to the person's words."""

import errno
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from urllib3.exceptions import DecodeError, HTTPError

from veille.errors import BadCertificate, SourceError, Unreachable
from veille.i18n import N_

# OpenSSL's verify codes (x509_vfy.h) that a person can make something of.
_CERTIFICATE = {
    10: N_("it has expired"),
    9: N_("it is not valid yet"),
    18: N_("it is self-signed"),
    19: N_("it is signed by an authority that is not known here"),
    20: N_("it is signed by an authority that is not known here"),
    21: N_("it is signed by an authority that is not known here"),
    62: N_("it was made for another name"),
    64: N_("it was made for another name"),
}


@contextmanager
def in_words(host: str) -> Iterator[None]:
    """Whatever fails inside fails as a :class:`SourceError` about ``host``, named as the person knows it."""
    try:
        yield
    except SourceError as error:
        error.facts["host"] = host
        raise
    except (HTTPError, OSError, UnicodeError) as error:
        raise failure(error, host) from error


def failure(error: BaseException, host: str) -> SourceError:
    """The error of ours for one of urllib3, http.client, ssl or socket."""
    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return BadCertificate(host=host, detail=_CERTIFICATE.get(cause.verify_code, N_("it could not be verified")))
    return Unreachable(host=host, detail=detail(error) or N_("its answer makes no sense"))


def detail(error: BaseException) -> str:
    """Why no answer came, as far as ``error`` and what led to it tell; "" when they do not."""
    return next(filter(None, map(_detail, causes(error))), "")


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """``error`` and what led to it, the outermost first."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _detail(cause: BaseException) -> str:
    match cause:
        case socket.gaierror() | UnicodeError():
            return N_("there is no host of that name")
        case ssl.SSLError():
            return N_("no protected connection could be made")
        case ConnectionRefusedError():
            return N_("it refuses the connection")
        case TimeoutError():
            return N_("it does not answer")
        case ConnectionError():
            return N_("the connection broke off")
        case _ if type(cause).__name__ == "IncompleteRead":  # http.client's and urllib3's
            return N_("the connection broke off")
        case DecodeError():
            return N_("its compression is broken")
        case OSError(errno=errno.ENETUNREACH | errno.EHOSTUNREACH | errno.ENETDOWN):
            return N_("there is no way to it from this network")
    return ""
