from __future__ import annotations

import copy
import sysconfig
from typing import Any

import matplotlib as mpl
import pytest

from mediatypes._core.redact import VARIABLE, redact

# Put together here, so that no scanner of this repository takes them for real.
OPAQUE = "a1B2" * 9
FORMS = [
    "hf_" + "aB3x" * 8,
    "ghp_" + "Zz09" * 9,
    "gho_" + "Zz09" * 9,
    "github_pat_" + "Ab_1" * 12,
    "glpat-" + "a1-B" * 6,
    "sk-" + "a1B2" * 10,
    "sk-proj-" + "a1B2" * 10,
    "AKIA" + "AB12" * 4,
    "ASIA" + "AB12" * 4,
    "AIza" + "a1B2_" * 7,
    "xoxb-" + "123456789-abc",
    "eyJ" + "hbGciOi1" + ".eyJ" + "zdWIiOiI1" + "." + "c2lnbmF0dXJl",
    "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----",
    "Bearer " + OPAQUE,
]
NAMES = [
    *("password", "passwd", "passphrase", "pwd", "db_password", "dbPassword"),
    *("secret", "client_secret", "AWS_SECRET_ACCESS_KEY", "secrets", "clientSecret"),
    *("api_key", "apikey", "apiKey", "API-KEY", "wandb_api_key", "WANDB_API_KEY"),
    *("authorization", "Authorization", "credentials", "credential", "private_key"),
    *("access_key", "accessKey", "signing_key", "account_key", "service.key"),
    *("token", "hf_token", "HF_TOKEN", "authToken", "refresh-token", "access_token"),
]
TEXTS = [
    "https://user:{}@example.com/x",
    "postgres://me:{}@db:5432/runs",
    "train.py --hf-token={} --lr=0.1",
    "--password={}",
    "-api_key={}",
]


def planted() -> list[tuple[dict[str, Any], str]]:
    """Settings, and the secret in each."""
    found: list[tuple[dict[str, Any], str]] = []
    for form in FORMS:
        found += [({"x": form}, form), ({"a": {"b": [1, f"see {form}."]}}, form)]
    for name in NAMES:
        found += [({name: OPAQUE}, OPAQUE), ({"outer": {name: [OPAQUE]}}, OPAQUE)]
    found += [({"command": text.format(OPAQUE)}, OPAQUE) for text in TEXTS]
    found += [({"argv": ["train.py", "--token", OPAQUE, "--lr", "0.1"]}, OPAQUE)]
    return found


PLANTED = planted()


def test_enough_secrets_are_planted() -> None:
    assert len(PLANTED) >= 80


@pytest.mark.parametrize(("settings", "secret"), PLANTED)
def test_no_planted_secret_is_left(settings: dict[str, Any], secret: str) -> None:
    before = copy.deepcopy(settings)
    stored, names = redact(settings)
    assert settings == before
    assert names
    for part in secret.split():
        if len(part) > 9 and "KEY" not in part:
            assert part not in repr(stored)
    assert "redacted:" in repr(stored)


INNOCENT: dict[str, Any] = {
    "max_tokens": 512,
    "num_tokens": "512",
    "tokens": "1000000000000000000",
    "pad_token": "<pad>",
    "eos_token": "</s>",
    "bos_token": "<|begin_of_text|>",
    "mask_token": "[MASK]",
    "unk_token": "<unk>",
    "image_token": "<image>",
    "tokenizer": "bert-base-uncased-finetuned-2024",
    "tokenizer_name": "sentence-transformers/all-MiniLM-L6-v2",
    "token": "word",
    "token_type": "word-level-1234567890",
    "key": "val/loss",
    "primary_key": "id",
    "sort_key": "name",
    "monitor": "val/accuracy@top5",
    "hf_model": "hf_internal_testing/tiny",
    "secretary": "yes",
    "password_length": 12,
    "api_key_required": True,
    "api_key_name": "x",
    "token_embedding": "rotary-64-bit-embedding",
    "api_key": "$API_KEY",
    "password": "${oc.env:DB_PASSWORD}",
    "hf_token": None,
    "secret": "",
    "url": "https://example.com:8080/a@b",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "git": "f5a17a41c0ffee0000000000000000000000beef",
    "run": "sk-learn-pipeline-with-many-words",
    "model": "risk-2024",
    "command": "train.py --max-tokens=512 --tokenizer=bert-base-uncased-2024",
    "argv": ["--tokenizer", "bert-base-uncased-2024", "--max_tokens", "512"],
}


def test_no_name_of_a_language_model_is_taken_for_a_secret() -> None:
    stored, names = redact(INNOCENT)
    assert names == []
    assert stored == INNOCENT


def test_of_the_settings_of_real_programs_fewer_than_one_in_a_hundred_is_redacted() -> (
    None
):
    settings: dict[str, Any] = {f"rc.{k}": str(v) for k, v in mpl.rcParams.items()}
    settings |= {f"py.{k}": v for k, v in sysconfig.get_config_vars().items()}
    assert len(settings) > 1_000
    _, names = redact(settings)
    assert names == []


def test_names_can_be_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "public_*, outer.password")
    settings = {
        "public_token": OPAQUE,
        "outer": {"password": "a"},
        "password": "b",
    }
    stored, names = redact(settings)
    assert names == ["password"]
    assert stored == settings | {"password": "«redacted:password»"}
