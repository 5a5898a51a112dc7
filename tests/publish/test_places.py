"""Addresses of stores are read, and credentials in the settings are refused."""

from __future__ import annotations

import pytest

from mapsite.publish.targets.places import Place, fault_of_options, read_place

SECRET = "hunter2hunter2"  # noqa: S105  # what no message may repeat


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("s3://deals", ("s3", "deals", "", None, None)),
        ("s3://deals/rooms/", ("s3", "deals", "rooms", None, None)),
        ("az://rooms/a/b", ("az", "rooms", "a/b", None, None)),
        (
            "abfs://rooms@mama.dfs.core.windows.net/a",
            ("abfs", "mama.dfs.core.windows.net", "a", "rooms", None),
        ),
        ("gs://deals/rooms", ("gs", "deals", "rooms", None, None)),
        (
            "sftp://jo@web.example:2222/srv/deals",
            ("sftp", "web.example", "srv/deals", "jo", 2222),
        ),
        (
            "webdav+https://dav.example/a%20b",
            ("webdav+https", "dav.example", "a b", None, None),
        ),
    ],
)
def test_addresses_are_read(url: str, place: tuple[object, ...]) -> None:
    """Into the bucket or server, and the folder there."""
    assert read_place(url) == Place(url, *place)  # type: ignore[arg-type]  # as above
    assert fault_of_options(url, {}) is None


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "deals",
            "ftp://x/y",
            "file:///srv",
            "s3:///rooms",
            "s3://",
            "https://x/y",
        ),
        *(
            "s3://deals/../other",
            "s3://deals?versionId=1",
            "s3://deals/#x",
            "sftp:///srv",
        ),
        *("sftp://web.example:99999/srv", "webdav+http://dav.example/deals"),
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    """With what was expected."""
    fault = fault_of_options(url, {})
    assert fault is not None
    assert "expected" in fault


@pytest.mark.parametrize(
    ("url", "options"),
    [
        (f"s3://AKIA0000:{SECRET}@deals/rooms", {}),
        (f"sftp://jo:{SECRET}@web.example/srv", {}),
        (f"webdav+https://jo:{SECRET}@dav.example/srv", {}),
        ("s3://deals", {"key": SECRET}),
        ("s3://deals", {"secret": SECRET}),
        ("s3://deals", {"token": SECRET}),
        ("s3://deals", {"client_kwargs": {"aws_secret_access_key": SECRET}}),
        ("s3://deals", {"client_kwargs": {"aws_session_token": SECRET}}),
        ("s3://deals", {"endpoint_url": f"https://jo:{SECRET}@s3.example"}),
        ("az://rooms", {"connection_string": SECRET}),
        ("az://rooms", {"account_key": SECRET}),
        ("az://rooms", {"sas_token": SECRET}),
        ("az://rooms", {"client_secret": SECRET}),
        ("az://rooms", {"credential": SECRET}),
        ("az://rooms", {"account_host": f"x.example/?sv=1&sig={SECRET}"}),
        ("az://rooms", {"whatever": f"AccountName=x;AccountKey={SECRET}"}),
        ("gs://deals", {"token": SECRET}),
        ("sftp://web.example/srv", {"password": SECRET}),
        ("sftp://web.example/srv", {"passphrase": SECRET}),
        ("sftp://web.example/srv", {"pkey": SECRET}),
        ("webdav+https://dav.example", {"auth": SECRET}),
        ("webdav+https://dav.example", {"headers": {"Authorization": SECRET}}),
    ],
)
def test_credentials_in_the_settings_are_refused(
    url: str, options: dict[str, object]
) -> None:
    """Without being repeated, and with where they belong."""
    fault = fault_of_options(url, options)
    assert fault is not None
    assert SECRET not in fault
    assert "give it by" in fault


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("s3://deals", {"endpoint_url": "https://s3.example:9000", "profile": "mama"}),
        ("s3://deals", {"client_kwargs": {"region_name": "eu-central-1"}}),
        ("s3://deals", {"s3_additional_kwargs": {"SSEKMSKeyId": "arn:aws:kms:x"}}),
        ("s3://deals", {"config_kwargs": {"s3": {"addressing_style": "path"}}}),
        ("az://rooms", {"account_name": "mama", "anon": False}),
        ("gs://deals", {"token": "anon", "project": "mama"}),
        ("sftp://web.example/srv", {"key_filename": "~/.ssh/deals", "port": 2222}),
    ],
)
def test_other_options_are_fine(url: str, options: dict[str, object]) -> None:
    """Whatever says where and how, but not who."""
    assert fault_of_options(url, options) is None
