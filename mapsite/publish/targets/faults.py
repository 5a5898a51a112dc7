"""Say in our own words what a store's library complains of.

Libraries name files in what they say, and a file's name holds a link's token. So their
words are read here and go no further, neither in a message nor as an error's cause.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import TypeVar

from mapsite.publish.target import TargetBusy, TargetError
from mapsite.publish.targets.places import CREDENTIALS, Place

_DENIED = {
    *("PermissionError", "NoCredentialsError", "PartialCredentialsError"),
    *("ClientAuthenticationError", "CredentialUnavailableError", "ProfileNotFound"),
    *("CredentialRetrievalError", "DefaultCredentialsError", "BadAuthenticationType"),
    "AuthenticationException",
}
_BUSY = {
    *("TimeoutError", "Timeout", "ConnectTimeoutError", "ReadTimeoutError"),
    *("ConnectionError", "EndpointConnectionError", "ConnectionClosedError"),
    *("HTTPClientError", "TransportError", "ClientConnectionError", "gaierror"),
    *("ServiceRequestError", "ServiceResponseError", "ClientPayloadError", "EOFError"),
    *("NoValidConnectionsError", "ChannelException", "SSHException"),
}
_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH}
_UNTRUSTED = {"SSLCertVerificationError", "ClientConnectorCertificateError"}
"""The names of libraries' errors: their classes cannot be asked for unimported."""
_NO_CONTAINER = {"NoSuchBucket", "ContainerNotFound"}
_WAIT = {408, 423, 425, 429}
_FULL = 507
_LONGEST_CHAIN = 10

T = TypeVar("T")


def guarded(place: Place, doing: str, action: Callable[[], T]) -> T:
    """Return what *action* does; raise TargetError in our words where it fails."""
    try:
        return action()
    except TargetError:
        raise
    except Exception as error:  # noqa: BLE001  # each library has its own, and many
        fault = fault_of(error, place, doing)
    # Out here the library's error is not this one's context either.
    raise fault


def fault_of(  # noqa: PLR0911  # a list of causes, the surest first
    error: BaseException, place: Place, doing: str
) -> TargetError:
    """Return what *error* means for somebody who wanted to *doing* at *place*."""
    names = {name for one in chain(error) for name in _names(one)}
    status, where = status_of(error), place.shown
    if "ImportError" in names:
        return TargetError(
            f"publishing to {place.scheme}:// needs"
            f" `pip install 'mapsite[{place.extra}]'`"
        )
    if codes_of(error) & _NO_CONTAINER:
        return TargetError(f"{where}: there is no such bucket or container; make it")
    if "BadHostKeyException" in names or "known_hosts" in str(error):
        return TargetError(
            f"{where} showed a key that is not in ssh's known_hosts; connect once by"
            " hand, or name another file in the option known_hosts"
        )
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN} or names & _DENIED:
        number = f" ({status})" if status else ""
        return TargetError(
            f"{where} does not let us {doing}{number}; credentials come from the"
            f" environment: {CREDENTIALS[place.extra]}"
        )
    if names & _UNTRUSTED:
        return TargetError(f"{where} has no certificate that this computer trusts")
    if status == HTTPStatus.CONFLICT and place.extra == "webdav":
        return TargetError(f"{where}: the folder above it is not there; make it")
    if status == _FULL:
        return TargetError(f"{where} is full")
    if status in {*_WAIT, HTTPStatus.CONFLICT} or (
        status and status >= HTTPStatus.INTERNAL_SERVER_ERROR
    ):
        return TargetBusy(f"{where} could not {doing} just now ({status})")
    if names & _BUSY or getattr(error, "errno", None) in _UNREACHABLE:
        return TargetBusy(f"{where} does not answer, or not in time")
    told = f"{status}" if status else type(error).__name__
    return TargetError(f"{where}: could not {doing} ({told})")


def is_missing(error: BaseException) -> bool:
    """Tell whether *error* says that a file is not there, and its bucket is."""
    missing = isinstance(error, FileNotFoundError) or status_of(error) == (
        HTTPStatus.NOT_FOUND
    )
    return missing and not codes_of(error) & _NO_CONTAINER


def is_taken(error: BaseException) -> bool:
    """Tell whether *error* says that a file is there which should not be."""
    return isinstance(error, FileExistsError) or status_of(error) in {
        HTTPStatus.CONFLICT,
        HTTPStatus.PRECONDITION_FAILED,
    }


def status_of(error: BaseException) -> int | None:
    """Return the status of the HTTP answer that *error* came from."""
    for one in chain(error):
        response = getattr(one, "response", None)
        found = [getattr(one, name, None) for name in ("status_code", "status", "code")]
        if isinstance(response, dict):
            found.append(response.get("ResponseMetadata", {}).get("HTTPStatusCode"))
        # gcsfs tells a 403 in its text alone.
        if str(one).startswith("Forbidden: "):
            return HTTPStatus.FORBIDDEN
        for status in found:
            if isinstance(status, int) and 100 <= status < 600:  # noqa: PLR2004  # HTTP
                return status
    return None


def codes_of(error: BaseException) -> set[str]:
    """Return the stores' own codes for *error*: ``NoSuchBucket``."""
    found: set[str] = set()
    for one in chain(error):
        response = getattr(one, "response", None)
        if isinstance(response, dict):
            found.add(str(response.get("Error", {}).get("Code")))
        found.add(str(getattr(one, "error_code", None)))
    return found


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield *error* and what it came from."""
    one: BaseException | None = error
    for _ in range(_LONGEST_CHAIN):
        if one is None:
            return
        yield one
        one = one.__cause__ or one.__context__


def _names(error: BaseException) -> Iterator[str]:
    return (kind.__name__ for kind in type(error).__mro__)
