"""GET /v1/rules: the library's table."""

from encircle import list_rules


def test_the_rules_are_the_librarys_in_its_order(client):
    response = client.get("/v1/rules")
    assert response.status_code == 200
    assert response.json() == list_rules()


def test_every_status_is_decided_by_some_rule(client):
    codes = {rule["status"]["code"] for rule in client.get("/v1/rules").json() if rule["status"]}
    assert codes == {"C0", "C1", "C2", "C3", "E1", "E2", "N", "U"}
