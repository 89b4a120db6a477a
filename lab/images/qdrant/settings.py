"""Qdrant's settings: a YAML file, and over it the variables QDRANT__<PART>__<KEY>."""

import os

import yaml

DEFAULTS = {
    "storage": {"storage_path": "./storage", "snapshots_path": "./snapshots"},
    "service": {"host": "0.0.0.0", "http_port": 6333, "api_key": None},
}


def load(path: str) -> dict:
    settings = {part: dict(values) for part, values in DEFAULTS.items()}
    with open(path, encoding="utf-8") as file:
        for part, values in (yaml.safe_load(file) or {}).items():
            if isinstance(values, dict):
                settings.setdefault(part, {}).update(values)
    for name, value in os.environ.items():
        parts = name.lower().split("__")
        if len(parts) == 3 and parts[0] == "qdrant":
            settings.setdefault(parts[1], {})[parts[2]] = value
    return settings
