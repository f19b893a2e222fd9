"""The hierarchy of units as candidates for the end of a place."""

import numpy as np

from extract.reading.weigh import weigh
from models import vietnamese
from models.charset import Charset, default_charset
from models.ctc import LogProbs
from models.units import near


def written(texts: list[tuple[str, float]], charset: Charset) -> LogProbs:
    """Frames that show each of the texts, letter by letter, with its share; all equally long."""
    (longest,) = {len(text) for text, _ in texts}
    shares = np.full((2 * longest + 1, len(charset)), 1e-5)
    shares[::2, 0] = 1.0
    for text, share in texts:
        for at, label in enumerate(charset.encode(text)):
            shares[2 * at + 1, label] += share
    return np.log(shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)


def test_the_end_of_a_text_is_replaced_by_units_that_exist() -> None:
    assert "Lạt Dương Hồng Thái Phú Xuyên Hà Nội" in near("Lạt Dương Yông Thái Phú Xuyên Hhà Oộc")
    kinds = near("ấp Giữa, xã An Bình Tấy, huyện Ba Trí, tỉnh Bến Trc")
    assert kinds[0] == "ấp Giữa, xã An Bình Tây, huyện Ba Tri, tỉnh Bến Tre"
    assert "TP. SA ĐÉC, ĐỒNG THÁP" in near("TP. SA ĐỨC, ĐỒNG THÁC")
    assert not near("")


def test_a_province_of_earlier_times_is_proposed_with_any_district_before_it() -> None:
    assert "Vĩnh kim, Châu thành, Định tường" in near("Vĩnh kim, Châu thành, Đạnh tương")
    assert "Vĩnh kim, Châu thành, Định tường" in near("Vĩnh kin, Châu thành, Định tương")
    assert near("Khhông rõ") == []


def test_both_spellings_of_a_tone_are_proposed() -> None:
    proposed = near("Long Hòa Châu Thành Trà Vin")
    assert {"Long Hòa Châu Thành Trà Vinh", "Long Hoà Châu Thành Trà Vinh"} <= set(proposed)


def test_a_place_that_the_beam_lost_is_weighed_all_the_same() -> None:
    """Too many letters are likelier where a word begins: the search never tries the right one."""
    charset = default_charset()
    truth = "Bồng Mạc Liên Mạc Mê Linh Hà Nội"
    misread = [truth.replace("Nội", f"{letter}ội") for letter in "CKBTDRH"]
    seen = written([(truth, 0.09), *((text, 0.13) for text in misread)], charset)
    found = weigh(seen, charset, vietnamese.places(), "place", misread[:1])
    assert found is not None and found.texts[0][0] == truth


def test_a_rare_place_stays_readable() -> None:
    charset = default_charset()
    rare = "Xóm Quạ Liên Bạc Mê Kinh Hà Nộp"
    found = weigh(written([(rare, 1.0)], charset), charset, vietnamese.places(), "place", [rare])
    assert found is not None and found.texts[0][0] == rare
