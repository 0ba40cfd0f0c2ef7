"""A custom source: makes a SCIM service provider have the people and groups of a file."""
import email.utils, functools, http.client, json, os, sys, time, urllib.parse
BASE, AGENT = urllib.parse.urlsplit(os.environ["SCIM_BASE_URL"]), os.environ.get("SCIM_USER_AGENT", "sample-source/1.0")
CONNECT = http.client.HTTPSConnection if BASE.scheme == "https" else http.client.HTTPConnection
KIND, URN, WORK = "application/scim+json", "urn:ietf:params:scim:", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
SCHEMAS = {"/Users": [URN + "schemas:core:2.0:User", WORK], "/Groups": [URN + "schemas:core:2.0:Group"]}
HEADERS = {"Authorization": f"Bearer {os.environ['SCIM_TOKEN']}", "User-Agent": AGENT, "Accept": KIND, "Content-Type": KIND}
def send(method, path, body=None, may=()):  # a failure ends the run; the next one looks what is there
    for attempt in range(6):
        connection = CONNECT(BASE.netloc, timeout=60)  # it follows no redirects: the token goes to no other host
        connection.request(method, BASE.path + path, body and json.dumps(body), HEADERS)
        answer = connection.getresponse()
        if answer.status not in (429, 503): break
        after = answer.getheader("Retry-After") or str(0.2 * 2**attempt)
        if ":" in after: after = email.utils.parsedate_to_datetime(after).timestamp() - time.time()
        time.sleep(max(0, float(after)) + 0.5)
    if answer.status >= 300 and answer.status not in may: sys.exit(f"{method} {path} was answered with {answer.status}")
    return answer.status, json.loads(answer.read() or "{}") if answer.status < 300 else {}
def everything(endpoint):
    found = []
    while page := send("GET", f"{endpoint}?startIndex={len(found) + 1}&count=100", may=[404])[1].get("Resources"):
        found += page  # a page without resources is the end, whatever totalResults says
    return found
def differs(now, want):
    for key, new in want.items():
        if isinstance(new, dict): new = dict(differs(now.get(key) or {}, new))  # what others set stays
        if isinstance(new, list): new = new + [one for one in now.get(key, []) if one.get("type") != new[0]["type"]]
        if new not in ({}, now.get(key)): yield key, new
def patch(path, operations, may=()):
    return send("PATCH", path, {"schemas": [URN + "api:messages:2.0:PatchOp"], "Operations": operations}, may)[0]
def regroup(path, op, who):
    operations = [{"op": op, "path": f'members[value eq "{one}"]'} for one in who]
    if op == "add": operations = [{"op": op, "path": "members", "value": [{"value": one} for one in who]}]
    if who and patch(path, operations, may=[413] if len(who) > 1 else []) == 413:
        for part in (who[::2], who[1::2]): regroup(path, op, part)  # it was too much at once
def keep(endpoint, name, want):
    same = lambda one: one.get("externalId") == want["externalId"] or one[name] == want[name]
    now = next(filter(same, there[endpoint]), None) or send("POST", endpoint, {"schemas": SCHEMAS[endpoint], **want})[1]
    if value := dict(differs(now, want)): patch(f"{endpoint}/{now['id']}", [{"op": "replace", "value": value}])
    return now
@functools.cache
def person(name):  # gives the id; a manager needs one first
    one = people[name]
    want = {key: one[key] for key in ("userName", "externalId", "displayName", "title", "active")}
    want["name"] = {key: one[key] for key in ("givenName", "familyName")}
    want["emails"] = [{"type": "work", "value": one["email"], "primary": True}]
    want[WORK] = {"department": one["department"], "manager": one["manager"] and {"value": person(one["manager"])}}
    return keep("/Users", "userName", want)["id"]
with open(os.environ["PROVISOR_DIRECTORY"]) as file: source = json.load(file)
people, there = {one["userName"]: one for one in source["people"]}, {end: everything(end) for end in SCHEMAS}
for name in people: person(name)
for one in source["groups"]:
    now = keep("/Groups", "displayName", {key: one[key] for key in ("displayName", "externalId")})
    had, has = {each["value"] for each in now.get("members", [])}, {person(name) for name in one["members"]}
    regroup(f"/Groups/{now['id']}", "add", list(has - had))
    regroup(f"/Groups/{now['id']}", "remove", list(had - has))
ours = {one["externalId"] for one in source["people"] + source["groups"]}
left = lambda one: one.get("externalId", "").startswith("hr-") and one["externalId"] not in ours and one.get("active", True)
for one in filter(left, there["/Users"]): patch(f"/Users/{one['id']}", [{"op": "replace", "path": "active", "value": False}])
for one in filter(left, there["/Groups"]): send("DELETE", f"/Groups/{one['id']}")
