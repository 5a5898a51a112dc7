"""What form services send: an answer in their JSON, and how they sign it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

SECRET = "vX4-kQ9zR2-mT7wB1-nH6yD3-pL8sF5-cJ0gA"  # noqa: S105  # opens nothing
HIDDEN = {
    "plan": "acme-pilot",
    "item": "steps/security-review",
    "field": "due",
    "old": "2026-05-28",
}


def tally(new: object = "2026-06-02", **more: object) -> dict[str, Any]:
    """Return what Tally sends."""
    asked = [
        *((key, key, "HIDDEN_FIELDS", value) for key, value in HIDDEN.items()),
        ("question_1", "What should it be?", "INPUT_DATE", new),
        ("question_2", "Why?", "TEXTAREA", "Report"),
        ("question_3", "Comment", "TEXTAREA", None),
    ]
    fields = [
        {"key": key, "label": label, "type": kind, "value": value}
        for key, label, kind, value in asked
    ]
    told = {"responseId": "2wgx4n", "createdAt": "2026-05-26T09:14:02.000Z"}
    return {
        "eventId": "e1",
        "eventType": "FORM_RESPONSE",
        "createdAt": "2026-05-26T09:14:03.000Z",
        "data": {**told, "formId": "f1", "fields": fields} | more,
    }


def typeform(new: str = "2026-06-02") -> dict[str, Any]:
    """Return what Typeform sends."""
    asked = [
        ("a1", "What should it be?", "date", new),
        ("a2", "Why?", "text", "Report"),
    ]
    return {
        "event_id": "e1",
        "event_type": "form_response",
        "form_response": {
            "form_id": "f1",
            "token": "a3a12ec67a1365927098a606107fac15",
            "submitted_at": "2026-05-26T09:14:02Z",
            "hidden": HIDDEN,
            "definition": {
                "fields": [{"id": one, "title": title} for one, title, *_ in asked]
            },
            "answers": [
                {"type": kind, kind: value, "field": {"id": one, "ref": f"r-{one}"}}
                for one, _, kind, value in asked
            ],
        },
    }


def netlify(new: str = "2026-06-02") -> dict[str, Any]:
    """Return what Netlify sends."""
    typed = {"What should it be?": new, "Why?": "Report", "ip": "192.0.2.1"}
    return {
        "id": "5e7e1c2d3f4a5b6c7d8e9f00",
        "form_id": "f1",
        "form_name": "change",
        "created_at": "2026-05-26T09:14:02.000Z",
        "data": HIDDEN | typed,
    }


def formspree(new: str = "2026-06-02") -> dict[str, Any]:
    """Return what Formspree sends."""
    typed = {"What should it be?": new, "Why?": "Report"}
    return {
        "form": "xyz",
        "submission": {"_date": "2026-05-26T09:14:02Z", **HIDDEN, **typed},
    }


def generic(new: str = "2026-06-02") -> dict[str, Any]:
    """Return what any other service might send."""
    return HIDDEN | {"What should it be?": new, "Why?": "Report", "id": 17}


SENT = {
    "tally": tally,
    "typeform": typeform,
    "netlify": netlify,
    "formspree": formspree,
    "generic": generic,
}


def as_sent(found: object) -> bytes:
    """Return *found* as JSON."""
    return json.dumps(found, ensure_ascii=False).encode()


def signed(service: str, raw: bytes, secret: str = SECRET) -> dict[str, str]:
    """Return the headers with which *service* signs *raw*."""

    def mac(text: bytes) -> bytes:
        return hmac.new(secret.encode(), text, hashlib.sha256).digest()

    def part(claims: object) -> str:
        return base64.urlsafe_b64encode(as_sent(claims)).rstrip(b"=").decode()

    if service == "tally":
        return {"Tally-Signature": base64.b64encode(mac(raw)).decode()}
    if service == "typeform":
        told = base64.b64encode(mac(raw)).decode()
        return {"typeform-signature": f"sha256={told}"}
    if service == "formspree":
        told = mac(b"1779786842." + raw).hex()
        return {"Formspree-Signature": f"t=1779786842,v1={told}"}
    if service == "generic":
        return {"Authorization": f"Bearer {secret}"}
    claims = {"iss": "netlify", "sha256": hashlib.sha256(raw).hexdigest()}
    token = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}"
    ending = base64.urlsafe_b64encode(mac(token.encode())).rstrip(b"=").decode()
    return {"X-Webhook-Signature": f"{token}.{ending}"}
