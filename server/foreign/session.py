"""A session as an application written with scim2-client would have it.

scim2-client checks every response against the schemas that the server itself publishes: its types,
what must and must not be returned, status codes and media types. On top of that each step here says
what must have come of it. Nothing is assumed of the server but what its ServiceProviderConfig says.
"""

import sys

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import PatchOp, PatchOperation, SCIMException, SearchRequest

from target import Target

PEOPLE = 25


def main():
    target = Target(sys.argv[1] if len(sys.argv) > 1 else "provisor")
    with target, Client(
        base_url=target.url, headers={"Authorization": f"Bearer {target.token}"}, timeout=20
    ) as http:
        scim = SyncSCIMClient(http)
        scim.discover()
        session = Session(scim, http)
        for step in STEPS:
            step(session)
            print(f"ok  {step.__doc__.splitlines()[0].rstrip('.')}")
        for reason in session.left_out:
            print(f"--  {reason}")
    print(f"{len(STEPS)} steps against {target.name}")


class Session:
    """What the steps share."""

    def __init__(self, scim, http):
        self.scim, self.http = scim, http
        self.User = scim.get_resource_model("User")
        self.Group = scim.get_resource_model("Group")
        self.Enterprise = self.User.get_extension_model(ENTERPRISE)
        self.config = scim.provider.config
        self.left_out = []
        self.people = []

    def user(self, name, **more):
        return self.User(
            user_name=name,
            name=self.User.Name(given_name=name.capitalize(), family_name="Lee"),
            emails=[self.User.Emails(value=f"{name}@example.org", type="work", primary=True)],
            active=True,
            **more,
        )

    def names(self, filter, target=None, **more):
        """The userNames that a filter finds."""
        found = self.scim.query(target or self.User, SearchRequest(filter=filter, **more))
        return sorted(r.user_name for r in found.resources or [])

    def patch(self, resource, *operations):
        model = type(resource)
        self.scim.modify(resource, PatchOp[model](operations=[PatchOperation[model](**o) for o in operations]))
        return self.scim.query(model, resource.id)


def refused(status, scim_type, call):
    """The call must end in this SCIM error."""
    try:
        call()
    except SCIMException as error:
        got = error.to_error()
        assert got.status == status, f"status {got.status} in place of {status}"
        assert scim_type is None or got.scim_type == scim_type, f"scimType {got.scim_type}"
        return
    raise AssertionError(f"not refused with {status}")


def create(s):
    """create 25 users, each answered with id, meta and location."""
    for i in range(PEOPLE):
        made = s.scim.create(s.user(f"user{i:02}", title="Odd" if i % 2 else "Even"))
        assert made.id and made.meta.resource_type == "User" and made.meta.location
        assert made.user_name == f"user{i:02}" and made.active is True
        s.people.append(made)
    assert len({p.id for p in s.people}) == PEOPLE


def unique(s):
    """a second user of a name is refused, whatever the case of its letters (RFC 7644, 3.3)."""
    refused(409, "uniqueness", lambda: s.scim.create(s.user("user00")))
    refused(409, "uniqueness", lambda: s.scim.create(s.user("USER00")))


def read(s):
    """a user is read by id, and by the location it was given (RFC 7644, 3.1)."""
    ann = s.people[0]
    assert s.scim.query(s.User, ann.id).user_name == "user00"
    assert s.http.get(str(ann.meta.location)).json()["id"] == ann.id
    refused(404, None, lambda: s.scim.query(s.User, "00000000-0000-0000-0000-000000000000"))


def filters(s):
    """filters find exactly those that they describe (RFC 7644, 3.4.2.2)."""
    assert s.names('userName eq "user03"') == ["user03"]
    assert s.names('USERNAME Eq "USER03"') == ["user03"]
    assert s.names('userName eq "nobody"') == []
    assert s.names('userName sw "user0" and title eq "Odd"') == [f"user0{i}" for i in (1, 3, 5, 7, 9)]
    assert s.names('emails[type eq "work" and value co "user1"]') == [f"user{i}" for i in range(10, 20)]
    assert s.names('userName eq "user01" or userName eq "user02"') == ["user01", "user02"]
    assert s.names('not (title eq "Odd") and userName gt "user20"') == ["user22", "user24"]
    assert len(s.names("nickName pr", count=200)) == 0
    assert len(s.names("name.familyName pr", count=200)) == PEOPLE
    # Raw, since the client itself refuses to send it.
    answer = s.http.get("/Users", params={"filter": "userName eq"})
    assert answer.status_code == 400 and answer.json()["scimType"] == "invalidFilter"


def pages(s):
    """pages have every user once, in the order asked for (RFC 7644, 3.4.2.3 and 3.4.2.4)."""
    sort = {"sort_by": "userName", "sort_order": "descending"} if s.config.sort.supported else {}
    got = []
    for start in range(1, PEOPLE + 1, 10):
        page = s.scim.query(s.User, SearchRequest(start_index=start, count=10, **sort))
        assert page.total_results == PEOPLE and page.start_index == start
        assert page.items_per_page == len(page.resources) == min(10, PEOPLE + 1 - start)
        got += [r.user_name for r in page.resources]
    assert sorted(got) == [f"user{i:02}" for i in range(PEOPLE)]
    assert not sort or got == sorted(got, reverse=True)
    none = s.scim.query(s.User, SearchRequest(count=0))
    assert none.total_results == PEOPLE and not none.resources


def cursor_pages(s):
    """cursor pages have every user once (RFC 9865)."""
    config = getattr(s.config, "pagination", None)
    if config is None or not config.cursor:
        s.left_out.append("cursor pages: the server does not say that it has them")
        return
    got, cursor = [], ""
    while cursor is not None:
        page = s.scim.query(s.User, SearchRequest(cursor=cursor, count=10))
        got += [r.user_name for r in page.resources or []]
        cursor = page.next_cursor
        assert len(got) <= PEOPLE
    assert sorted(got) == [f"user{i:02}" for i in range(PEOPLE)]


def search(s):
    """POST /.search answers as GET does, and over all types (RFC 7644, 3.4.3)."""
    found = s.scim.search(SearchRequest(filter='userName eq "user07"', attributes=["userName"]))
    assert found.total_results == 1
    (one,) = found.resources
    assert one.user_name == "user07" and one.id and one.emails is None


def projection(s):
    """attributes and excludedAttributes (RFC 7644, 3.9)."""
    ann = s.people[0]
    only = s.scim.query(s.User, ann.id, SearchRequest(attributes=["name.givenName"]))
    assert only.name.given_name == "User00" and only.name.family_name is None and only.emails is None
    without = s.scim.query(s.User, ann.id, SearchRequest(excluded_attributes=["emails"]))
    assert without.emails is None and without.name.family_name == "Lee"


def replace(s):
    """PUT replaces: what is not sent is gone (RFC 7644, 3.5.1)."""
    ann = s.scim.query(s.User, s.people[0].id)
    ann.title = None
    ann.display_name = "Ann Lee"
    ann.emails = [s.User.Emails(value="ann@example.org", type="home")]
    s.scim.replace(ann)
    now = s.scim.query(s.User, ann.id)
    assert now.display_name == "Ann Lee" and now.title is None
    assert [e.value for e in now.emails] == ["ann@example.org"]


def patch(s):
    """PATCH: paths, value filters, extensions, and all or nothing (RFC 7644, 3.5.2)."""
    if not s.config.patch.supported:
        s.left_out.append("PATCH: the server does not say that it has it")
        return
    bob = s.people[1]
    now = s.patch(
        bob,
        {"op": "replace", "path": "name.familyName", "value": "Ray"},
        {"op": "add", "path": "emails", "value": [{"value": "bob@home.example", "type": "home"}]},
        {"op": "replace", "path": 'emails[type eq "work"].value', "value": "bob@work.example"},
        {"op": "add", "path": f"{ENTERPRISE}:department", "value": "Sales"},
    )
    assert now.name.family_name == "Ray" and now.name.given_name == "User01"
    assert {(e.type, e.value) for e in now.emails} == {("home", "bob@home.example"), ("work", "bob@work.example")}
    assert now[s.Enterprise].department == "Sales"
    now = s.patch(now, {"op": "remove", "path": 'emails[type eq "home"]'}, {"op": "remove", "path": "title"})
    assert [e.value for e in now.emails] == ["bob@work.example"] and now.title is None
    # Raw, since the client itself refuses to send the second operation.
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [
            {"op": "replace", "path": "displayName", "value": "Half"},
            {"op": "replace", "path": "noSuchAttribute", "value": 1},
        ],
    }
    answer = s.http.patch(f"/Users/{bob.id}", json=body, headers={"Content-Type": "application/scim+json"})
    assert answer.status_code == 400, answer.status_code
    assert s.scim.query(s.User, bob.id).display_name is None


def groups(s):
    """members come and go, and users show their groups (RFC 7643, 4.1.2 and 4.2)."""
    Member = s.Group.get_field_root_type("members")
    team = s.scim.create(s.Group(display_name="Team", members=[Member(value=p.id) for p in s.people[:3]]))
    assert sorted(m.value for m in team.members) == sorted(p.id for p in s.people[:3])
    team = s.patch(team, {"op": "add", "path": "members", "value": [{"value": s.people[3].id}]})
    assert len(team.members) == 4
    team = s.patch(team, {"op": "remove", "path": f'members[value eq "{s.people[0].id}"]'})
    assert sorted(m.value for m in team.members) == sorted(p.id for p in s.people[1:4])
    assert s.scim.query(s.Group, SearchRequest(filter='displayName eq "team"')).total_results == 1
    seen = s.scim.query(s.User, s.people[2].id, SearchRequest(attributes=["groups"]))
    if seen.groups is None:
        s.left_out.append("a user's groups: the server does not fill them")
    else:
        assert [g.value for g in seen.groups] == [team.id]
    s.scim.delete(team)
    refused(404, None, lambda: s.scim.query(s.Group, team.id))


def versions(s):
    """a write with an old version is refused (RFC 7644, 3.14)."""
    if not s.config.etag.supported:
        s.left_out.append("versions: the server does not say that it has them")
        return
    stale = s.scim.query(s.User, s.people[5].id)
    fresh = s.scim.query(s.User, s.people[5].id)
    fresh.title = "First"
    s.scim.replace(fresh)
    stale.title = "Second"
    refused(412, None, lambda: s.scim.replace(stale))
    assert s.scim.query(s.User, stale.id).title == "First"


def bulk(s):
    """bulk with a reference between its operations (RFC 7644, 3.7)."""
    if not s.config.bulk.supported:
        s.left_out.append("bulk: the server does not say that it has it")
        return
    answer = s.scim.bulk(
        {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
            "Operations": [
                {"method": "POST", "path": "/Groups", "bulkId": "g", "data": {
                    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                    "displayName": "Bulk", "members": [{"value": "bulkId:u"}]}},
                {"method": "POST", "path": "/Users", "bulkId": "u", "data": {
                    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bulky"}},
                {"method": "POST", "path": "/Users", "bulkId": "twice", "data": {
                    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bulky"}},
                {"method": "DELETE", "path": f"/Users/{s.people[9].id}"},
            ],
        },
        check_request_payload=False,
        check_response_payload=False,
    )
    status = {o.get("bulkId", "delete"): o["status"] for o in answer["Operations"]}
    assert status == {"g": "201", "u": "201", "twice": "409", "delete": "204"}, status
    location = {o.get("bulkId"): o.get("location") for o in answer["Operations"]}
    group = s.http.get(location["g"]).json()
    assert [m["value"] for m in group["members"]] == [location["u"].rsplit("/", 1)[1]]


def delete(s):
    """a deleted user is gone, and its name is free again (RFC 7644, 3.6)."""
    last = s.people[-1]
    s.scim.delete(last)
    refused(404, None, lambda: s.scim.query(s.User, last.id))
    refused(404, None, lambda: s.scim.delete(s.User, last.id))
    assert s.names(f'userName eq "{last.user_name}"') == []
    assert s.scim.create(s.user(last.user_name)).id != last.id


ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
STEPS = [
    create, unique, read, filters, pages, cursor_pages, search, projection, replace, patch, groups,
    versions, bulk, delete,
]

if __name__ == "__main__":
    main()
