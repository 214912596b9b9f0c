import importlib.metadata
import re

import pytest

from local.aws.moto_patches import SUPPORTED_MOTO_VERSION, apply_patches, check_moto_version
from local.program.program import ProgramError
from tests.support.served_stack import ROOT


def test_supported_moto_version_is_the_pinned_and_installed_one() -> None:
    pins = (ROOT / "requirements" / "run.txt").read_text()

    assert re.findall(r"^moto==([\d.]+)", pins, re.MULTILINE) == [SUPPORTED_MOTO_VERSION]
    check_moto_version()


def test_patches_are_refused_for_another_version_of_moto(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "5.9.0")

    with pytest.raises(ProgramError, match=r"moto 5\.9\.0 is installed.*requirements/run\.txt"):
        apply_patches()
