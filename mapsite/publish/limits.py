"""What hosts are known by, what each of them cannot do, and what mends the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Host(NamedTuple):
    """Hold what is known of one kind of host."""

    name: str
    file: str = ""
    """What `mapsite host` calls it; empty where nothing can be set up."""
    limits: tuple[str, ...] = ()
    """What it cannot do, or does beside; a sentence each."""


_DEPLOYS = (
    "Each deploy keeps an address of its own, at which a withdrawn room can be read"
    " until that deploy is deleted; previews have addresses that can be guessed."
)
_BRANCH = (
    "The branch keeps what was withdrawn, and names every room: its repository must be"
    " private."
)
_NO_HEADERS = (
    "It sends no headers of your own: of the protection only what stands in the pages"
    " themselves holds. For more, put a host in front that can, such as Cloudflare."
)
UNKNOWN_HOST: Final = Host("this host")
NGINX: Final = Host("nginx", "nginx")
APACHE: Final = Host("Apache", "apache")
NETLIFY: Final = Host("Netlify", "netlify", (_DEPLOYS,))
CLOUDFLARE: Final = Host("Cloudflare", "cloudflare", (_DEPLOYS,))
CLOUDFRONT: Final = Host(
    "CloudFront",
    "cloudfront",
    ("What it caches can outlive a withdrawal until it is invalidated.",),
)
GITHUB: Final = Host(
    "GitHub Pages",
    "",
    (
        _NO_HEADERS,
        _BRANCH,
        (
            "Its copies are kept for ten minutes: so long a room stays after it was"
            " withdrawn."
        ),
    ),
)
GITLAB: Final = Host("GitLab Pages", "", (_NO_HEADERS, _BRANCH))
S3_WEBSITE: Final = Host(
    "an S3 website endpoint",
    "cloudfront",
    (
        (
            "It answers by http only, so addresses travel in the open, and it sends no"
            " headers but type and caching: put CloudFront before the bucket."
        ),
        "A bucket with versions keeps what was withdrawn.",
    ),
)
S3: Final = Host(
    "S3",
    "cloudfront",
    (
        (
            "It sends no headers but type and caching, and has no page for what is"
            " missing: put CloudFront before the bucket."
        ),
        "A bucket with versions keeps what was withdrawn.",
    ),
)
AZURE: Final = Host(
    "Azure Storage",
    "",
    (
        (
            "It sends no headers but type and caching: put Front Door before it, with"
            " the headers of `mapsite host nginx` as rules."
        ),
        "Versions and soft delete keep what was withdrawn.",
    ),
)
GOOGLE: Final = Host(
    "Google Cloud Storage",
    "",
    (
        (
            "It sends no headers but type and caching: put a load balancer before it,"
            " with the headers of `mapsite host nginx` as custom response headers."
        ),
        "Object versions and soft delete keep what was withdrawn.",
    ),
)

_BY_NAME: Final = (
    ("github.io", GITHUB),
    ("gitlab.io", GITLAB),
    ("netlify.app", NETLIFY),
    ("pages.dev", CLOUDFLARE),
    ("cloudfront.net", CLOUDFRONT),
    ("web.core.windows.net", AZURE),
    ("blob.core.windows.net", AZURE),
    ("storage.googleapis.com", GOOGLE),
)
_BY_HEADER: Final = (
    ("X-GitHub-Request-Id", GITHUB),
    ("X-NF-Request-ID", NETLIFY),
    ("X-Amz-Cf-Id", CLOUDFRONT),
    ("CF-Ray", CLOUDFLARE),
    ("X-GUploader-UploadID", GOOGLE),
    ("X-Ms-Request-Id", AZURE),
)
_BY_SERVER: Final = (
    ("github.com", GITHUB),
    ("netlify", NETLIFY),
    ("cloudflare", CLOUDFLARE),
    ("cloudfront", CLOUDFRONT),
    ("amazons3", S3),
    ("nginx", NGINX),
    ("openresty", NGINX),
    ("apache", APACHE),
)


def host_behind(name: str, headers: Mapping[str, str]) -> Host:
    """Tell by its *name* and by what it sends which kind of host answers."""
    if ".s3-website" in name:
        return S3_WEBSITE
    for ending, host in _BY_NAME:
        if name.endswith(f".{ending}") or name == ending:
            return host
    for header, host in _BY_HEADER:
        if header in headers:
            return host
    server = headers.get("Server", "").lower()
    return next((host for word, host in _BY_SERVER if word in server), UNKNOWN_HOST)
