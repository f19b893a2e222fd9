"""What fields of one record, and the book, say of each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from extract.confidence.curves import Evidence
from extract.decision.agree import likeliest
from extract.decision.casing import one_case
from extract.decision.choose import Drafted
from extract.decision.decide import draft_alone, draft_book
from extract.decision.kin import agree_between_people
from extract.decision.notes import without_run_over
from extract.decision.plausible import weigh_dates
from extract.decision.recurring import recurring
from extract.decision.votes import vote
from extract.decision.years import Told, book_years
from extract.parse.dates import Era
from extract.reading.readings import EntryReading, PageReading, SlotReading
from extract.record import FieldValue
from extract.registers import load_register
from extract.roles import roles_of


def drafted(kind: str, **options: float) -> Drafted:
    values = {name.replace("_", " "): share for name, share in options.items()}
    best = max(values, key=lambda value: values[value])
    value = FieldValue(best, best, 0.0, "read", (0, 0, 1, 1))
    return Drafted(value, Evidence(kind, values[best]), values)


def test_the_declarant_is_probably_the_father() -> None:
    drafts = {
        "chaHoTen": drafted("person_name", Lê_Văn_Tư=0.95, Lê_Văn_Tự=0.01),
        "nycHoTen": drafted("person_name", Lê_Văn_Tự=0.5, Lê_Văn_Tư=0.45),
    }
    agree_between_people(drafts, {"same": [["nycHoTen", "chaHoTen"]]})
    assert drafts["nycHoTen"].value.value == "Lê Văn Tư"
    assert drafts["chaHoTen"].value.value == "Lê Văn Tư"


def test_a_name_read_twice_differently_stays_where_neither_reading_is_much_clearer() -> None:
    drafts = {
        "chaHoTen": drafted("person_name", Tô_Quốc_Luân=0.8, Tô_Quốc_Luận=0.15),
        "nycHoTen": drafted("person_name", Tô_Quốc_Luận=0.66, Tô_Quốc_Luân=0.33),
    }
    agree_between_people(drafts, {"same": [["nycHoTen", "chaHoTen"]]})
    assert drafts["nycHoTen"].value.value == "Tô Quốc Luận"


def test_two_clear_and_different_names_stay_different() -> None:
    drafts = {
        "chaHoTen": drafted("person_name", Lê_Văn_Tư=0.95),
        "nycHoTen": drafted("person_name", Trần_Thị_Ba=0.95, Lê_Văn_Tư=0.001),
    }
    agree_between_people(drafts, {"same": [["nycHoTen", "chaHoTen"]]})
    assert drafts["nycHoTen"].value.value == "Trần Thị Ba"


def test_a_child_bears_its_fathers_surname() -> None:
    drafts = {
        "nksHoTen": drafted("person_name", Vũ_Văn_Ba=0.5, Võ_Văn_Ba=0.49),
        "chaHoTen": drafted("person_name", Võ_Văn_Tư=0.9),
    }
    agree_between_people(drafts, {"surname": [["nksHoTen", "chaHoTen"]]})
    assert drafts["nksHoTen"].value.value == "Võ Văn Ba"


def test_a_middle_name_and_the_sex_settle_each_other() -> None:
    roles = {"sexed": [["nksHoTen", "nksGioiTinh"]]}
    drafts = {
        "nksHoTen": drafted("person_name", Lê_Thị_Ba=0.9),
        "nksGioiTinh": drafted("enum", Nam=0.55, Nữ=0.45),
    }
    agree_between_people(drafts, roles)
    assert drafts["nksGioiTinh"].value.value == "Nữ"
    drafts = {
        "nksHoTen": drafted("person_name", Lê_Vân_Ba=0.55, Lê_Văn_Ba=0.45),
        "nksGioiTinh": drafted("enum", Nam=0.95),
    }
    agree_between_people(drafts, roles)
    assert drafts["nksHoTen"].value.value == "Lê Văn Ba"
    drafts["nksGioiTinh"] = drafted("enum", Nữ=0.99, Nam=0.001)
    agree_between_people(drafts, roles)
    assert drafts["nksGioiTinh"].value.value == "Nữ"  # women named Văn there are


def test_the_book_knows_its_villages() -> None:
    clear = [{"chaNoiCuTru": drafted("place", xã_Bình_Hòa=0.9)} for _ in range(5)]
    doubt = {"chaNoiCuTru": drafted("place", xã_Bình_Hóa=0.45, xã_Bình_Hòa=0.4)}
    vote([*clear, doubt])
    assert doubt["chaNoiCuTru"].value.value == "xã Bình Hòa"


def test_figures_words_and_the_lag_together() -> None:
    figures = {"22.02.1983": 0.5, "22.02.1985": 0.3}
    words = {"22.02.1983": 0.6}
    ranked = likeliest(figures, words, "26.02.1985")
    assert ranked[0][0] == "22.02.1985"  # one word misread is likelier than two years' delay
    clear = likeliest({"22.02.1983": 0.98}, {"22.02.1983": 0.98}, "26.02.1985")
    assert clear[0][0] in ("22.02.1983", "22.02.1985")
    assert likeliest({}, {}, "26.02.1985") == []
    slip = {"hai mươi hai tháng hai năm một nghìn chín trăm tám mươi lăm Ba": 1.0}
    assert likeliest({}, slip, "26.02.1985")[0][0] == "22.02.1985"  # one word too many


def test_a_day_without_its_year_is_of_the_books_and_words_with_a_slip_say_it() -> None:
    roles, register = roles_of("KS"), load_register("KS")

    def case(page: int, day: str, born: str, words: str) -> PageReading:
        texts = {"ngayDangKy": day, "nksNgaySinh": born, "nksNgaySinhBangChu": words}
        slots = [
            SlotReading(code, register.column(code).type, (0, y, 9, y), candidates=((text, 0.9),))
            for y, (code, text) in enumerate(texts.items())
        ]
        return PageReading(page, (EntryReading(1, tuple(slots)),))

    said = "mười tháng sáu năm một ngàn chín trăm tám mươi lăm"
    pages = [case(n, f"{10 + n}-6-1985", "10-6-1985", said) for n in range(1, 5)]
    pages.append(case(5, "16 tháng 6", "10-6-1985", f"{said} sáu"))
    record = draft_book(pages, register, register.generation("1976-1998"))[-1][1]
    assert record[roles["registered"]].value.value == "16.06.1985"
    assert record["nksNgaySinhBangChu"].value.value == said
    alone = draft_alone(pages, register, register.generation("1976-1998"))[-1][1]
    assert alone[roles["registered"]].value.value is None  # nothing else of the book is known


Said = Sequence[dict[str, float]]


def years_of(era: Era, figures: Said, words: Said = (), events: Said = ()) -> dict[int, float]:
    """The years of a book whose every case tells a date of each kind, as far as they go."""
    rows = zip_longest(figures, words, events, fillvalue={})
    return book_years([Told([one], [two], [three]) for one, two, three in rows], era)


def test_a_misread_figure_does_not_make_a_year() -> None:
    era, before = Era(1954, 1976), Era(1883, 1955)
    dates = [{"12.03.1953": 0.6, "12.03.1958": 0.3}, {"13.03.1958": 0.8}, {"14.03.1958": 0.4}]
    years = years_of(era, [*dates, {"15.03.1963": 0.9}, {}])
    assert max(years, key=lambda year: years[year]) == 1958 and years[1958] > 0.7
    nines = [{"12.04.1963": 0.7, "12.04.1969": 0.2}] * 6
    assert set(years_of(era, nines, [{"13.05.1969": 0.9}] * 5)) == {1969}  # words are surer
    many = [{"12.04.1963": 0.9, "12.04.1969": 0.02}] * 40
    assert set(years_of(era, many, [{"13.05.1969": 0.9}] * 6)) == {1969}  # one hand
    sevens = [{"12.04.1927": 0.8}] * 5 + [{"12.04.1921": 0.8}] * 6
    assert set(years_of(before, sevens)) == {1927}  # 7 passes for 1, not 1 for 7
    spoken = (2014, 2018, 2013, 2014, 2018, 2014, 2014, 2013, 2014, 2013, 2018, 2013)
    apart = [{f"12.04.{year}": 0.9} for year in spoken]  # words read badly, each in its own way
    clearly = [{"12.04.2017": 0.95}] * len(spoken)
    assert set(years_of(Era(2015, 2021), clearly, apart, clearly)) == {2017}
    worn = ([{"12.04.1977": 0.9}] * 6 + [{"12.04.1989": 0.8}]) * 12
    assert set(years_of(Era(1975, 1999), worn)) == {1977}  # not 1987, its 8 read as 7
    ends = [{"12.04.1971": 0.85, "12.04.1977": 0.02}] * 48  # a decade is read by what it can be
    assert set(years_of(Era(1975, 1999), ends)) == {1977}  # not 1978, its 8 read as 1
    clear = [{"12.04.1927": 0.9}] * 45
    assert set(years_of(before, [*clear, {"12.04.1921": 0.9}, *clear])) == {1927}
    assert years_of(era, []) == dict.fromkeys(range(1954, 1977), 1 / 23)


def test_a_book_of_two_years_has_one_after_the_other() -> None:
    era = Era(1976, 1999)
    two = years_of(era, [{"1.1.1981": 0.9}] * 4 + [{"1.1.1982": 0.9}] * 4)
    assert set(two) == {1981, 1982}
    mixed = [{"1.1.1987": 0.9}, {"1.1.1988": 0.9}] * 20
    assert len(years_of(era, mixed)) == 1  # figures that look alike, not years


def test_figures_that_nothing_tells_apart_name_no_year() -> None:
    last = "7788399554"
    assert years_of(Era(1976, 1999), [{f"1.1.198{figure}": 0.9} for figure in last * 5]) == {}


def test_what_is_registered_late_and_words_that_break_off_make_no_year() -> None:
    era, late = Era(2014, 2021), [{"16.02.2017": 0.99}, {"04.04.2017": 0.99}]
    nines = [{"08.05.2019": 0.99}] * 24
    assert set(years_of(era, nines, [], late)) == {2019}  # deaths of 2017, not a hand of nines
    ten = [{"16.03.2010": 0.99}] * 15  # "hai nghìn không trăm mười", the last word lost
    sevens = [{"18.03.2017": 0.6, "18.03.2011": 0.3}] * 16
    assert set(years_of(era, sevens, ten)) == {2017}


def test_a_misread_part_is_mended_by_what_the_book_says() -> None:
    clear = [{"chaNoiCuTru": drafted("place", **{"ấp_1,_Vĩnh_Long": 0.9})} for _ in range(5)]
    cut = {"chaNoiCuTru": drafted("place", **{"ấp_Chợ,_Vĩnh_Lo": 0.6})}
    joined = {"chaNoiCuTru": drafted("place", ấp_Hạ_Vĩnh_Long=0.6)}
    rare = {"chaNoiCuTru": drafted("place", **{"ấp_2,_Vĩnh_Lợi": 0.9, "ấp_2,_Vĩnh_Long": 1e-6})}
    vote([*clear, cut, joined, rare])
    assert cut["chaNoiCuTru"].value.value == "ấp Chợ, Vĩnh Long"
    assert joined["chaNoiCuTru"].value.value == "ấp Hạ, Vĩnh Long"
    assert rare["chaNoiCuTru"].value.value == "ấp 2, Vĩnh Lợi"


def test_a_kind_of_place_is_not_cut_from_its_name() -> None:
    offices = [{"noiDangKy": drafted("place", Phước_Hòa=0.9)} for _ in range(6)]
    homes = [
        {"chaNoiCuTru": drafted("place", **{text: 0.6})}
        for text in ("xã_Phước_Hòa", "BV_Phước_Hòa", "trạm_xá_Phước_Hòa", "ấp_3_Phước_Hòa")
    ]
    vote([*offices, *homes])
    found = [home["chaNoiCuTru"].value.value for home in homes]
    assert found == ["xã Phước Hòa", "BV Phước Hòa", "trạm xá Phước Hòa", "ấp 3, Phước Hòa"]


def test_a_commune_is_not_named_by_half_of_its_name() -> None:
    book = [{"noiDangKy": drafted("place", Hòa_Hưng=0.9)} for _ in range(6)]
    home = {"chaNoiCuTru": drafted("place", **{"xã_Mỹ_-_Hòa_Hưng": 0.5, "xã_Mỹ_Hòa_Hưng": 0.4})}
    vote([*book, home])
    assert home["chaNoiCuTru"].value.value == "xã Mỹ Hòa Hưng"


def test_one_case_for_the_words_of_a_book() -> None:
    book = [{"chaNoiCuTru": drafted("place", xã_Tân_Hòa=0.9)} for _ in range(4)]
    other = {"chaNoiCuTru": drafted("place", Xã_An_Bình=0.9)}
    one_case([*book, other])
    assert other["chaNoiCuTru"].value.value == "xã An Bình"


def test_a_capital_within_a_place_needs_more_than_a_bare_majority() -> None:
    """A reader takes many a *tỉnh* for *Tỉnh*; the rules of spelling have no capital there."""
    for capitals, kept in ((7, "ấp 1, tỉnh Nam Định"), (9, "ấp 1, Tỉnh Nam Định")):
        texts = ["ấp 1, Tỉnh Nam Định"] * capitals + ["ấp 1, tỉnh Nam Định"] * (10 - capitals)
        book = [{"chaNoiCuTru": drafted("place", **{t.replace(" ", "_"): 0.9})} for t in texts]
        one_case(book)
        assert book[-1]["chaNoiCuTru"].value.value == kept


def test_a_capital_that_looks_like_its_small_letter_is_told_by_other_words() -> None:
    """A reader that leans to capitals sees *Xã* everywhere; *huyện* shows how the clerk writes."""
    book = [{"chaNoiCuTru": drafted("place", UBND_Xã_An_Hòa_huyện_Chợ_Gạo=0.9)} for _ in range(4)]
    one_case(book)
    assert book[0]["chaNoiCuTru"].value.value == "UBND xã An Hòa huyện Chợ Gạo"
    large = [{"chaNoiCuTru": drafted("place", Số_5_Xã_An_Hòa_Huyện_Củ_Chi=0.9)}]
    one_case(large)
    assert large[0]["chaNoiCuTru"].value.value == "Số 5 Xã An Hòa Huyện Củ Chi"


def test_a_repeated_value_is_told_from_its_misreadings_and_from_others() -> None:
    readings = [{"Lê Văn Do": 0.6, "Lê Văn Da": 0.3}] * 5
    readings += [{"Lê Văn Đa": 0.5, "Lê Văn Do": 0.1}, {"Trần Thị Út": 0.7}]
    found = [max(own, key=lambda value: own[value]) for own in recurring(readings)]
    assert found == ["Lê Văn Do"] * 6 + ["Trần Thị Út"]


def test_parents_are_of_an_age_and_papers_are_not_of_tomorrow() -> None:
    drafts = {
        "ngayDangKy": drafted("partial_date", **{"02.03.1998": 0.9}),
        "meNgaySinh": drafted("age", **{"1988": 0.6, "1958": 0.3}),
        "nycNgayCapGiayToTuyThan": drafted(
            "partial_date", **{"06.07.2005": 0.6, "06.07.1995": 0.3}
        ),
    }
    roles = {
        "registered": "ngayDangKy",
        "parents": ["meNgaySinh"],
        "before": ["nycNgayCapGiayToTuyThan"],
        "shortly": ["quyetDinhNgay"],
    }
    drafts["quyetDinhNgay"] = drafted("partial_date", **{"27.02.1990": 0.6, "27.02.1998": 0.3})
    unread = {code: own for code, own in drafts.items() if code != "ngayDangKy"}
    weigh_dates(drafts, roles, None)
    assert drafts["meNgaySinh"].value.value == "1958"
    assert drafts["nycNgayCapGiayToTuyThan"].value.value == "06.07.1995"
    assert drafts["quyetDinhNgay"].value.value == "27.02.1998"
    weigh_dates(unread, roles, 1998)  # where the day is not read the book's year tells as much
    assert unread["meNgaySinh"].value.value == "1958"


def test_of_a_year_alone_no_month_is_likelier() -> None:
    roles: dict[str, str | list[str]] = {"registered": "ngayDangKy", "shortly": ["quyetDinhNgay"]}
    options = {"10.01.1998": 0.5, "10.11.1998": 0.4, "10.11.1988": 0.3}
    drafts = {"quyetDinhNgay": drafted("partial_date", **options)}
    weigh_dates(drafts, roles, 1998)
    assert drafts["quyetDinhNgay"].value.value == "10.01.1998"
    found = drafts["quyetDinhNgay"].options
    assert found["10.01.1998"] > found["10.11.1998"] > 10 * found["10.11.1988"]


def test_a_reading_too_improbable_for_a_float_stays_as_it_is() -> None:
    readings = [{"UBND xã Tân An": 0.9}, {"UBND xã Tân An": 0.8}, {"x": 0.0}]
    assert recurring(readings)[2] == {"x": 0.0}


def test_a_value_that_breaks_a_rule_says_so_in_its_evidence() -> None:
    register = load_register("KS")

    def case(page: int, mother: str) -> PageReading:
        texts = {"ngayDangKy": f"{page}-6-1985", "nksNgaySinh": "1-6-1985", "meNgaySinh": mother}
        slots = [
            SlotReading(code, "partial_date", (0, y, 9, y), candidates=((text, 0.9),))
            for y, (code, text) in enumerate(texts.items())
        ]
        return PageReading(page, (EntryReading(1, tuple(slots)),))

    pages = [case(9, "1960"), case(10, "1961"), case(11, "1981")]
    *others, (_, last) = draft_book(pages, register, register.generation("1976-1998"))
    assert not any(own.evidence.broken for _, drafts in others for own in drafts.values())
    assert last["meNgaySinh"].evidence.broken and last["nksNgaySinh"].evidence.broken
    assert not last["ngayDangKy"].evidence.broken


def test_a_hospitals_kind_a_hamlets_number_and_a_tones_place_are_not_mended() -> None:
    often = [{"chaNoiCuTru": drafted("place", **{"khu_phố_5,_Thanh_Hoá": 0.9})} for _ in range(5)]
    often += [{"chaNoiCuTru": drafted("place", **{"xã_Hạ,_Đồng_Nai": 0.9})} for _ in range(5)]
    hospital = {"nktNoiChet": drafted("place", Bệnh_viện_đa_khoa_Đồng_Nai=0.9)}
    hamlet = {"chaNoiCuTru": drafted("place", **{"khu_phố_Hạ,_Thanh_Hóa": 0.9})}
    vote([*often, hospital, hamlet])
    assert hospital["nktNoiChet"].value.value == "Bệnh viện đa khoa Đồng Nai"
    assert hamlet["chaNoiCuTru"].value.value == "khu phố Hạ, Thanh Hóa"


def test_a_signature_or_the_end_of_an_address_in_the_notes_is_no_note() -> None:
    drafts = {
        "nguoiKy": drafted("signature", Nguyễn_Văn_Hưng=0.9),
        "voNoiCuTru": drafted("place", **{"ấp Tân Lập, Bình Minh, Vĩnh Long": 0.9}),
    }
    for note, blank in (
        ("Nguyễn Văn Hưng", True),
        ("Long Long", True),
        ("Đã cấp bản sao Long", False),
        ("Hưng ly hôn", False),
    ):
        case = {**drafts, "ghiChu": drafted("text", **{note: 0.8})}
        without_run_over(case)
        value = case["ghiChu"].value
        assert (value.status, value.raw) == ("blank" if blank else "read", note)
        assert value.value == (None if blank else note)
