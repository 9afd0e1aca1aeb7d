"""The city's settings: whose papers they are, and whom they go to."""

from pathlib import Path

import yaml

from workflows.config import DATA
from workflows.config.city import City, load_city

PAPERS = ("issuer", "report_head", "bulletin_head", "report_signer", "bulletin_to", "bulletin_copies")


def a_city(folder: Path, **changes: object) -> City:
    """The city's file without its settings of papers, with these changes."""
    raw = yaml.safe_load((DATA / "city.yaml").read_text(encoding="utf-8"))
    (folder / "city.yaml").write_text(
        yaml.safe_dump({name: value for name, value in raw.items() if name not in PAPERS} | changes), encoding="utf-8"
    )
    return load_city(folder / "city.yaml")


def test_a_file_without_settings_of_papers_has_those_of_its_report(tmp_path: Path) -> None:
    city = a_city(tmp_path)
    assert city.issuer.zh == "攀枝花市政府目标督查办公室"
    assert city.report_head.zh == city.bulletin_head.zh == "攀枝花市政府目标督查办公室文件"
    assert (city.bulletin_to, city.bulletin_copies, city.report_signer) == (city.report_to, city.report_copies, "")


def test_issuer_head_and_signer_are_the_citys_own(tmp_path: Path) -> None:
    masthead = {"zh": "攀枝花督查通报", "en": "Panzhihua supervision bulletin"}
    city = a_city(
        tmp_path,
        issuer={"zh": "甲市督查室", "en": "A"},
        bulletin_head=masthead,
        report_signer="李主任",
        bulletin_to=masthead,
    )
    assert (city.report_head.zh, city.bulletin_head.zh) == ("甲市督查室文件", "攀枝花督查通报")
    assert (city.report_signer, city.bulletin_to.en) == ("李主任", masthead["en"])
