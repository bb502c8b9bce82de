"""Two parts of a page that ask the same thing of a record ask the store once."""

from cuspide.core.pages.read_once import once_a_page


class Record:
    pass


def test_a_record_is_asked_once_and_another_one_again() -> None:
    asked: list[Record] = []

    @once_a_page
    def read(record: Record) -> int:
        asked.append(record)
        return len(asked)

    one, other = Record(), Record()
    assert (read(one), read(one), read(other)) == (1, 1, 2)
    assert asked == [one, other]


def test_two_questions_are_kept_apart() -> None:
    first, second = once_a_page(lambda _record: "first"), once_a_page(lambda _record: "second")
    record = Record()
    assert (first(record), second(record), first(record)) == ("first", "second", "first")
