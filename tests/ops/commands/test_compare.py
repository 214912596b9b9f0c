"""The output of `python -m ops compare`."""

import re

import pytest

from ops.__main__ import main

Capture = pytest.CaptureFixture[str]


def test_tables_show_cost_per_million_and_thresholds(capsys: Capture) -> None:
    assert main(["compare", "--render-ms", "100", "--memory", "1024", "--region", "us-east-1"]) == 0

    text = capsys.readouterr().out
    assert re.search(r"^Lambda@Edge +0\.60 +0\.00 +5\.00 +0\.80 +6\.40$", text, re.MULTILINE)
    assert re.search(r"^Lambda, function URL, x86_64 +0\.20 +0\.00 +1\.67 +0\.40 +2\.27 +4\.13$", text, re.MULTILINE)
    assert re.search(r"^Lambda, function URL, arm64 +never +[\d,]+ +[\d,]+ +[\d,]+$", text, re.MULTILINE)


def test_short_render_at_the_edge_is_never_more_expensive(capsys: Capture) -> None:
    main(["compare", "--render-ms", "5"])

    assert re.search(
        r"^Lambda, REST API, x86_64 +49\.8 ms +never +never +never$", capsys.readouterr().out, re.MULTILINE
    )


def test_invalid_value_exits_with_2_and_what_is_accepted(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as exit_info:
        main(["compare", "--render-ms", "0"])

    assert exit_info.value.code == 2
    assert "Invalid value for '--render-ms': 0 is not a number from 1 to 30000" in capsys.readouterr().err
