"""What an installation may choose, read once from the environment (`UPAY_…`) or a `.env` file."""
from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The settings of one installation. The defaults make a complete product on one machine."""

    model_config = SettingsConfigDict(env_prefix="UPAY_", env_file=".env", extra="ignore")

    pack: str = Field(default="up", description="Which state's rules apply: a folder of upay/packs.")
    var: Path = Field(default=Path("var"), description="Where everything that runs writes.")
    database_url: str = Field(default="", description="SQLAlchemy URL; empty means SQLite below `var`.")
    redis_url: str = Field(default="", description="Redis, needed only when the web runs in several workers.")
    upi_address: str = Field(default="", description="The utility's UPI address (VPA), for the QR code on bills.")
    public_url: str = Field(default="http://localhost:3000", description="The address people type.")
    trusted_proxies: int = Field(default=0, ge=0, le=8, description="Proxies in front whose X-Forwarded-For is true.")
    language: str = Field(default="en", description="The language commands answer in: en or hi.")
    log: str = Field(default="json", description="json for machines, console for people.")
    log_level: str = Field(default="info", description="The least level that is logged.")
    demo: bool = Field(default=False, description="Demonstration: the SMS inbox page is open to all.")
    buckets: int = Field(default=4, ge=1, le=4096, description="Meter buckets of the lake; fixed at the first start.")
    max_batch_bytes: int = Field(default=64 << 20, description="Largest body an intake door reads, unpacked.")
    fold_minutes: int = Field(default=10, ge=1, le=60, description="How often reads are folded into open days.")
    close_after_hours: int = Field(default=2, ge=0, description="Hours after its end when a day is first closed.")
    close_back_days: int = Field(default=92, ge=1, description="How far back ended days that nobody read are closed.")
    keep_open_days: int = Field(default=45, ge=1, description="Days that landing and open files outlive their closing.")
    keep_versions_days: int = Field(default=400, ge=1, description="Days that the lake's old versions stay readable.")
    keep_runs_days: int = Field(default=30, ge=1, description="Days that the record of a job's run is kept.")
    job_workers: int = Field(default=2, ge=1, le=64, description="Processes that run jobs, started when first needed.")
    lease_seconds: int = Field(default=15, ge=3, description="How long a scheduler that fell silent keeps its role.")
    max_batch_rows: int = Field(default=1_000_000, description="Most rows an intake door takes in one batch.")
    metrics_key: str = Field(default="", description="Bearer key that /metrics asks for; empty means open to all.")
    password_memory_mib: int = Field(default=46, ge=19, le=1024, description="Memory of one password hash (Argon2id).")
    password_passes: int = Field(default=2, ge=1, le=64, description="Passes over it: 50 ms or more together.")
    password_at_once: int = Field(default=2, ge=1, le=64, description="Hashes computed at once, a worker.")
    session_days: int = Field(default=30, description="Days until a session ends, used or not.")
    session_idle_days: int = Field(default=7, description="Days without use after which a session ends.")

    @property
    def url(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.var / 'upay.db'}"

    @property
    def landing(self) -> Path:
        """Immutable files of acknowledged reads."""
        return self.var / "landing"

    @property
    def open_days(self) -> Path:
        """Reads of days not closed yet, folded by day and bucket."""
        return self.var / "open"

    @property
    def lake(self) -> Path:
        """The Delta Lake table of closed days."""
        return self.var / "lake"

    @property
    def inbox(self) -> Path:
        """The watched folder for files to import."""
        return self.var / "inbox"

    @property
    def exports(self) -> Path:
        """People's copies of their own data, each for a day."""
        return self.var / "exports"


@lru_cache
def settings() -> Settings:
    """The settings of this process. Tests set the environment and call `settings.cache_clear()`."""
    return Settings()
