"""python -m ops compare, as a person runs it."""

import re

import pytest

from ops.__main__ import main

Said = pytest.CaptureFixture[str]


def test_it_prints_what_a_million_costs_and_from_when_on_it_matters(capsys: Said) -> None:
    assert main(["compare", "--render-ms", "100", "--memory", "1024", "--region", "us-east-1"]) == 0

    said = capsys.readouterr().out
    assert re.search(r"^Lambda@Edge +0\.60 +0\.00 +5\.00 +0\.80 +6\.40$", said, re.MULTILINE)
    assert re.search(r"^Lambda, function URL, x86_64 +0\.20 +0\.00 +1\.67 +0\.40 +2\.27 +4\.13$", said, re.MULTILINE)
    assert re.search(r"^Lambda, function URL, arm64 +never +[\d,]+ +[\d,]+ +[\d,]+$", said, re.MULTILINE)


def test_where_the_edge_is_cheaper_it_is_never_dearer(capsys: Said) -> None:
    main(["compare", "--render-ms", "5"])

    assert re.search(
        r"^Lambda, REST API, x86_64 +49\.8 ms +never +never +never$", capsys.readouterr().out, re.MULTILINE
    )


def test_a_mistake_ends_with_2_and_what_is_accepted(capsys: Said) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["compare", "--render-ms", "0"])

    assert ended.value.code == 2
    assert "--render-ms: 0 is not a number from 1 to 30000" in capsys.readouterr().err
