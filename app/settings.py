"""What an administrator can set, by environment variables named KINBOARD_… (docs/settings.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="KINBOARD_", extra="ignore")

    database_url: str = Field(
        default="sqlite:///data/kinboard.db",
        validation_alias=AliasChoices("database_url", "KINBOARD_DATABASE_URL", "DATABASE_URL"),
    )
    # For several workers: where they tell each other news (app/live/news.py).
    redis_url: str = Field(
        default="",
        repr=False,
        validation_alias=AliasChoices("redis_url", "KINBOARD_REDIS_URL", "REDIS_URL"),
    )
    # How long a worker waits for its database, in seconds (docs/faults.md).
    database_connect_seconds: float = Field(default=5, ge=1)
    database_lock_seconds: float | None = Field(default=None, gt=0)
    database_statement_seconds: float = Field(default=10, ge=1)
    # Where the keys are that seal what people wrote; "" for beside the database's folder.
    key_file: str = ""
    # The keys themselves, for who keeps secrets in the environment: lines as in the file, or ";".
    keys: str = Field(default="", repr=False)
    # The address that people's phones reach, for links and QR codes; worked out when empty.
    public_url: str = ""
    host: str = Field(default="127.0.0.1", validation_alias="HOST")
    port: int = Field(default=8000, validation_alias="PORT", ge=0, le=65535)
    # Processes that share the port, all on this machine (app/crew.py).
    workers: int = Field(default=1, ge=1, le=64)
    # Over how many seconds a worker that is to end lets its pages go.
    drain_seconds: float = Field(default=2.0, ge=0, le=60)
    # The longest frame that a socket takes, in bytes; docs/protocol.md names it too.
    frame_limit: int = 131_072
    # How much may wait unsent for one slow phone, in bytes, before it gets a fresh start instead.
    backlog_limit: int = 262_144
    # A folder of an agency's own kinds of meetings (docs/templates.md).
    templates: Path | None = None
    # A folder of an agency's own structured assessments (docs/structured-tools.md).
    tools: Path | None = None
    # How long facilitators stay signed in: at the most, and without doing anything at the desk.
    session_hours: int = Field(default=12, ge=1, le=24)
    session_idle_minutes: int = Field(default=60, ge=5)
    # The agency's own sign-in (docs/accounts.md). What shows that it asked for a second factor
    # (acr or amr values), and whose accounts are made by themselves, are lists with commas.
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret_file: str = ""
    oidc_name: str = "single sign-on"
    oidc_strong: str = ""
    oidc_domains: str = ""
    # How much Kinboard logs; nothing that people wrote or show, at any level.
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    # Proxies in front whose word on who calls is believed (X-Forwarded-For, X-Forwarded-Proto).
    trusted_proxies: int = Field(default=0, ge=0)
    # Where "leave quickly" leads; a page of our own that says nothing by default.
    exit_url: str = "/away"
    # How many days after the meeting's day its code still works.
    code_days: int = Field(default=1, ge=0)
    # How much is too much (app/access/limits.py); docs/settings.md says of what, and for whom.
    limit_codes: int = Field(default=20, ge=1)
    limit_codes_of_all: int = Field(default=1000, ge=1)
    limit_guesses: int = Field(default=30, ge=1)
    limit_joins: int = Field(default=120, ge=1)
    limit_commands: int = Field(default=20, ge=1)
    limit_commands_of_board: int = Field(default=300, ge=1)
    limit_bytes: int = Field(default=65_536, ge=1)
    limit_sockets: int = Field(default=10, ge=1)
    limit_sockets_of_board: int = Field(default=500, ge=1)
    # The demo's button that lets programs play the meeting.
    demo: bool = False

    @property
    def key_path(self) -> Path:
        """The key file: never inside the database's folder, so that a copy of it tells nothing."""
        if self.key_file:
            return ROOT / self.key_file
        folder = ROOT / "data"
        if self.is_sqlite:
            folder = (ROOT / self.database_url.removeprefix("sqlite:///")).resolve().parent
        return folder.with_name(f"{folder.name}.keys")

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def is_https(self) -> bool:
        return self.public_url.lower().startswith("https://")


def read_settings() -> Settings:
    return Settings()
