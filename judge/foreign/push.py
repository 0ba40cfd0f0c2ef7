"""A source made of scim2-client and scim2-models: makes the provider have what directory.json has.

Every request, header and body is the library's own; this file only says what to create and change.
It is judged with `provisor conform source --on any 'python3 judge/foreign/push.py'`.
"""
import json
import os

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import SearchRequest

http = Client(base_url=os.environ["SCIM_BASE_URL"],
              headers={"Authorization": f"Bearer {os.environ['SCIM_TOKEN']}"}, timeout=60)
scim = SyncSCIMClient(http)
scim.discover()
Person, Team = scim.get_resource_model("User"), scim.get_resource_model("Group")
Extension = Person.get_extension_model("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")


def find(model, attribute, value):
    query = SearchRequest(filter=f"{attribute} eq {json.dumps(value)}")
    found = scim.query(model, query).resources
    return found[0] if found else None


def person(one):
    user = find(Person, "userName", one["userName"])
    fresh = user is None
    if fresh:
        user = Person(user_name=one["userName"])
    before = user.model_copy(deep=True)
    user.external_id, user.display_name, user.title = one["externalId"], one["displayName"], one["title"]
    user.active = one["active"]
    user.name = Person.Name(given_name=one["givenName"], family_name=one["familyName"])
    user.emails = [Person.Emails(type="work", value=one["email"], primary=True)]
    boss = one["manager"] and find(Person, "userName", one["manager"])
    manager = Extension.Manager(value=boss.id) if boss else None
    user[Extension] = Extension(department=one["department"], manager=manager)
    if fresh:
        return scim.create(user)
    return user if user.model_dump() == before.model_dump() else scim.replace(user)


def group(one, ids):
    team = find(Team, "displayName", one["displayName"]) or find(Team, "externalId", one["externalId"])
    members = [Team.Members(value=ids[name]) for name in one["members"]]
    if team is None:
        return scim.create(Team(display_name=one["displayName"], external_id=one["externalId"], members=members))
    had = {member.value for member in team.members or []}
    if (team.display_name, had) == (one["displayName"], {member.value for member in members}):
        return team
    team.display_name, team.external_id, team.members = one["displayName"], one["externalId"], members
    return scim.replace(team)


directory = json.load(open(os.environ["PROVISOR_DIRECTORY"]))
ids = {one["userName"]: person(one).id for one in directory["people"]}
for one in directory["groups"]:
    group(one, ids)
known = {one["externalId"] for one in directory["people"] + directory["groups"]}
for model in (Person, Team):
    for one in scim.query(model).resources or []:
        if one.external_id and one.external_id.startswith("hr-") and one.external_id not in known:
            scim.delete(model, one.id)
