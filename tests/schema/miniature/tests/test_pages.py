"""What users of the miniature rely on."""

from miniature_client import operations as ops


def test_a_title_can_be_read():
    answer = {"pages": {"list": [{"id": 1, "title": "Home"}]}}
    assert ops.pages_list().spec.result.model_validate(answer).pages.list_[0].title == "Home"


def test_html_can_be_read():
    page = {"id": 1, "title": "Home", "render": "<p>Hello</p>"}
    assert ops.pages_single(1).spec.result.model_validate({"pages": {"single": page}}).pages.single.render


def test_a_page_is_deleted_by_its_id():
    assert ops.pages_delete(1).variables == {"id": 1}


def test_pages_can_be_sorted_by_path():
    from miniature_client.enums import PageOrderBy

    assert ops.pages_list(order_by=PageOrderBy.PATH).variables["orderBy"] == "PATH"
